from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "shilong.web.portal"
    label = "portal"
