from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "shilong.foundation.audit"
    label = "audit"
