"""码表的读取与本地覆盖。"""

import time
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import transaction

from shilong.foundation.audit import services as audit
from shilong.foundation.codes.models import CodeEntry
from shilong.foundation.codes.tables import TABLES, CodeTable
from shilong.foundation.refusals import Invalid, NotFound

RECHECK = 0 if settings.MODE == "test" else 5  # 秒；别的进程改了码表，最多这么久看到
_cache: dict[str, tuple[float, CodeTable]] = {}


def table(key: str) -> CodeTable:
    """一张码表；PD 码表叠加管理员的覆盖，国标码表直接返回、不查库。

    异常：
        NotFound: 没有这张码表。
    """
    base = TABLES.get(key)
    if base is None:
        raise NotFound(f"没有名为“{key}”的码表。")
    if not base.pd:
        return base
    now = time.monotonic()
    known = _cache.get(key)
    if known and now - known[0] < RECHECK:
        return known[1]
    merged = _merged(base)
    _cache[key] = (now, merged)
    return merged


def _merged(base: CodeTable) -> CodeTable:
    entries = dict(base.entries)
    for row in CodeEntry.objects.filter(table=base.key).order_by("code"):
        if row.active:
            entries[row.code] = row.name
        else:
            entries.pop(row.code, None)
    return replace(base, entries=MappingProxyType(entries))


def disabled(key: str) -> list[tuple[str, str]]:
    """被管理员停用的码值：（码, 名称）。"""
    return list(CodeEntry.objects.filter(table=key, active=False).order_by("code").values_list("code", "name"))


@transaction.atomic
def override(key: str, code: str, name: str, *, active: bool = True, actor: Any) -> None:
    """改名、增加或停用 PD 码表的一项。

    异常：
        NotFound: 没有这张码表。
        Invalid: 国标码表不可改，或码、名称为空、过长。
    """
    base = table(key)
    if not base.pd:
        raise Invalid(f"“{base.name}”是{base.source}规定的码表，不能修改。")
    code, name = code.replace("\x00", "").strip(), name.replace("\x00", "").strip()
    if not 0 < len(code) <= 20 or not 0 < len(name) <= 100:
        raise Invalid("码为 1 至 20 个字符，名称为 1 至 100 个字，都不能为空。")
    CodeEntry.objects.update_or_create(table=key, code=code, defaults={"name": name, "active": active})
    _cache.pop(key, None)
    audit.record("codes.override", actor=actor, object_type="code_table", object_id=key, detail={"code": code, "active": active})
