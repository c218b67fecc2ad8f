"""监察标记列表（P02）：逾期自动受理、二次补正、中止停表等，按规则、部门、日期查。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet

from shilong.foundation.days import day_end, day_start
from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.cases.models import Flag
from shilong.service.cases.rules import STATE_NAMES, State
from shilong.service.cases.selectors.views import TONES, display_name

RULES = {
    "R3": "逾期未告知，自动视为受理",
    "R4": "再次告知补正",
    "Y5": "中止并停止计时",
}
EXPORT_LIMIT = 5000
VIEWERS = (Role.BUREAU, Role.LEADER, Role.OFFICER)
_FIELDS = ("case_no", "item_name", "department", "department_name", "applicant_kind", "applicant_name", "state")


@dataclass(frozen=True, slots=True)
class FlagRow:
    """一条监察标记，申请人已脱敏。`tone` 为 r（红，违反时限或程序）或 y（黄，提醒）。"""

    rule: str
    rule_name: str
    tone: str
    note: str
    at: datetime
    case_no: str
    item_name: str
    department_name: str
    applicant_name: str
    status_name: str
    status_tone: str


def flags(actor: Actor, filters: Mapping[str, Any], page: int = 1, size: int = 20) -> Page[FlagRow]:
    """监察标记，最近的在前。filters：rule department since until（日期）。

    异常：NotSignedIn、NotAllowed（窗口人员不看监察标记）。
    """
    return paginate(_ordered(actor, filters), page, min(max(1, size), 100), _row)


def export(actor: Actor, filters: Mapping[str, Any]) -> list[FlagRow]:
    """导出用，条件与权限同 `flags`，最多 `EXPORT_LIMIT` 行。"""
    return [_row(flag) for flag in _ordered(actor, filters)[:EXPORT_LIMIT]]


def flag_counts(actor: Actor, filters: Mapping[str, Any]) -> dict[str, int]:
    """各规则的条数，条件同 `flags` 但不按规则筛。"""
    rows = _filtered(actor, {**filters, "rule": ""}).order_by()
    return dict(rows.values_list("rule").annotate(n=Count("pk")))


def _ordered(actor: Actor, filters: Mapping[str, Any]) -> QuerySet[Flag]:
    rows = _filtered(actor, filters).select_related("case").only("rule", "note", "at", *(f"case__{name}" for name in _FIELDS))
    return rows.order_by("-at", "-pk")


def _filtered(actor: Actor, filters: Mapping[str, Any]) -> QuerySet[Flag]:
    require(actor, *VIEWERS)
    rows = Flag.objects.all()
    department = str(filters.get("department") or "")
    if actor.scope is not Scope.DISTRICT:
        department = actor.department
    if department:
        rows = rows.filter(case__department=department)
    if filters.get("rule"):
        rows = rows.filter(rule=str(filters["rule"])[:8])
    since, until = filters.get("since"), filters.get("until")
    if isinstance(since, date):
        rows = rows.filter(at__gte=day_start(since))
    if isinstance(until, date):
        rows = rows.filter(at__lt=day_end(until))
    return rows


def _row(flag: Flag) -> FlagRow:
    case = flag.case
    state = State(case.state)
    return FlagRow(
        rule=flag.rule,
        rule_name=RULES.get(flag.rule, flag.rule),
        tone="r" if flag.rule.startswith("R") else "y",
        note=flag.note,
        at=flag.at,
        case_no=case.case_no,
        item_name=case.item_name,
        department_name=case.department_name,
        applicant_name=display_name(case.applicant_kind, case.applicant_name),
        status_name=STATE_NAMES[state],
        status_tone=TONES.get(state, ""),
    )
