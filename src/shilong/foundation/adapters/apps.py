from django.apps import AppConfig


class AdaptersConfig(AppConfig):
    name = "shilong.foundation.adapters"
    label = "adapters"
