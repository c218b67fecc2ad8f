"""用章日志：写一行、编链、校验。写入只是一条 INSERT；编链由定时作业按主键次序做，并发签章不必排队抢链尾。"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from shilong.foundation.audit.rules import GENESIS, link
from shilong.foundation.gm import hmac_sm3
from shilong.service.seals.models import SealUse

CHAIN_BATCH = 1000
UNCHAINED = frozenset({"id", "mac", "position", "digest"})


@dataclass(frozen=True, slots=True)
class Problem:
    """校验发现的一处问题。`position` 为空表示还没有编链的行。"""

    use_id: int
    position: int | None
    text: str


def append(fields: Mapping[str, Any]) -> SealUse:
    """写一行用章日志；与签章同一个事务。`fields` 的键是 `SealUse` 的列名。"""
    row = SealUse(**fields)
    row.mac = _mac(row)
    row.save()
    return row


def seal_chain(limit: int = CHAIN_BATCH) -> int:
    """把还没编链的行接到链尾，返回编了几行。重复执行无害。"""
    with transaction.atomic():
        position, digest = _tail()
        rows = SealUse.objects.select_for_update().filter(position__isnull=True).order_by("pk")[:limit]
        count = 0
        for row in rows:
            position += 1
            digest = link(digest, position, row.mac)
            SealUse.objects.filter(pk=row.pk).update(position=position, digest=digest)
            count += 1
    return count


def _silent(done: int) -> None:
    """没人看进度。"""


def verify_chain(*, progress: Callable[[int], None] = _silent) -> list[Problem]:
    """从头校验：改一行、删一行、插一行、换次序都会发现；附带检查还没编链的行。"""
    problems: list[Problem] = []
    digest, expected = GENESIS, 1
    for checked, row in enumerate(SealUse.objects.filter(position__isnull=False).order_by("position").iterator(chunk_size=2000), start=1):
        position = row.position or 0
        if position != expected:
            problems.append(Problem(row.pk, position, f"链序号应为 {expected}，实为 {position}：中间有日志被删除。"))
        problems += _check(row)
        digest = link(digest, position, row.mac)
        if digest != row.digest:
            problems.append(Problem(row.pk, position, "链摘要不符：此处之前有日志被改动、插入或换序。"))
            digest = row.digest
        expected = position + 1
        if checked % 2000 == 0:
            progress(checked)
    for row in SealUse.objects.filter(position__isnull=True).order_by("pk").iterator(chunk_size=2000):
        problems += _check(row)
    return problems


def _check(row: SealUse) -> list[Problem]:
    return [] if row.mac == _mac(row) else [Problem(row.pk, row.position, "行校验不符：这条日志的内容被改动。")]


def _mac(row: SealUse) -> str:
    """行校验：除链字段外每一列都在内。时间取整数微秒，两种数据库读回一致。"""
    content = {field.attname: getattr(row, field.attname) for field in SealUse._meta.concrete_fields if field.attname not in UNCHAINED}
    content["at"] = int(row.at.timestamp() * 1_000_000 + 0.5)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac_sm3(settings.AUDIT_KEY, text.encode()).hex()


def _tail() -> tuple[int, str]:
    row = SealUse.objects.filter(position__isnull=False).order_by("-position").values_list("position", "digest").first()
    return (row[0] or 0, row[1]) if row else (0, GENESIS)
