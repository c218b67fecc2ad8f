from django.apps import AppConfig


class JointConfig(AppConfig):
    name = "shilong.service.joint"
    label = "joint"

    def ready(self) -> None:
        from shilong.service.joint.shape import PREFIX, ThemeShape
        from shilong.service.materials import shapes

        shapes.register(PREFIX, ThemeShape.of)
