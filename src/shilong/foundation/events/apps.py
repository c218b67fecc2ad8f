from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "shilong.foundation.events"
    label = "events"
