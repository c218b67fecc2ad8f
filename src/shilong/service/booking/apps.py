from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "shilong.service.booking"
    label = "booking"
