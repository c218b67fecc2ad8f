from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shilong.identity.accounts"
    label = "accounts"

    def ready(self) -> None:
        from shilong.foundation.adapters import registry
        from shilong.identity.accounts.adapters.oidc import ADAPTER

        registry.register(ADAPTER)
