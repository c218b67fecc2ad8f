"""市级核验记录：部门看自己的，持证人看问到自己的。"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.licences import permissions
from shilong.service.licences.models import CityCall, LicenceType
from shilong.service.licences.usage import BASES

ACTIONS = {"query": "查询", "fetch": "获取", "verify": "核验"}
READERS = tuple(dict.fromkeys((*permissions.USERS, *permissions.KEEPERS)))
EXPORT_LIMIT, SHOWN = 20_000, 100
OUTCOMES = CityCall.Outcome.choices
TONES = {"found": "g", "empty": "", "denied": "r", "down": "o"}


@dataclass(frozen=True, slots=True)
class CallRow:
    """一条核验记录。"""

    at: datetime
    who: str
    action: str
    holder: str
    type_name: str
    basis: str
    case_no: str
    cause: str
    outcome: str
    tone: str
    detail: str


def city_calls(actor: Actor, filters: Mapping[str, Any], page: int = 1, size: int = 10) -> Page[CallRow]:
    """本部门（审批局看全部）的核验记录，最近的在前。filters：outcome、q（操作人、办件编号）。异常：NotAllowed。"""
    names = _names()
    return paginate(_filtered(actor, filters), page, size, lambda one: _row(one, names))


def export_city_calls(actor: Actor, filters: Mapping[str, Any]) -> Iterator[CallRow]:
    """导出，最多 20,000 行。异常：NotAllowed。"""
    names = _names()
    for one in _filtered(actor, filters)[:EXPORT_LIMIT].iterator(chunk_size=500):
        yield _row(one, names)


def city_calls_about(actor: Actor) -> list[CallRow]:
    """在市级平台问到我的记录，最近的在前。"""
    index = permissions.holder_index(actor)
    names = _names()
    return [_row(one, names) for one in CityCall.objects.filter(holder_index=index).order_by("-at")[:SHOWN]] if index else []


def _filtered(actor: Actor, filters: Mapping[str, Any]) -> QuerySet[CityCall]:
    require(actor, *READERS)
    rows = CityCall.objects.order_by("-at", "-pk")
    if not actor.has(Role.BUREAU):
        rows = rows.filter(department=actor.department)
    if (outcome := str(filters.get("outcome") or "")) in CityCall.Outcome.values:
        rows = rows.filter(outcome=outcome)
    if q := str(filters.get("q") or "").replace("\x00", "").strip()[:50]:
        rows = rows.filter(Q(user_name=q) | Q(case_no=q.upper()))
    return rows


def _names() -> dict[str, str]:
    return dict(LicenceType.objects.values_list("code", "name"))


def _row(one: CityCall, names: Mapping[str, str]) -> CallRow:
    return CallRow(
        at=one.at,
        who=f"{one.department_name} {one.user_name}".strip(),
        action=ACTIONS.get(one.action, one.action),
        holder=one.holder_masked,
        type_name=names.get(one.type_code, one.type_code) or "全部类型",
        basis=BASES.get(one.basis, one.basis),
        case_no=one.case_no,
        cause=one.cause,
        outcome=CityCall.Outcome(one.outcome).label,
        tone=TONES.get(one.outcome, ""),
        detail=one.detail,
    )


__all__ = ["OUTCOMES", "CallRow", "city_calls", "city_calls_about", "export_city_calls"]
