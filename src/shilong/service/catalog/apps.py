from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "shilong.service.catalog"
    label = "catalog"
