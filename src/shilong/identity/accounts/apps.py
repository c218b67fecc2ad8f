from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shilong.identity.accounts"
    label = "accounts"
