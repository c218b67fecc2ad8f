"""工作人员看评价与工单：看得到内容，看不到评价人是谁。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from shilong.foundation.codes.tables import RATING_TICKET
from shilong.foundation.days import day_end, day_start
from shilong.foundation.pages import Page, paginate
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, Role
from shilong.service.ratings import permissions
from shilong.service.ratings.models import Rating, RatingFile, Ticket
from shilong.service.ratings.refusals import TicketNotFound
from shilong.service.ratings.rules.scores import BAD
from shilong.service.ratings.rules.tickets import APPEAL_KINDS, OPEN, STEP_NAMES, VISITS, Stage, Step, possible
from shilong.service.ratings.selectors.mine import MediaView, media_of
from shilong.service.ratings.selectors.rows import EXCLUDED, TONES, channel_name, level_name, node_name, tag_names
from shilong.service.ratings.services import policies

STAGE_TONES = {"10": "r", "20": "o", "30": "y", "40": "o", "50": "b", "60": "g", "90": ""}
GROUPS = {
    "open": sorted(OPEN),
    "waiting": [Stage.WAITING],
    "checking": [Stage.CHECKING],
    "appealed": [Stage.APPEALED],
    "rectifying": [Stage.RECTIFYING],
    "visiting": [Stage.VISITING],
    "closed": [Stage.CLOSED, Stage.EXCLUDED],
}
EXPORT_LIMIT = 5000


@dataclass(frozen=True, slots=True)
class RatingRow:
    """工作人员看到的一条评价。"""

    uid: UUID
    item_name: str
    department_name: str
    node_name: str
    window: str
    staff: str
    level: int
    level_name: str
    tone: str
    tags: list[str]
    text: str
    channel: str
    anonymous: bool
    automatic: bool
    number: int
    at: datetime
    excluded: str
    ticket: str
    case_no: str


@dataclass(frozen=True, slots=True)
class TicketRow:
    """工单列表的一行。"""

    number: str
    stage: str
    stage_name: str
    tone: str
    item_name: str
    department: str
    department_name: str
    window: str
    level_name: str
    level_tone: str
    tags: list[str]
    text: str
    handler: str
    created_at: datetime
    due: datetime | None
    overdue: bool
    suspect: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """可以做的一步。"""

    step: str
    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class EventView:
    """履历一条。"""

    name: str
    note: str
    actor: str
    at: datetime
    stage_name: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """一张工单。"""

    row: TicketRow
    version: int
    rating: RatingRow
    media: list[MediaView]
    events: list[EventView]
    steps: list[StepView]
    contacted_at: datetime | None
    contact_due: datetime
    rectify_due: datetime | None
    rectified_at: datetime | None
    rectification: str
    reply: str
    visit: str
    appeal: str
    closed_at: datetime | None
    hints: list[str]
    reachable: bool


def ratings(actor: Actor, filters: Mapping[str, Any], page: int = 1, size: int = 20) -> Page[RatingRow]:
    """评价列表。异常：NotSignedIn、NotAllowed。"""
    rows = _filtered(permissions.visible_ratings(actor), filters).select_related("occasion", "ticket")
    return paginate(rows.order_by("-rated_at", "-id"), page, size, rating_row)


def tickets(actor: Actor, filters: Mapping[str, Any], page: int = 1, size: int = 20) -> Page[TicketRow]:
    """工单列表，在办的最急的在前。"""
    rows = permissions.visible_tickets(actor).select_related("rating__occasion")
    state = filters.get("state") or "open"
    if state in GROUPS:
        rows = rows.filter(stage__in=GROUPS[state])
    if filters.get("department"):
        rows = rows.filter(department=filters["department"])
    if filters.get("q"):
        rows = rows.filter(number__startswith=str(filters["q"]).upper())
    names, suspects = _names(), _suspects()
    order = ("-created_at", "-id") if state in ("closed", "all") else ("contact_due", "id")
    return paginate(rows.order_by(*order), page, size, lambda row: _ticket_row(row, names, suspects))


def ticket_counts(actor: Actor) -> dict[str, int]:
    """各状态有几张。"""
    found = dict(permissions.visible_tickets(actor).order_by().values_list("stage").annotate(n=Count("id")))
    return {group: sum(found.get(str(stage), 0) for stage in stages) for group, stages in GROUPS.items()}


def ticket(number: str, actor: Actor) -> TicketView:
    """一张工单。异常：TicketNotFound。"""
    row = permissions.visible_tickets(actor).select_related("rating__occasion").filter(number=number).first()
    if row is None:
        raise TicketNotFound
    names = _names()
    return TicketView(
        row=_ticket_row(row, names, set()),
        version=row.version,
        rating=rating_row(row.rating),
        media=media_of(list(row.rating.files.all())),
        events=[
            EventView(STEP_NAMES[Step(one.action)], one.note, one.actor_name, one.at, RATING_TICKET.label(one.target))
            for one in row.history.order_by("seq")
        ],
        steps=_steps(row, actor),
        contacted_at=row.contacted_at,
        contact_due=row.contact_due,
        rectify_due=row.rectify_due,
        rectified_at=row.rectified_at,
        rectification=row.rectification,
        reply=row.reply,
        visit=VISITS.get(row.visit, ""),
        appeal=APPEAL_KINDS.get(row.appeal_kind, ""),
        closed_at=row.closed_at,
        hints=hints(row.rating),
        reachable=not row.rating.anonymous and bool(row.rating.occasion.case_no),
    )


def hints(rating: Rating) -> list[str]:
    """恶意差评的甄别提示：只摆事实给人判断，不自动认定。"""
    rules = policies.current()
    if not rating.person:
        return []
    since = rating.rated_at - timedelta(days=rules["suspect_days"])
    near = Rating.objects.filter(person=rating.person, rated_at__gt=since, rated_at__lte=rating.rated_at, automatic=False)
    bad = near.filter(satisfaction__in=BAD)
    count = bad.count()
    if count < rules["suspect_count"]:
        return []
    places = bad.values("department").distinct().count()
    text = f"同一评价人 {rules['suspect_days']} 日内给出 {count} 条差评，涉及 {places} 个部门。"
    plain = sum(not one.text for one in bad)
    return [text, *([f"其中 {plain} 条没有写文字。"] if plain else [])]


def file(number: str, file_pk: int, actor: Actor) -> RatingFile:
    """工单里评价的附件。异常：TicketNotFound。"""
    row = permissions.ticket(number, actor)
    found = RatingFile.objects.filter(pk=file_pk, rating_id=row.rating_id).first()
    if found is None:
        raise TicketNotFound
    return found


def rating_row(row: Rating) -> RatingRow:
    """一条评价变成一行；文字用脱敏后的。"""
    occasion, linked = row.occasion, getattr(row, "ticket", None)
    return RatingRow(
        uid=row.uid,
        item_name=occasion.item_name or "窗口服务",
        department_name=occasion.department_name,
        node_name=node_name(occasion.node),
        window=row.window,
        staff=occasion.staff_name,
        level=row.satisfaction,
        level_name=level_name(row.satisfaction),
        tone=TONES[row.satisfaction],
        tags=tag_names(row.tags),
        text=row.shown,
        channel=channel_name(row.pf),
        anonymous=row.anonymous,
        automatic=row.automatic,
        number=row.number,
        at=row.rated_at,
        excluded=EXCLUDED.get(row.excluded, ""),
        ticket=linked.number if linked is not None else "",
        case_no="" if row.anonymous else occasion.case_no,
    )


def _filtered(rows: QuerySet[Rating], filters: Mapping[str, Any]) -> QuerySet[Rating]:
    for name in ("department", "item_code", "window"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if str(filters.get("level") or "") in ("1", "2", "3", "4", "5"):
        rows = rows.filter(satisfaction=int(filters["level"]))
    if filters.get("level") == "bad":
        rows = rows.filter(satisfaction__in=sorted(BAD))
    if not filters.get("automatic"):
        rows = rows.filter(automatic=False)
    if filters.get("since"):
        rows = rows.filter(rated_at__gte=day_start(filters["since"]))
    if filters.get("until"):
        rows = rows.filter(rated_at__lt=day_end(filters["until"]))
    return rows


def _steps(row: Ticket, actor: Actor) -> list[StepView]:
    if row.staff_id is not None and row.staff_id == actor.account_id:
        return []
    found = []
    for move in possible(row.stage):
        roles_ok = actor.has(*move.roles) and (Role.BUREAU in move.roles or actor.covers(row.department))
        apart_ok = not move.apart or getattr(row, move.apart) != actor.account_id
        order_ok = (not move.contacted or row.contacted_at is not None) and (
            move.visited is None or (bool(row.visit) and (row.visit in ("satisfied", "accepted")) is move.visited)
        )
        if roles_ok and apart_ok and order_ok:
            found.append(StepView(move.step, STEP_NAMES[move.step], move.basis))
    return found


def _ticket_row(row: Ticket, names: Mapping[str, str], suspects: set[str]) -> TicketRow:
    rating, occasion = row.rating, row.rating.occasion
    due = (
        row.rectify_due
        if row.stage == Stage.RECTIFYING
        else row.contact_due
        if row.stage in ("10", "20") and not row.contacted_at
        else None
    )
    return TicketRow(
        number=row.number,
        stage=row.stage,
        stage_name=RATING_TICKET.label(row.stage),
        tone=STAGE_TONES[row.stage],
        item_name=occasion.item_name or "窗口服务",
        department=row.department,
        department_name=names.get(row.department, row.department),
        window=rating.window,
        level_name=level_name(rating.satisfaction),
        level_tone=TONES[rating.satisfaction],
        tags=tag_names(rating.tags),
        text=rating.shown,
        handler=row.handler_name,
        created_at=row.created_at,
        due=due,
        overdue=due is not None and due < timezone.now(),
        suspect=bool(rating.person) and rating.person in suspects,
    )


def _names() -> dict[str, str]:
    return {row.key: row.short_name for row in organizations.departments(include_inactive=True)}


def _suspects() -> set[str]:
    """最近短期大量差评的评价人索引（列表上打提示用，一次查询）。"""
    rules = policies.current()
    since = timezone.now() - timedelta(days=rules["suspect_days"])
    rows = Rating.objects.filter(rated_at__gte=since, satisfaction__in=BAD, automatic=False).exclude(person="").order_by()
    grouped = rows.values("person").annotate(n=Count("id")).filter(n__gte=rules["suspect_count"])
    return set(grouped.values_list("person", flat=True))
