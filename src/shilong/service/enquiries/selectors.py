"""读咨询投诉：我的、部门处理、看板、公开选登。"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from shilong.foundation.codes import masks
from shilong.foundation.days import day_end, day_start
from shilong.foundation.pages import Page, paginate
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, Role
from shilong.service.enquiries import permissions, rules
from shilong.service.enquiries.models import Enquiry
from shilong.service.enquiries.refusals import EnquiryNotFound
from shilong.service.enquiries.rules import KINDS, OPEN, STAGE_NAMES, STEP_NAMES, Publicity, Stage, Step
from shilong.service.insight.rules import rate

TONES = {Stage.UNASSIGNED: "o", Stage.ASSIGNED: "b", Stage.ANSWERED: "g", Stage.RATED: "g", Stage.WITHDRAWN: ""}
GROUPS = {
    "open": sorted(OPEN),
    "unassigned": [Stage.UNASSIGNED],
    "assigned": [Stage.ASSIGNED],
    "answered": [Stage.ANSWERED, Stage.RATED],
    "withdrawn": [Stage.WITHDRAWN],
}
LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}


@dataclass(frozen=True, slots=True)
class Row:
    """列表的一行。"""

    number: str
    kind: str
    kind_name: str
    title: str
    stage: str
    stage_name: str
    tone: str
    department: str
    department_name: str
    item_name: str
    created_at: datetime
    due_at: datetime
    answered_at: datetime | None
    overdue: bool
    urges: int
    satisfaction: str
    publicity: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """经过一条。"""

    name: str
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class View:
    """一件的全部；提交人的姓名、手机给处理端看的是脱敏的。"""

    row: Row
    version: int
    content: str
    file_ids: list[str]
    who: str
    mobile: str
    anonymous: bool
    case_no: str
    about: str
    answer: str
    answered_by: str
    remark: str
    publicity_name: str
    public_title: str
    public_content: str
    public_answer: str
    events: list[EventRow]
    steps: dict[str, str]


@dataclass(frozen=True, slots=True)
class PublicRow:
    """公开选登的一件。"""

    number: str
    kind_name: str
    title: str
    content: str
    answer: str
    department_name: str
    item_code: str
    item_name: str
    created_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """一个部门的数字。"""

    key: str
    name: str
    total: int
    waiting: int
    overdue: int
    answered: int
    on_time: int
    rated: int
    good: int

    @property
    def on_time_rate(self) -> float | None:
        """按期答复率 = 期限内答复 ÷（已答复 + 超期未答复）。"""
        return rate(self.on_time, self.answered + self.overdue)

    @property
    def good_rate(self) -> float | None:
        """满意率 = 基本满意及以上 ÷ 已评价。"""
        return rate(self.good, self.rated)


def mine(actor: Actor, page: int = 1, size: int = 10) -> Page[Row]:
    """我提的，新的在前。"""
    names = _names()
    rows = Enquiry.objects.filter(account_id=actor.account_id or 0).order_by("-created_at", "-id")
    return paginate(rows, page, size, lambda row: _row(row, names))


def my_enquiry(number: str, actor: Actor) -> View:
    """我的一件。异常：EnquiryNotFound。"""
    return _view(permissions.owned(number, actor), actor, own=True)


def listing(actor: Actor, filters: Mapping[str, Any], page: int = 1, size: int = 20) -> Page[Row]:
    """处理端列表，最急的在前。异常：NotAllowed。"""
    rows = permissions.visible(actor)
    state = filters.get("state") or "open"
    if state == "proposed":
        rows = rows.filter(publicity=Publicity.PROPOSED)
    elif state in GROUPS:
        rows = rows.filter(stage__in=GROUPS[state])
    for name in ("kind", "department"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if filters.get("q"):
        rows = rows.filter(Q(number__startswith=str(filters["q"]).upper()) | Q(title__contains=filters["q"]))
    names = _names()
    return paginate(
        rows.order_by(*(["due_at", "id"] if state in ("open", "unassigned", "assigned") else ["-created_at", "-id"])),
        page,
        size,
        lambda row: _row(row, names),
    )


def counts(actor: Actor) -> dict[str, int]:
    """各状态几件。"""
    found = dict(permissions.visible(actor).order_by().values_list("stage").annotate(n=Count("id")))
    totals = {group: sum(found.get(str(stage), 0) for stage in stages) for group, stages in GROUPS.items()}
    return totals | {"proposed": permissions.visible(actor).filter(publicity=Publicity.PROPOSED).count()}


def enquiry(number: str, actor: Actor) -> View:
    """处理端的一件。异常：EnquiryNotFound。"""
    return _view(permissions.handled(number, actor), actor, own=False)


def file_of(number: str, file_id: str, actor: Actor) -> str:
    """一件里的图片：本人或处理的人能看。异常：EnquiryNotFound。"""
    row = permissions.handled(number, actor) if actor.is_staff else permissions.owned(number, actor)
    if str(file_id) not in row.file_ids:
        raise EnquiryNotFound
    return str(file_id)


def public_page(*, kind: str = "", department: str = "", page: int = 1, size: int = 20) -> Page[PublicRow]:
    """公开选登。"""
    rows = Enquiry.objects.filter(publicity=Publicity.PUBLISHED)
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    if department:
        rows = rows.filter(department=department)
    names = _names()
    return paginate(rows.order_by("-published_at"), page, size, lambda row: _public(row, names))


def board(actor: Actor, first: date, last: date) -> list[BoardRow]:
    """监察看板：按答复部门，第一行是合计。一次查询。"""
    rows = permissions.visible(actor).filter(created_at__gte=day_start(first), created_at__lt=day_end(last)).exclude(stage=Stage.WITHDRAWN)
    waiting, now = Q(stage__in=sorted(OPEN)), timezone.now()
    numbers = {
        "total": Count("id"),
        "waiting": Count("id", filter=waiting),
        "overdue": Count("id", filter=waiting & Q(due_at__lt=now)),
        "answered": Count("id", filter=Q(answered_at__isnull=False)),
        "on_time": Count("id", filter=Q(answered_at__lte=F("due_at"))),
        "rated": Count("id", filter=Q(satisfaction__isnull=False)),
        "good": Count("id", filter=Q(satisfaction__gte=3)),
    }
    names = {"": "待分派", **_names()}
    found: Iterable[Mapping[str, Any]] = rows.order_by().values("department").annotate(**numbers)
    lines = [BoardRow(one["department"], names.get(one["department"], one["department"]), *(one[key] for key in numbers)) for one in found]
    lines.sort(key=lambda one: (-one.total, one.key))
    whole = BoardRow("", "合计", *(sum(getattr(one, key) for one in lines) for key in numbers))
    return [whole, *lines]


def _names() -> dict[str, str]:
    return {row.key: row.short_name for row in organizations.departments(include_inactive=True)}


def _row(row: Enquiry, names: Mapping[str, str]) -> Row:
    return Row(
        number=row.number,
        kind=row.kind,
        kind_name=KINDS[row.kind],
        title=row.title,
        stage=row.stage,
        stage_name=STAGE_NAMES[Stage(row.stage)],
        tone=TONES[Stage(row.stage)],
        department=row.department,
        department_name=names.get(row.department, "待分派"),
        item_name=row.item_name,
        created_at=row.created_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        overdue=row.stage in OPEN and row.due_at < timezone.now(),
        urges=row.urges,
        satisfaction=LEVELS.get(row.satisfaction or 0, ""),
        publicity=row.publicity,
    )


def _view(row: Enquiry, actor: Actor, *, own: bool) -> View:
    names = _names()
    history = [EventRow(STEP_NAMES[Step(one.action)], one.note, one.actor_name, one.at) for one in row.history.order_by("seq")]
    if own:  # 群众不看内部的分派、退回说明与工作人员姓名
        inner = {STEP_NAMES[Step.RETURN], STEP_NAMES[Step.PROPOSE], STEP_NAMES[Step.PUBLISH], STEP_NAMES[Step.DECLINE]}
        history = [EventRow(one.name, "", "工作人员" if one.who != "提交人" else "我", one.at) for one in history if one.name not in inner]
    steps = {str(one.step): STEP_NAMES[one.step] for one in rules.moves(row.stage, row.publicity) if _may(actor, one, row)}
    return View(
        row=_row(row, names),
        version=row.version,
        content=row.content,
        file_ids=list(row.file_ids),
        who="匿名" if row.anonymous else row.name if own else masks.mask_name(row.name),
        mobile="" if row.anonymous else row.mobile if own else masks.mask_mobile(row.mobile),
        anonymous=row.anonymous,
        case_no=row.case_no if own or not row.anonymous else "",
        about=names.get(row.about, ""),
        answer=row.answer,
        answered_by=row.answered_by,
        remark=row.remark,
        publicity_name=Publicity(row.publicity).label,
        public_title=row.public_title,
        public_content=row.public_content,
        public_answer=row.public_answer,
        events=history,
        steps=steps,
    )


def _may(actor: Actor, move: rules.Move, row: Enquiry) -> bool:
    if not move.roles:
        return row.account_id == actor.account_id
    return actor.has(*move.roles) and (Role.BUREAU in move.roles or actor.covers(row.department))


def _public(row: Enquiry, names: Mapping[str, str]) -> PublicRow:
    return PublicRow(
        row.number,
        KINDS[row.kind],
        row.public_title,
        row.public_content,
        row.public_answer,
        names.get(row.department, ""),
        row.item_code,
        row.item_name,
        row.created_at,
        row.answered_at,
    )
