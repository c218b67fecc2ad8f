from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "shilong.service.delivery"
    label = "delivery"
