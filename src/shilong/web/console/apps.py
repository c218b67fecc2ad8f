from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "shilong.web.console"
    label = "console"
