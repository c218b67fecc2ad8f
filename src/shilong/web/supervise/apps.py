from django.apps import AppConfig


class SuperviseConfig(AppConfig):
    name = "shilong.web.supervise"
    label = "supervise"
