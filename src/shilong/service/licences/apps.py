from django.apps import AppConfig


class LicencesConfig(AppConfig):
    name = "shilong.service.licences"
    label = "licences"
