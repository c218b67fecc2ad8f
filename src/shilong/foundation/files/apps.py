from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "shilong.foundation.files"
    label = "files"
