"""归集到市级平台的情况：每类证照目录数、签发数、归集成功、失败、待推；逐条可查可导出。"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor, require
from shilong.service.licences import city
from shilong.service.licences.models import Licence, LicenceEvent, LicenceType, Push
from shilong.service.licences.permissions import EDITORS
from shilong.service.licences.rules.states import ISSUED
from shilong.service.licences.selectors.rows import ACTION_NAMES

EXPORT_LIMIT = 20_000
WAITING, REJECTED, SENT = Q(sent_at__isnull=True), Q(sent_at__isnull=False) & ~Q(problem=""), Q(sent_at__isnull=False, problem="")
STATES = {"waiting": ("待推", "b", WAITING), "rejected": ("市级不收", "r", REJECTED), "sent": ("已送达", "g", SENT)}


@dataclass(frozen=True, slots=True)
class GatherRow:
    """一类证照的归集情况。`listed` 是目录数（签发过的各版），`electronic` 是有电子文件的张数，后三项是归集条数。"""

    code: str
    name: str
    department: str
    listed: int
    electronic: int
    sent: int
    rejected: int
    waiting: int


@dataclass(frozen=True, slots=True)
class PushRow:
    """一条归集。"""

    id: int
    name: str
    number: str
    identifier: str
    department: str
    action: str
    state: str
    state_name: str
    tone: str
    problem: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None


def enabled() -> bool:
    """市级平台有没有启用。"""
    return city.enabled()


def gathering(actor: Actor, department: str = "") -> list[GatherRow]:
    """各类证照的归集情况，按代码；没有数的类型也列。异常：NotAllowed。"""
    require(actor, *EDITORS)
    kinds = LicenceType.objects.order_by("code")
    if department:
        kinds = kinds.filter(department=department)
    issued = Licence.objects.filter(state__in=sorted(ISSUED)).order_by().values("type")
    counts = issued.annotate(listed=Count("pk"), electronic=Count("pk", filter=~Q(ofd_digest="")))
    held: dict[int, Mapping[str, Any]] = {row["type"]: row for row in counts}
    counted = {f"n_{key}": Count("pk", filter=condition) for key, (_, _, condition) in STATES.items()}
    tallied = Push.objects.order_by().values("licence__type").annotate(**counted)
    pushed: dict[int, Mapping[str, Any]] = {row["licence__type"]: row for row in tallied}
    return [_gather(one, held.get(one.pk, {}), pushed.get(one.pk, {})) for one in kinds]


def pushes(actor: Actor, filters: Mapping[str, Any], page: int = 1, size: int = 20) -> Page[PushRow]:
    """归集明细，最近入队的在前。filters：state type department q（证照编号、标识）。异常：NotAllowed。"""
    found = paginate(_filtered(actor, filters), page, size, lambda one: one)
    actions = _actions(list(found.items))
    return Page([_row(one, actions) for one in found.items], found.number, found.size, found.total, found.total_is_exact)


def export_pushes(actor: Actor, filters: Mapping[str, Any]) -> Iterator[PushRow]:
    """导出，最多 20,000 行。异常：NotAllowed。"""
    rows = list(_filtered(actor, filters)[:EXPORT_LIMIT])
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        actions = _actions(part)
        yield from (_row(one, actions) for one in part)


def _filtered(actor: Actor, filters: Mapping[str, Any]) -> QuerySet[Push]:
    require(actor, *EDITORS)
    rows = Push.objects.select_related("licence").order_by("-id")
    if (state := str(filters.get("state") or "")) in STATES:
        rows = rows.filter(STATES[state][2])
    for name, column in (("type", "licence__type_code"), ("department", "licence__department")):
        if value := str(filters.get(name) or "")[:32]:
            rows = rows.filter(**{column: value})
    if q := str(filters.get("q") or "").replace("\x00", "").strip()[:128]:
        rows = rows.filter(Q(licence__number=q) | Q(licence__identifier=q.upper()))
    return rows


def _actions(rows: list[Push]) -> dict[tuple[int, int], str]:
    """各条是证照的哪一步变化，一次查出。"""
    found = LicenceEvent.objects.filter(licence__in={one.licence_id for one in rows})
    return {(licence, seq): action for licence, seq, action in found.values_list("licence", "seq", "action")}


def _row(one: Push, actions: Mapping[tuple[int, int], str]) -> PushRow:
    state = "waiting" if one.sent_at is None else "rejected" if one.problem else "sent"
    name, tone, _ = STATES[state]
    action = actions.get((one.licence_id, one.seq), "")
    return PushRow(
        id=one.pk,
        name=one.licence.name,
        number=one.licence.number,
        identifier=one.licence.identifier,
        department=one.licence.department,
        action=ACTION_NAMES.get(action, action),
        state=state,
        state_name=name,
        tone=tone,
        problem=one.problem,
        attempts=one.attempts,
        created_at=one.created_at,
        sent_at=one.sent_at,
    )


def _gather(kind: LicenceType, held: Mapping[str, Any], pushed: Mapping[str, Any]) -> GatherRow:
    return GatherRow(
        code=kind.code,
        name=kind.name,
        department=kind.department,
        listed=held.get("listed", 0),
        electronic=held.get("electronic", 0),
        sent=pushed.get("n_sent", 0),
        rejected=pushed.get("n_rejected", 0),
        waiting=pushed.get("n_waiting", 0),
    )


__all__ = ["STATES", "GatherRow", "PushRow", "enabled", "export_pushes", "gathering", "pushes"]
