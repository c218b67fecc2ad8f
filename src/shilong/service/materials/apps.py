from django.apps import AppConfig


class MaterialsConfig(AppConfig):
    name = "shilong.service.materials"
    label = "materials"
