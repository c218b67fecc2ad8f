from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "shilong.service.ratings"
    label = "ratings"
