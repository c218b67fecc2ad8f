from django.apps import AppConfig


class KillTestConfig(AppConfig):
    name = "shilong.foundation.jobs.tests.killtest"
    label = "killtest"
