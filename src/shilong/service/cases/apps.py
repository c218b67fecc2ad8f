from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "shilong.service.cases"
    label = "cases"
