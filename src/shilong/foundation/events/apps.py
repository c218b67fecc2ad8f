from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "shilong.foundation.events"
    label = "events"

    def ready(self) -> None:
        from shilong.foundation.events.dispatch import Outbox
        from shilong.foundation.jobs.registry import FEEDERS

        FEEDERS.append(Outbox())
        autodiscover_modules("consumers")
