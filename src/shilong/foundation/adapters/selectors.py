"""适配器配置的读取。"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shilong.foundation.adapters import registry
from shilong.foundation.adapters.base import Adapter
from shilong.foundation.adapters.models import AdapterConfig


@dataclass(frozen=True, slots=True)
class AdapterView:
    """管理页上的一行；`values` 里密钥类只给“是否已填”。"""

    adapter: Adapter
    enabled: bool
    values: dict[str, Any]
    last_ok_at: datetime | None
    last_error: str
    last_error_at: datetime | None


def config(key: str) -> dict[str, Any] | None:
    """启用的配置；没有或停用为 None。只给适配器自己用，不得输出到页面。"""
    row = AdapterConfig.objects.filter(key=key, enabled=True).first()
    return json.loads(row.values) if row and row.values else None


def stored(key: str) -> dict[str, Any]:
    """已保存的配置，不论启用与否；启用之前试连用。不得输出到页面。"""
    row = AdapterConfig.objects.filter(key=key).first()
    return json.loads(row.values) if row and row.values else {}


def view(key: str) -> AdapterView:
    """一个适配器的管理视图，密钥打码。

    异常：
        NotFound: 没有登记。
    """
    return _view(registry.get(key), AdapterConfig.objects.filter(key=key).first() or AdapterConfig(key=key))


def views() -> list[AdapterView]:
    """全部已登记的适配器，一次查询。"""
    rows = {row.key: row for row in AdapterConfig.objects.all()}
    return [_view(adapter, rows.get(adapter.key) or AdapterConfig(key=adapter.key)) for adapter in registry.all_adapters()]


def _view(adapter: Adapter, row: AdapterConfig) -> AdapterView:
    known = json.loads(row.values) if row.values else {}
    shown = {s.name: ("已填写" if known.get(s.name) else "") if s.secret else known.get(s.name, "") for s in adapter.schema}
    return AdapterView(adapter, row.enabled, shown, row.last_ok_at, row.last_error, row.last_error_at)
