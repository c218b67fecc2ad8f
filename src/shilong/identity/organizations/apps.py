from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "shilong.identity.organizations"
    label = "organizations"
