from django.apps import AppConfig


class QueueingConfig(AppConfig):
    name = "shilong.service.queueing"
    label = "queueing"
