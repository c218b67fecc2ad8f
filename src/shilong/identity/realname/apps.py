from django.apps import AppConfig


class RealnameConfig(AppConfig):
    name = "shilong.identity.realname"
    label = "realname"
