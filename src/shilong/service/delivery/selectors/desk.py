"""寄递台：待下单、在途、异常、已签收；查询、导出、邮费汇总。"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.dateparse import parse_date

from shilong.foundation.days import day_end, day_start
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor
from shilong.service.delivery import adapters, permissions
from shilong.service.delivery.adapters.base import Courier
from shilong.service.delivery.models import Shipment
from shilong.service.delivery.refusals import ShipmentNotFound
from shilong.service.delivery.rules.states import PAYS_NAMES, Pays, State
from shilong.service.delivery.selectors.views import Row, ShipmentView, row_of, view_of

GROUPS = {
    "todo": (State.PENDING,),
    "transit": (State.ORDERING, State.ORDERED, State.TRANSIT, State.CANCELLING),
    "problem": (State.PROBLEM,),
    "signed": (State.SIGNED,),
    "over": (State.CANCELLED, State.CLOSED),
}
SIZE = 20
MOST_EXPORT = 5000
CENT = Decimal("0.01")  # SQLite 求和会丢末尾的零


@dataclass(frozen=True, slots=True)
class FeeRow:
    """邮费汇总的一行。"""

    courier: str
    pays: str
    count: int
    unknown: int
    total: Decimal


def listing(actor: Actor, filters: Mapping[str, str], page: int = 1) -> Page[Row]:
    """一页。

    参数：
        filters: group（`GROUPS` 的键，空为全部）、kind、courier、q（单号、办件号、手机）、since、until（下单或新建日期）。
    """
    return paginate(_filtered(actor, filters).order_by("-created_at", "-pk"), page, SIZE, row_of)


def export(actor: Actor, filters: Mapping[str, str]) -> Iterator[Row]:
    """按当前条件导出，最多五千行。"""
    for one in _filtered(actor, filters).order_by("-created_at", "-pk")[:MOST_EXPORT]:
        yield row_of(one)


def counts(actor: Actor) -> dict[str, int]:
    """各组几份，一次查询。"""
    rows = permissions.desk(actor).order_by().values_list("state").annotate(n=Count("pk"))
    by_state = dict(rows)
    return {group: sum(by_state.get(state, 0) for state in states) for group, states in GROUPS.items()}


def fees(actor: Actor, filters: Mapping[str, str]) -> list[FeeRow]:
    """邮费汇总：按快递公司与付款方式；已取消的不算。`unknown` 是还没填邮费的份数。"""
    rows = _filtered(actor, filters).exclude(courier="").exclude(state=State.CANCELLED)
    grouped = rows.order_by("courier", "pays").values_list("courier", "pays").annotate(n=Count("pk"), known=Count("fee"), total=Sum("fee"))
    return [
        FeeRow(adapters.name_of(courier), PAYS_NAMES[Pays(pays)], n, n - known, (total or Decimal(0)).quantize(CENT))
        for courier, pays, n, known, total in grouped
    ]


def shipment(number: str, actor: Actor) -> ShipmentView:
    """一份。异常：ShipmentNotFound、NotSignedIn、NotAllowed。"""
    one = permissions.desk(actor).filter(number=number).select_related("resent_from").first()
    if one is None:
        raise ShipmentNotFound
    return view_of(one, logs=True)


def couriers() -> list[Courier]:
    """现在能选的快递公司。"""
    return adapters.usable()


def _filtered(actor: Actor, filters: Mapping[str, str]) -> QuerySet[Shipment]:
    rows = permissions.desk(actor)
    if group := GROUPS.get(filters.get("group", "")):
        rows = rows.filter(state__in=group)
    for name in ("kind", "courier"):
        if value := filters.get(name, ""):
            rows = rows.filter(**{name: value})
    since, until = _day(filters.get("since", "")), _day(filters.get("until", ""))
    if since:
        rows = rows.filter(created_at__gte=day_start(since))
    if until:
        rows = rows.filter(created_at__lt=day_end(until))
    if q := filters.get("q", "").strip():
        rows = rows.filter(Q(number=q) | Q(waybill_no=q.upper()) | Q(case_no=q) | Q(mobile_index=blind_index(q)))
    return rows


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
