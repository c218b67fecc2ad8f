from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "shilong.service.enquiries"
    label = "enquiries"
