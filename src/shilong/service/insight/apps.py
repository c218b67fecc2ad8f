from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "shilong.service.insight"
    label = "insight"
