"""审计的写入、封存与校验。"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from shilong.foundation.audit import rules
from shilong.foundation.audit.models import AuditEntry
from shilong.foundation.refusals import Refused

BATCH = 1000
REPORT_EVERY = 2000


@dataclass(frozen=True, slots=True)
class Problem:
    """校验发现的一处问题。`position` 为空表示还没有封存的行。"""

    entry_id: int | None
    position: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """链尾在某一刻的样子。链自己查不出“从尾部整段删掉”，存在库外的锚点可以。

    属性：
        position: 链尾序号，空链为 0。
        digest: 链尾摘要。
        at: 取锚的时刻，ISO 格式。
    """

    position: int
    digest: str
    at: str

    def dump(self) -> str:
        """一行 JSON，可打印、可存到库外的只读介质。"""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, line: str) -> "Anchor":
        """`dump` 的逆。

        异常：
            BadAnchor: 不是锚点。
        """
        try:
            row = json.loads(line)
            found = cls(position=row["position"], digest=row["digest"], at=str(row["at"]))
        except (ValueError, TypeError, KeyError) as error:
            raise BadAnchor from error
        if not isinstance(found.position, int) or found.position < 0 or not isinstance(found.digest, str) or len(found.digest) != 64:
            raise BadAnchor
        return found


class BadAnchor(Refused):
    code = "bad_anchor"
    message = "锚点内容不对。应是“shilong audit-anchor”输出的一行，请原样提供。"


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
        position, digest = _tail()
        rows = AuditEntry.objects.select_for_update().filter(position__isnull=True).order_by("pk")[:limit]
        sealed = 0
        for row in rows:
            position += 1
            digest = rules.link(digest, position, row.mac)
            AuditEntry.objects.filter(pk=row.pk).update(position=position, digest=digest)
            sealed += 1
    return sealed


def anchor() -> Anchor:
    """封存积压的记录，取现在链尾的锚点。"""
    while seal() == BATCH:
        pass
    position, digest = _tail()
    return Anchor(position, digest, timezone.now().isoformat(timespec="seconds"))


def verify_anchor(anchor: Anchor) -> list[Problem]:
    """拿库外的锚点比对：锚点处的记录没了（删尾、清库），或摘要变了（改动后重新编链），都会发现。"""
    if not anchor.position:
        return []
    digest = AuditEntry.objects.filter(position=anchor.position).values_list("digest", flat=True).first()
    if digest is None:
        position, _ = _tail()
        return [
            Problem(None, anchor.position, f"{anchor.at} 取的锚点在第 {anchor.position} 条，现在链尾只到第 {position} 条：尾部记录被删除。")
        ]
    if digest != anchor.digest:
        return [
            Problem(None, anchor.position, f"第 {anchor.position} 条的链摘要与 {anchor.at} 取的锚点不符：此处之前的记录被改动后重新编链。")
        ]
    return []


def _tail() -> tuple[int, str]:
    row = AuditEntry.objects.filter(position__isnull=False).order_by("-position").values_list("position", "digest").first()
    return (row[0] or 0, row[1]) if row else (0, rules.GENESIS)


def sealed() -> int:
    """已封存的条数。"""
    return AuditEntry.objects.filter(position__isnull=False).count()


def _silent(done: int) -> None:
    """没人看进度。"""


def verify(first: int | None = None, last: int | None = None, *, progress: Callable[[int], None] = _silent) -> list[Problem]:
    """从头（或某个链序号）校验到尾：行被改、行被删、行被插、顺序被换都会发现。

    参数：
        first: 起始链序号，默认 1；从中间开始时信任其前一行的摘要。
        last: 末尾链序号，默认到最后，并附带检查未封存行的行校验。
        progress: 每查一批告诉已查到的条数。
    """
    problems: list[Problem] = []
    start = first or 1
    previous = AuditEntry.objects.filter(position=start - 1).values_list("digest", flat=True).first() if start > 1 else rules.GENESIS
    digest, expected = previous or rules.GENESIS, start
    chain = AuditEntry.objects.filter(position__gte=start).order_by("position")
    for checked, row in enumerate((chain.filter(position__lte=last) if last else chain).iterator(chunk_size=2000), start=1):
        if checked % REPORT_EVERY == 0:
            progress(checked)
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
