from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AdaptersConfig(AppConfig):
    name = "shilong.foundation.adapters"
    label = "adapters"

    def ready(self) -> None:
        autodiscover_modules("adapters")
