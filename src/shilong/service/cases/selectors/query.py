"""监察查询：多个条件组合查办件，含已办结的；每个条件都走索引或在缩小后的范围里筛。"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone

from shilong.foundation.days import day_end, day_start
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.pages import Page, paginate_parts
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.cases import clock, permissions
from shilong.service.cases.models import Case
from shilong.service.cases.rules import OPEN
from shilong.service.cases.selectors.lists import ROW_FIELDS, CaseRow, rows_of
from shilong.service.catalog import selectors as catalog

VIEWERS = (Role.BUREAU, Role.LEADER, Role.OFFICER)
EXPORT_LIMIT = 5000
DUES = {"overdue": "在办已超期", "today": "今日到期", "soon": "三日内到期", "late": "办结超承诺"}
DAYS = {"submitted_at": "申请日期", "accepted_at": "受理日期", "decided_at": "办结日期"}
SORTS = {
    "-submitted": ("申请时间，最近在前", "-submitted_at"),
    "submitted": ("申请时间，最早在前", "submitted_at"),
    "due": ("到期时间，最急在前", "due_at"),
    "-decided": ("办结时间，最近在前", "-decided_at"),
    "item": ("事项名称", "item_name"),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """查询条件，空值不起作用。

    `case_no` 按前缀；`id_no`、`mobile` 须完整（加密索引只能整号比对）；`name` 按开头；`item` 是编码或名称的一部分；
    `day` 是日期区间指哪个日期（`DAYS` 的键），含两端。
    """

    case_no: str = ""
    id_no: str = ""
    name: str = ""
    mobile: str = ""
    item: str = ""
    department: str = ""
    channel: str = ""
    state: str = ""
    result: str = ""
    due: str = ""
    day: str = "submitted_at"
    since: date | None = None
    until: date | None = None
    sort: str = "-submitted"


def find(actor: Actor, criteria: Criteria, page: int = 1, size: int = 20) -> Page[CaseRow]:
    """一页办件。

    异常：NotSignedIn、NotAllowed。
    """
    require(actor, *VIEWERS)
    parts = [_matched(part, criteria) for part in permissions.visible_parts(actor)]
    found = paginate_parts(parts, _order(criteria), page, min(max(1, size), 100), lambda case: case, fields=ROW_FIELDS)
    return Page(rows_of(found.items), found.number, found.size, found.total, found.total_is_exact)


def export(actor: Actor, criteria: Criteria) -> Iterator[CaseRow]:
    """导出用：按同样的条件与次序，最多 `EXPORT_LIMIT` 行。权限在取第一行之前就判。"""
    require(actor, *VIEWERS)
    rows = _matched(permissions.visible(actor), criteria).order_by(*_order(criteria))
    return iter(rows_of(rows[:EXPORT_LIMIT]))


def _order(criteria: Criteria) -> list[OrderBy | str]:
    column = SORTS.get(criteria.sort, SORTS["-submitted"])[1]
    if column == "due_at":
        order = F("due_at").asc(nulls_last=True)
    elif column == "-decided_at":
        order = F("decided_at").desc(nulls_last=True)
    else:
        order = F(column[1:]).desc() if column.startswith("-") else F(column).asc()
    return [order, "-id"]


def _matched(rows: QuerySet[Case], criteria: Criteria) -> QuerySet[Case]:
    for column in ("department", "channel", "state", "result"):
        value = getattr(criteria, column)
        if value:
            rows = rows.filter(**{column: value})
    if criteria.case_no:
        rows = rows.filter(case_no__startswith=criteria.case_no.upper())
    if criteria.id_no:
        rows = rows.filter(id_index=blind_index(criteria.id_no.upper()))
    if criteria.mobile:
        rows = rows.filter(mobile_index=blind_index(criteria.mobile))
    if criteria.name:
        rows = rows.filter(applicant_name__startswith=criteria.name)
    if criteria.item:
        rows = rows.filter(item_code__in={criteria.item, *catalog.codes_named(criteria.item)})
    return _due(_between(rows, criteria), criteria.due)


def _between(rows: QuerySet[Case], criteria: Criteria) -> QuerySet[Case]:
    column = criteria.day if criteria.day in DAYS else "submitted_at"
    if criteria.since:
        rows = rows.filter(**{f"{column}__gte": day_start(criteria.since)})
    if criteria.until:
        rows = rows.filter(**{f"{column}__lt": day_end(criteria.until)})
    return rows


def _due(rows: QuerySet[Case], due: str) -> QuerySet[Case]:
    now = clock.now()
    if due == "overdue":
        return rows.filter(due_at__lt=now, state__in=sorted(OPEN))
    if due in ("today", "soon"):
        last = timezone.localdate(now) + timedelta(days=1 if due == "today" else 4)
        return rows.filter(due_at__gte=now, due_at__lt=day_start(last), state__in=sorted(OPEN))
    return rows.filter(decided_at__gt=F("promise_due")) if due == "late" else rows
