from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "shilong.foundation.calendar"
    label = "calendar"
