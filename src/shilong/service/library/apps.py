from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "shilong.service.library"
    label = "library"
    verbose_name = "材料库"
