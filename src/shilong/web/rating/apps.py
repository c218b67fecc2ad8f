from django.apps import AppConfig


class RatingScreenConfig(AppConfig):
    name = "shilong.web.rating"
    label = "rating"
