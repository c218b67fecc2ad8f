from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "shilong.service.forms"
    label = "forms"
