from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "shilong.foundation.jobs"
    label = "jobs"
