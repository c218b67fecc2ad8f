from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "shilong.config.demo"
    label = "demo"
