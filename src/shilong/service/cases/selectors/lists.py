"""列表：待办、我的办件、查询、公示。都走索引，计数有上限，排序字段有白名单。"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import Calendar
from shilong.foundation.codes import masks
from shilong.foundation.days import day_end, day_start
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.pages import COUNT_LIMIT, Page, count_each, count_parts, paginate, paginate_parts
from shilong.foundation.refusals import NotSignedIn
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import STAFF_ROLES, Actor, Role, Scope, require
from shilong.service.cases import clock, permissions
from shilong.service.cases.models import Case, Task
from shilong.service.cases.rules import DECIDED, FINAL, INTAKE, OPEN, STATE_NAMES, State, clocks
from shilong.service.cases.selectors.views import CHANNELS, TONES, display_name
from shilong.service.catalog import selectors as catalog

SORTS = {"due": "due_at", "-due": "-due_at", "submitted": "submitted_at", "-submitted": "-submitted_at", "item": "item_name"}
GROUPS = {
    "intake": INTAKE,
    "handling": frozenset({State.ACCEPTED, State.REVIEWING, State.SPECIAL, State.SUSPENDED}),
    "decided": DECIDED,
    "finished": FINAL | {State.DELIVERED},
    "open": OPEN,
}
WINDOW_STATES = frozenset({State.SUBMITTED, State.RECEIVED, State.GRANTED, State.DENIED, State.DELIVERED})
MAX_SIZE = 100
_OPEN = sorted(OPEN)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """列表的一行，已脱敏。`days_left` 是距当前到期还有几个工作日，停表与办结后为空。"""

    case_no: str
    item_code: str
    item_name: str
    department: str
    department_name: str
    applicant_name: str
    channel: str
    channel_name: str
    status: str
    status_name: str
    status_tone: str
    submitted_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    finished_at: datetime | None
    promise_due: datetime | None
    due_at: datetime | None
    days_left: int | None
    tone: str
    task_name: str
    version: int
    result: str
    project_type: str
    late_pending: bool


@dataclass(frozen=True, slots=True)
class PublicRow:
    """办件公示的一行（行政许可法第四十条：准予决定公开；姓名按公示口径脱敏）。"""

    case_no: str
    item_name: str
    department_name: str
    applicant_name: str
    submitted_on: date
    decided_on: date | None
    result_name: str
    status_name: str


ROW_FIELDS = (
    "id",
    "case_no",
    "item_code",
    "item_name",
    "department",
    "department_name",
    "applicant_kind",
    "applicant_name",
    "channel",
    "state",
    "submitted_at",
    "accepted_at",
    "decided_at",
    "finished_at",
    "promise_due",
    "due_at",
    "version",
    "result",
    "project_type",
    "late_pending",
)


def rows_of(cases: Iterable[Case], names: Mapping[int, str] | None = None) -> list[CaseRow]:
    """办件变成若干行；日历整页只取一次。"""
    calendar, now = calendars.load(), clock.now()
    return [_row(case, (names or {}).get(case.pk, ""), calendar, now) for case in cases]


def _row(case: Case, task_name: str, calendar: Calendar, now: datetime) -> CaseRow:
    state = State(case.state)
    left = clocks.days_left(case.due_at, now, calendar) if case.due_at and state in OPEN else None
    if left is not None and state in INTAKE:
        left = min(left, clocks.NOTICE_DAYS)  # 下班后提交的次日起算，今晚还没开始扣，也不显示得比期限还长
    return CaseRow(
        case_no=case.case_no,
        item_code=case.item_code,
        item_name=case.item_name,
        department=case.department,
        department_name=case.department_name,
        applicant_name=display_name(case.applicant_kind, case.applicant_name),
        channel=case.channel,
        channel_name=CHANNELS.get(case.channel, "其他"),
        status=str(state),
        status_name=STATE_NAMES[state],
        status_tone=TONES.get(state, ""),
        submitted_at=case.submitted_at,
        accepted_at=case.accepted_at,
        decided_at=case.decided_at,
        finished_at=case.finished_at,
        promise_due=case.promise_due,
        due_at=case.due_at,
        days_left=left,
        tone="" if left is None else clocks.tone(left, 0),
        task_name=task_name,
        version=case.version,
        result=case.result,
        project_type=case.project_type,
        late_pending=case.late_pending,
    )


def _page(parts: Sequence[QuerySet[Case]], order: Sequence[Any], page: int, size: int, *, tasks: bool = False) -> Page[CaseRow]:
    found = paginate_parts(parts, order, page, min(max(1, size), MAX_SIZE), lambda case: case, fields=ROW_FIELDS)
    names = _task_names([case.pk for case in found.items]) if tasks else {}
    return Page(rows_of(found.items, names), found.number, found.size, found.total, found.total_is_exact)


def _task_names(ids: list[int]) -> dict[int, str]:
    names: dict[int, list[str]] = {}
    for case_id, name in Task.objects.filter(case_id__in=ids, status=Task.Status.OPEN).values_list("case_id", "name"):
        names.setdefault(case_id, []).append(name)
    return {case_id: "、".join(dict.fromkeys(found)) for case_id, found in names.items()}


def _todo(actor: Actor) -> list[QuerySet[Case]]:
    """轮到此人动手的办件：窗口看收件受理与送达归档，部门看派给本部门的待办。分成互不相交、各走索引的几部分。"""
    by_state, roles = Q(), [role for role in (Role.OFFICER, Role.LEADER) if actor.has(role)]
    if actor.has(Role.WINDOW):
        by_state |= _within(actor, WINDOW_STATES, everywhere=actor.scope is not Scope.DEPARTMENT)
    if roles:
        by_state |= _within(actor, INTAKE, everywhere=actor.scope is Scope.DISTRICT)
    elif actor.has(Role.BUREAU) and not actor.has(Role.WINDOW):
        by_state |= _within(actor, OPEN, everywhere=actor.scope is Scope.DISTRICT)
    parts = [Case.objects.filter(by_state)] if by_state else []
    if roles:
        assigned = Case.objects.filter(pk__in=_assigned(actor, roles).values("case_id"), state__in=_OPEN)
        parts.append(assigned.exclude(by_state) if by_state else assigned)
    return parts or [Case.objects.none()]


def _within(actor: Actor, states: Iterable[State], *, everywhere: bool) -> Q:
    wanted = Q(state__in=sorted(states))
    return wanted if everywhere else wanted & Q(department=actor.department)


def _assigned(actor: Actor, roles: Sequence[Role]) -> QuerySet[Task]:
    takes = [*roles, Role.OFFICER] if Role.LEADER in roles else roles
    tasks = Task.objects.filter(status=Task.Status.OPEN, role__in=takes)
    if Role.LEADER not in roles:
        tasks = tasks.filter(Q(assignee_id=None) | Q(assignee_id=actor.account_id))
    return tasks if actor.scope is Scope.DISTRICT else tasks.filter(department=actor.department)


def _states(value: str) -> list[str]:
    """状态筛选：状态名、组名，可用逗号连写；不认识的忽略。"""
    names: set[str] = set()
    for part in value.split(","):
        part = part.strip()
        names |= {str(s) for s in GROUPS.get(part, ())} or ({part} if part in set(State) else set())
    return sorted(names)


def worklist(
    actor: Actor,
    *,
    state: str = "",
    q: str = "",
    department: str = "",
    channel: str = "",
    due: str = "",
    sort: str = "",
    page: int = 1,
    size: int = 20,
    saved_view: Mapping[str, str] | None = None,
) -> Page[CaseRow]:
    """当前用户的待办。给出 `state` 时列范围内该状态的全部办件，否则只列轮到本人动手的。

    参数：
        state: 状态名或组名（intake handling decided finished open），可逗号连写。
        due: overdue 已超期、today 今日到期、soon 三日内到期。
        sort: due -due submitted -submitted item。
        saved_view: 保存的视图，键同本函数参数，显式参数优先。

    异常：NotSignedIn、NotAllowed。
    """
    require(actor, *STAFF_ROLES)
    view = {**(saved_view or {}), **{k: v for k, v in {"state": state, "q": q, "department": department}.items() if v}}
    states = _states(str(view.get("state", "")))
    parts = [part.filter(state__in=states) for part in permissions.visible_parts(actor)] if states else _todo(actor)
    wanted = {**view, "channel": channel or view.get("channel", ""), "due": due or view.get("due", "")}
    order = SORTS.get(sort or str(view.get("sort", "")), "due_at")
    ordering = F("due_at").asc(nulls_last=True) if order == "due_at" else order
    tie = "-id" if order.startswith("-") else "id"  # 与索引同向，省一次排序
    return _page([_filter(part, wanted) for part in parts], [ordering, tie], page, size, tasks=True)


def worklist_counts(actor: Actor) -> dict[str, int]:
    """各页签的件数：待办 todo、各在办状态、已超期 overdue。不数历史；每一数最多数到 `COUNT_LIMIT`。"""
    require(actor, *STAFF_ROLES)
    own, *invited = permissions.visible_parts(actor)
    counts = {str(state): count_parts([own.filter(state=state)]) for state in OPEN}
    for part in invited:  # 受邀的少，一次分组比逐个状态去数快
        for state, number in part.filter(state__in=_OPEN).order_by().values_list("state").annotate(n=Count("id")):
            counts[state] += number
    now = clock.now()
    today = Q(due_at__gte=now, due_at__lte=_end_of_day(now))
    wanted = {"todo": Q(), "overdue": Q(due_at__lt=now), "today": today}
    by_state, *assigned = _todo(actor)
    tasks = count_each(assigned, wanted)
    counts |= {name: min(count_parts([by_state.filter(each)]) + tasks[name], COUNT_LIMIT) for name, each in wanted.items()}
    for name, states in GROUPS.items():
        if name != "finished":
            counts[name] = sum(counts[str(state)] for state in states)
    return counts


def _end_of_day(moment: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(clocks.local_day(moment), time.max))


def _filter(rows: QuerySet[Case], filters: Mapping[str, Any]) -> QuerySet[Case]:
    """各列表共用的筛选；空值与不合法的值不起作用。"""
    for key, column in (("department", "department"), ("channel", "channel"), ("item", "item_code"), ("result", "result")):
        if filters.get(key):
            rows = rows.filter(**{column: str(filters[key])})
    now = clock.now()
    due = filters.get("due")
    if due == "overdue":
        rows = rows.filter(due_at__lt=now)
    elif due in ("today", "soon"):
        rows = rows.filter(due_at__gte=now, due_at__lte=_end_of_day(now + timedelta(days=0 if due == "today" else 3)))
    for key, lookup in (("since", "submitted_at__gte"), ("until", "submitted_at__lt")):
        day = _day(filters.get(key))
        if day:
            rows = rows.filter(**{lookup: day_start(day) if key == "since" else day_end(day)})
    return _search(rows, str(filters.get("q") or "").strip())


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return parse_date(str(value)) if value else None
    except ValueError:
        return None


def _search(rows: QuerySet[Case], q: str) -> QuerySet[Case]:
    """关键词：证件号与手机走加密索引，申请编号与姓名走前缀，其余按事项名称。"""
    q = q[:100].replace("\x00", "")
    if not q:
        return rows
    if len(q) == 18 and q[:17].isalnum() and q.isascii():
        return rows.filter(Q(id_index=blind_index(q.upper())) | Q(case_no__startswith=q))
    if len(q) == 11 and q.isdecimal() and q.startswith("1"):
        return rows.filter(Q(mobile_index=blind_index(q)) | Q(case_no__startswith=q))
    if q.isascii() and q.isalnum():
        return rows.filter(case_no__startswith=q.upper())
    return rows.filter(Q(applicant_name__startswith=q) | Q(item_code__in=catalog.codes_named(q)))


def mine(actor: Actor, state: str = "", page: int = 1, size: int = 20, q: str = "") -> Page[CaseRow]:
    """我的办件：本人的；正在代单位办事时，是该单位在授权范围内的。`q` 按申请编号开头或事项名称里的文字筛。"""
    if actor.account_id is None:
        raise NotSignedIn
    rows = _owned(actor)
    states = _states(state)
    if states:
        rows = rows.filter(state__in=states)
    if q := q.strip()[:50].replace("\x00", ""):
        # 一个人名下的办件不多，直接在其中找，不必先查事项。
        rows = rows.filter(Q(case_no__startswith=q.upper()) | Q(item_name__contains=q))
    return _page([rows], ["-submitted_at", "-id"], page, size)


def _owned(actor: Actor) -> QuerySet[Case]:
    """现在的身份名下的办件：代办时是单位在授权范围内的，否则是本人的。"""
    wanted = permissions.represented(actor) if actor.agent_for else Q(account_id=actor.account_id)
    return Case.objects.filter(wanted)


def mine_counts(actor: Actor) -> dict[str, int]:
    """个人中心的件数：全部、在办、待补正、办结。"""
    if actor.account_id is None:
        raise NotSignedIn
    found = dict(_owned(actor).values_list("state").annotate(n=Count("id")))
    done = sum(found.get(str(s), 0) for s in FINAL | DECIDED | {State.DELIVERED})
    total = sum(found.values())
    return {"all": total, "open": total - done, "supplementing": found.get("supplementing", 0), "finished": done}


def search(actor: Actor, filters: Mapping[str, Any], page: int = 1, size: int = 20) -> Page[CaseRow]:
    """按条件查办件（范围内，含已办结）。filters：state q department channel item result since until due sort。"""
    require(actor, *STAFF_ROLES)
    parts = [_filter(part, filters) for part in permissions.visible_parts(actor)]
    states = _states(str(filters.get("state") or ""))
    if states:
        parts = [part.filter(state__in=states) for part in parts]
    return _page(parts, [SORTS.get(str(filters.get("sort") or ""), "-submitted_at"), "-id"], page, size)


def _departments_named(text: str) -> list[str]:
    return [row.key for row in organizations.departments(include_inactive=True) if text in row.name or text in row.short_name]


def publicity(page: int = 1, q: str = "", size: int = 20, department: str = "") -> Page[PublicRow]:
    """办件公示：已作出决定的，脱敏。不列给付类等涉及个人困难信息的事项。可按部门键筛。"""
    rows = Case.objects.filter(decided_at__isnull=False).exclude(item_type="05")
    if department:
        rows = rows.filter(department=department)
    q = q.strip()[:50].replace("\x00", "")
    if q:
        rows = (
            rows.filter(case_no=q.upper())
            if q.isascii()
            else rows.filter(Q(item_code__in=catalog.codes_named(q)) | Q(department__in=_departments_named(q)))
        )
    return paginate(rows.only(*ROW_FIELDS).order_by("-decided_at"), page, min(size, MAX_SIZE), _public)


def _public(case: Case) -> PublicRow:
    name = masks.publish_name(case.applicant_name) if case.applicant_kind == "1" else case.applicant_name
    return PublicRow(
        case_no=case.case_no,
        item_name=case.item_name,
        department_name=case.department_name,
        applicant_name=name,
        submitted_on=clocks.local_day(case.submitted_at),
        decided_on=clocks.local_day(case.decided_at) if case.decided_at else None,
        result_name={"grant": "准予", "deny": "不予"}.get(case.result, ""),
        status_name=STATE_NAMES[State(case.state)],
    )
