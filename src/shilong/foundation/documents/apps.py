from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "shilong.foundation.documents"
    label = "documents"
