from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "shilong.service.seals"
    label = "seals"
