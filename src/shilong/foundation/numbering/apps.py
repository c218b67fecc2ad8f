from django.apps import AppConfig


class NumberingConfig(AppConfig):
    name = "shilong.foundation.numbering"
    label = "numbering"
