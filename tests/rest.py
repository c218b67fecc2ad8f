"""接口测试共用：以某人的令牌发请求；数一数库里有没有多出或改动什么。"""

import json
from typing import Any

from django.apps import apps
from django.test import Client

from shilong.identity.accounts import services as accounts
from shilong.identity.roles.actor import Actor
from shilong.identity.testing import PASSWORD
from shilong.service.catalog import rules as catalog_rules
from shilong.service.catalog import selectors as catalog

# 登录与拒绝本来就要留痕的、随时间自己变的，不算“业务数据变了”。
_TRACES = ("audit", "axes", "sessions", "jobs", "accounts")
_COUNTED = {"catalog.ZeroResult"}  # 搜不到的词本来就要记下来


class Rest:
    """`rest(谁, 方法, 路径, 内容)` → (状态码, JSON)。令牌每人只换一次。"""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)
        self._tokens: dict[str, str] = {}

    def header(self, who: Actor | None) -> dict[str, str]:
        if who is None:
            return {}
        if who.username not in self._tokens:
            self._tokens[who.username] = accounts.issue_token(who.username, PASSWORD, "127.0.0.1")[0]
        return {"Authorization": f"Bearer {self._tokens[who.username]}"}

    def raw(self, who: Actor | None, method: str, path: str, body: Any = b"", kind: str = "application/json", **headers: str) -> Any:
        return self.client.generic(method, f"/api/v1{path}", body, kind, headers={**self.header(who), **headers})

    def __call__(self, who: Actor | None, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        response = self.raw(who, method, path, b"" if body is None else json.dumps(body), **headers)
        return response.status_code, response.json()


def required(item_code: str) -> list[str]:
    """必须交的材料编码。"""
    rows = catalog_rules.trim(catalog.item(item_code), {}).materials
    return [row.code for row in rows if row.need in ("1", "3") and not row.generated]


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """全部业务表的全部行。"""
    models = [m for m in apps.get_models() if m._meta.app_label not in _TRACES and m._meta.managed and m._meta.label not in _COUNTED]
    return {m._meta.label: sorted(map(repr, m.objects.values_list())) for m in models}  # type: ignore[misc]
