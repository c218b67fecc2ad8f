from django.apps import AppConfig


class KioskConfig(AppConfig):
    name = "shilong.web.kiosk"
    label = "kiosk"
