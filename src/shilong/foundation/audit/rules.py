"""审计的纯函数：规范化、行校验、链摘要。"""

import json
from collections.abc import Mapping
from typing import Any

from shilong.foundation.gm import hmac_sm3, sm3

GENESIS = "0" * 64
FIELDS = ("at", "action", "actor_id", "actor_name", "ip", "object_type", "object_id", "result", "detail")


def canonical(row: Mapping[str, Any]) -> bytes:
    """一行的规范写法：键排序的 JSON。时间用整数微秒，SQLite 与 PostgreSQL 读回一致。"""
    content = {name: row[name] for name in FIELDS}
    content["at"] = int(row["at"].timestamp() * 1_000_000 + 0.5)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def mac(key: bytes, row: Mapping[str, Any]) -> str:
    """行校验，十六进制。"""
    return hmac_sm3(key, canonical(row)).hex()


def link(previous: str, position: int, row_mac: str) -> str:
    """链摘要：前一摘要 ‖ 序号 ‖ 行校验。"""
    return sm3(f"{previous}:{position}:{row_mac}".encode()).hex()
