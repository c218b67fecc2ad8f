from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "shilong.foundation.codes"
    label = "codes"
