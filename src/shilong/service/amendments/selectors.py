"""更正申请的读：列表、详情。值一律脱敏。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from shilong.foundation.days import day_end, day_start
from shilong.foundation.files import selectors as files
from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor, Role
from shilong.service.amendments import permissions, rules
from shilong.service.amendments.models import Amendment, AmendmentItem
from shilong.service.amendments.refusals import AmendmentNotFound
from shilong.service.cases import selectors as cases


@dataclass(frozen=True, slots=True)
class ItemRow:
    """一项的前后对照，已脱敏。"""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AmendmentRow:
    """列表的一行。"""

    number: str
    case_no: str
    item_name: str
    department_name: str
    labels: str
    status: str
    status_name: str
    tone: str
    requested_by: str
    requested_at: datetime
    decided_by: str
    closed_by: str
    closed_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """一份申请的全部，附当前操作人能走哪几步。"""

    row: Amendment
    status_name: str
    tone: str
    items: list[ItemRow]
    files: list[Any]
    case_version: int
    handled_since: int
    steps: frozenset[str]


def listing(actor: Actor, filters: Mapping[str, Any], page: int = 1, size: int = 20) -> Page[AmendmentRow]:
    """更正申请，最近的在前。filters：status q（申请编号或办件编号）department since until mine。"""
    rows = _filter(permissions.visible(actor), filters, actor)
    return paginate(rows.prefetch_related(_items()).order_by("-requested_at", "-pk"), page, min(max(1, size), 100), _row)


def pending_count(actor: Actor) -> int:
    """等这个人授权的份数（自己提出的不算）。"""
    if not actor.has(Role.BUREAU):
        return 0
    return permissions.visible(actor).filter(status=rules.Status.PENDING).exclude(requested_by_id=actor.account_id or 0).count()


def amendment(number: str, *, actor: Actor) -> AmendmentView:
    """一份申请。

    异常：
        AmendmentNotFound: 没有，或不在可见范围内（说同一句话，不泄露有没有）。
    """
    row = permissions.visible(actor).prefetch_related(_items()).filter(number=number).first()
    if row is None:
        raise AmendmentNotFound
    readable = cases.may_read(row.case_no, actor)
    version = cases.case(row.case_no, actor=actor).version if readable else row.case_version
    status = rules.Status(row.status)
    handled = version - row.case_version if status in rules.LIVE else 0
    return AmendmentView(
        row=row,
        status_name=rules.STATUS_NAMES[status],
        tone=rules.TONES[status],
        items=[_shown(one) for one in row.items.all()],
        files=[files.get(file_id) for file_id in row.file_ids],
        case_version=version,
        handled_since=handled,
        steps=_steps(row, actor),
    )


def _steps(row: Amendment, actor: Actor) -> frozenset[str]:
    mine = row.requested_by_id == actor.account_id
    authoriser = actor.has(Role.BUREAU) and actor.covers(row.department)
    allowed = {"execute", "cancel"} if mine else set()
    if authoriser:
        allowed |= {"execute"} if mine else {"execute", "authorise", "refuse"}
    possible = {step for step, status in rules.STEPS if status == row.status}
    return frozenset(allowed & possible | ({"reveal"} if mine or authoriser else set()))


def _filter(rows: QuerySet[Amendment], filters: Mapping[str, Any], actor: Actor) -> QuerySet[Amendment]:
    status = str(filters.get("status") or "")
    if status in set(rules.Status):
        rows = rows.filter(status=status)
    if filters.get("mine"):
        rows = rows.filter(requested_by_id=actor.account_id or 0)
    if filters.get("department"):
        rows = rows.filter(department=str(filters["department"])[:32])
    q = str(filters.get("q") or "").strip().replace("\x00", "")[:50].upper()
    if q:
        rows = rows.filter(number=q) if q.startswith("GZ") else rows.filter(case_no__startswith=q)
    since, until = filters.get("since"), filters.get("until")
    if isinstance(since, date):
        rows = rows.filter(requested_at__gte=day_start(since))
    if isinstance(until, date):
        rows = rows.filter(requested_at__lt=day_end(until))
    return rows


def _items() -> Prefetch:
    return Prefetch("items", queryset=AmendmentItem.objects.order_by("pk"))


def _shown(one: AmendmentItem) -> ItemRow:
    return ItemRow(one.label, rules.shown(one.kind, one.before, one.choices), rules.shown(one.kind, one.after, one.choices))


def _row(row: Amendment) -> AmendmentRow:
    status = rules.Status(row.status)
    return AmendmentRow(
        number=row.number,
        case_no=row.case_no,
        item_name=row.item_name,
        department_name=row.department_name,
        labels="、".join(one.label for one in row.items.all()),
        status=str(status),
        status_name=rules.STATUS_NAMES[status],
        tone=rules.TONES[status],
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        decided_by=row.decided_by,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        reason=row.reason,
    )
