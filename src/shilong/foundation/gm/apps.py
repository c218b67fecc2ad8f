from django.apps import AppConfig


class GmConfig(AppConfig):
    name = "shilong.foundation.gm"
    label = "gm"

    def ready(self) -> None:
        from shilong.foundation.gm import selftest

        selftest.run()
