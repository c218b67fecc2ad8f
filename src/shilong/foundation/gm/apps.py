from django.apps import AppConfig


class GmConfig(AppConfig):
    name = "shilong.foundation.gm"
    label = "gm"
