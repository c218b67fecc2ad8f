from django.apps import AppConfig


class HandoffConfig(AppConfig):
    name = "shilong.service.handoff"
    label = "handoff"
    verbose_name = "手机接力"
