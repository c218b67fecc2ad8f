from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "shilong.foundation.notify"
    label = "notify"
