from django.apps import AppConfig


class AmendmentsConfig(AppConfig):
    name = "shilong.service.amendments"
    label = "amendments"
