from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "shilong.web.office"
    label = "office"
