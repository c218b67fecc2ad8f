from django.apps import AppConfig


class RolesConfig(AppConfig):
    name = "shilong.identity.roles"
    label = "roles"
