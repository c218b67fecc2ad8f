from django.apps import AppConfig


class TerminalsConfig(AppConfig):
    name = "shilong.hall.terminals"
    label = "terminals"
