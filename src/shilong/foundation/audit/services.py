"""审计的写入、封存与校验。"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from shilong.foundation.audit import rules
from shilong.foundation.audit.models import AuditEntry

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """校验发现的一处问题。`position` 为空表示还没有封存的行。"""

    entry_id: int | None
    position: int | None
    text: str


def record(
    action: str,
    *,
    actor: Any,
    object_type: str = "",
    object_id: str = "",
    result: str = "ok",
    detail: dict[str, Any] | None = None,
) -> None:
    """记一条审计。与业务在同一个事务里：业务回滚，它也不存在；业务提交，它一定在。

    参数：
        action: 动作，点分小写，如 case.accept、account.login。
        actor: 操作人，有 account_id、name、ip 属性。
        result: ok、refused、failed。
        detail: 补充内容；不得放证件号全文、口令、密钥。
    """
    row = {
        "at": timezone.now(),
        "action": action,
        "actor_id": actor.account_id,
        "actor_name": actor.name,
        "ip": getattr(actor, "ip", ""),
        "object_type": object_type,
        "object_id": str(object_id)[:80],
        "result": result,
        "detail": detail or {},
    }
    AuditEntry.objects.create(**row, mac=rules.mac(settings.AUDIT_KEY, row))


def seal(limit: int = BATCH) -> int:
    """把尚未入链的行按主键顺序编进链，返回本次封存数。只有一个封存者（作业去重），重复执行无害。"""
    with transaction.atomic():
        last = AuditEntry.objects.filter(position__isnull=False).order_by("-position").values("position", "digest").first()
        position: int = (last["position"] or 0) if last else 0
        digest = last["digest"] if last else rules.GENESIS
        rows = AuditEntry.objects.select_for_update().filter(position__isnull=True).order_by("pk")[:limit]
        sealed = 0
        for row in rows:
            position += 1
            digest = rules.link(digest, position, row.mac)
            AuditEntry.objects.filter(pk=row.pk).update(position=position, digest=digest)
            sealed += 1
    return sealed


def verify(first: int | None = None, last: int | None = None) -> list[Problem]:
    """从头（或某个链序号）校验到尾：行被改、行被删、行被插、顺序被换都会发现。

    参数：
        first: 起始链序号，默认 1；从中间开始时信任其前一行的摘要。
        last: 末尾链序号，默认到最后，并附带检查未封存行的行校验。
    """
    problems: list[Problem] = []
    start = first or 1
    previous = AuditEntry.objects.filter(position=start - 1).values_list("digest", flat=True).first() if start > 1 else rules.GENESIS
    digest, expected = previous or rules.GENESIS, start
    chain = AuditEntry.objects.filter(position__gte=start).order_by("position")
    for row in (chain.filter(position__lte=last) if last else chain).iterator(chunk_size=2000):
        if row.position != expected:
            problems.append(Problem(row.pk, row.position, f"链序号应为 {expected}，实为 {row.position}：中间有记录被删除。"))
        problems.extend(_check_row(row))
        digest = rules.link(digest, row.position or 0, row.mac)
        if digest != row.digest:
            problems.append(Problem(row.pk, row.position, "链摘要不符：此处之前有记录被改动、插入或换序。"))
            digest = row.digest
        expected = (row.position or 0) + 1
    if last is None:
        for row in AuditEntry.objects.filter(position__isnull=True).iterator(chunk_size=2000):
            problems.extend(_check_row(row))
    return problems


def _check_row(row: AuditEntry) -> list[Problem]:
    content = {**model_to_dict(row, fields=rules.FIELDS), "actor_id": row.actor_id, "at": row.at, "detail": row.detail}
    if rules.mac(settings.AUDIT_KEY, content) == row.mac:
        return []
    return [Problem(row.pk, row.position, "行校验不符：这条记录的内容被改动。")]
