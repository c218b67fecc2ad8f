from django.apps import AppConfig


class WindowConfig(AppConfig):
    name = "shilong.web.window"
    label = "window"
