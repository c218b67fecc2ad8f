"""寄递工作台：打包核对、下单、面单、取消、轨迹登记、异常处理、邮费。"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid, NotFound
from shilong.service.delivery import selectors, services
from shilong.service.delivery.permissions import DESK
from shilong.service.delivery.rules.address import LABELS, Contact, clean
from shilong.service.delivery.rules.states import KIND_NAMES, MOVE_NAMES, PAYS_NAMES, REPORTABLE, TROUBLE_NAMES
from shilong.service.delivery.services.handling import RESOLUTIONS
from shilong.web.common import parameters
from shilong.web.common.downloads import attachment
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, stamp, xlsx
from shilong.web.window.views import side

TABS = (("todo", "待下单"), ("transit", "在途"), ("problem", "异常"), ("signed", "已签收"), ("over", "已取消与了结"), ("all", "全部"))
KEYS = ("group", "kind", "courier", "q", "since", "until")
HEADERS = (
    *("寄递单号", "种类", "状态", "异常", "办件编号", "事项", "对方", "地区"),
    *("快递公司", "物流单号", "付款", "邮费（元）", "新建", "下单", "签收"),
)
FEE_HEADERS = ("快递公司", "付款方式", "份数", "未填邮费", "邮费合计（元）")
MOVES = {key: name for key, name in MOVE_NAMES.items() if key != "info"}


@require_safe
@signed_in(*DESK)
def listing(request: HttpRequest) -> HttpResponse:
    """待下单、在途、异常、已签收。"""
    actor = request.actor  # type: ignore[attr-defined]
    chosen = _filters(request)
    counts = selectors.counts(actor)
    context = {
        **side(request, "shipments"),
        "chosen": chosen,
        "tabs": [(key, name, counts.get(key, 0)) for key, name in TABS],
        "kinds": KIND_NAMES,
        "couriers": selectors.couriers(),
        "fees": selectors.fees(actor, {**chosen, "group": "all"}),
        "page": paged(request, lambda number: selectors.listing(actor, chosen, number)),
        "used": any(chosen[key] for key in KEYS if key != "group"),
    }
    return render(request, "window/shipments/list.html", context)


@require_safe
@signed_in(*DESK)
def export(request: HttpRequest) -> HttpResponse:
    """按当前条件导出；收件人与列表一样脱敏。"""
    actor = request.actor  # type: ignore[attr-defined]
    rows = [
        (
            *(row.number, row.kind_name, row.state_name, row.trouble_name, row.case_no, row.item_name, row.receiver, row.region),
            *(row.courier, row.waybill_no, row.pays_name, "" if row.fee is None else str(row.fee)),
            *(stamp(moment) for moment in (row.created_at, row.ordered_at, row.signed_at)),
        )
        for row in selectors.export(actor, _filters(request))
    ]
    audit.record("delivery.export", actor=actor, object_type="shipment", detail={"rows": len(rows)})
    return xlsx(f"寄递单-{timezone.localdate():%Y%m%d}.xlsx", HEADERS, rows)


@require_safe
@signed_in(*DESK)
def fees_export(request: HttpRequest) -> HttpResponse:
    """邮费汇总。"""
    rows = selectors.fees(request.actor, {**_filters(request), "group": "all"})  # type: ignore[attr-defined]
    return xlsx(
        f"邮费汇总-{timezone.localdate():%Y%m%d}.xlsx",
        FEE_HEADERS,
        [(row.courier, row.pays, row.count, row.unknown, str(row.total)) for row in rows],
    )


@never_cache
@require_safe
@signed_in(*DESK)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """一份寄递单。"""
    return _detail(request, number)


@require_safe
@signed_in(*DESK)
def label(request: HttpRequest, number: str) -> HttpResponse:
    """面单 PDF；每打一次记一次。"""
    size = "a4" if request.GET.get("size") == "a4" else "100x150"
    content = services.label(number, size, actor=request.actor)  # type: ignore[attr-defined]
    return attachment(content, f"面单-{number}.pdf", "application/pdf")


@never_cache
@require_POST
@signed_in(*DESK)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """看收寄件人明文，记一次审计。"""
    shown = services.reveal(number, actor=request.actor)  # type: ignore[attr-defined]
    return _detail(request, number, shown=shown)


@require_POST
@signed_in(*DESK)
def act(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """下单、取消、登记轨迹、登记异常、处理异常、重寄、邮费。"""
    if step not in STEPS:
        raise NotFound
    doing, done = STEPS[step]
    try:
        number = doing(request, number) or number
    except Invalid as refused:  # 填错的在原页上改
        return _detail(request, number, doing=step, errors=refused.fields or {"": refused.text}, problem=refused.text, status=422)
    messages.success(request, done)
    return redirect("window:shipment", number=number)


def _text(request: HttpRequest, name: str, longest: int = 300) -> str:
    return parameters.text(request.POST, name, longest)


def _common(request: HttpRequest) -> dict[str, Any]:
    return {"version": parameters.version(request), "actor": request.actor}  # type: ignore[attr-defined]


def _place(request: HttpRequest, number: str) -> None:
    services.place(
        number,
        courier=_text(request, "courier", 40),
        pays=_text(request, "pays", 12),
        packed=request.POST.getlist("packed"),
        fee=_text(request, "fee", 20),
        waybill_no=_text(request, "waybill_no", 60),
        **_common(request),
    )


def _cancel(request: HttpRequest, number: str) -> None:
    services.cancel(number, note=_text(request, "note"), **_common(request))


def _track(request: HttpRequest, number: str) -> None:
    at = _moment(_text(request, "at", 30))
    move, remark, place = (_text(request, name) for name in ("move", "remark", "place"))
    services.add_track(number, move=move, at=at, remark=remark, place=place, **_common(request))


def _report(request: HttpRequest, number: str) -> None:
    services.report(number, trouble=_text(request, "trouble", 12), note=_text(request, "note"), **_common(request))


def _handle(request: HttpRequest, number: str) -> str:
    way, note = _text(request, "way", 12), _text(request, "note")
    return services.handle(number, way=way, note=note, contact=_contact(request), **_common(request))


def _reship(request: HttpRequest, number: str) -> str:
    return services.reship(number, note=_text(request, "note"), contact=_contact(request), **_common(request))


def _fee(request: HttpRequest, number: str) -> None:
    services.set_fee(number, fee=_text(request, "fee", 20), **_common(request))


STEPS: dict[str, tuple[Callable[[HttpRequest, str], str | None], str]] = {
    "place": (_place, "已提交下单。有接口的快递公司稍后返回物流单号，刷新可见。"),
    "cancel": (_cancel, "已取消；下过单的，等快递公司确认。"),
    "track": (_track, "轨迹已登记。"),
    "report": (_report, "异常已登记，已通知申请人。"),
    "handle": (_handle, "异常已处理，已通知申请人。"),
    "reship": (_reship, "已重新建单，请打包下单。"),
    "fee": (_fee, "邮费已登记。"),
}


def _contact(request: HttpRequest) -> Contact | None:
    """重寄时换的地址；没填就照原来的。"""
    typed = {name: parameters.text(request.POST, f"to_{name}", 200) for name in LABELS}
    return clean(typed) if any(typed.values()) else None


def _moment(text: str) -> datetime | None:
    try:
        value = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(value) if value is not None and timezone.is_naive(value) else value


def _filters(request: HttpRequest) -> dict[str, str]:
    chosen = {key: parameters.text(request.GET, key, 64) for key in KEYS}
    return chosen if "group" in request.GET else {**chosen, "group": "all" if any(chosen.values()) else "todo"}


def _detail(
    request: HttpRequest,
    number: str,
    *,
    shown: dict[str, Contact | None] | None = None,
    doing: str = "",
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    view = selectors.shipment(number, request.actor)  # type: ignore[attr-defined]
    state = view.row.state
    context = {
        **side(request, "shipments"),
        "view": view,
        "shown": shown,
        "doing": doing,
        "errors": errors or {},
        "problem": problem,
        "typed": request.POST,
        "couriers": selectors.couriers(),
        "pays": PAYS_NAMES,
        "moves": MOVES,
        "troubles": {key: TROUBLE_NAMES[key] for key in REPORTABLE},
        "resolutions": RESOLUTIONS,
        "labels": LABELS,
        "now": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "can_place": state == "pending",
        "can_cancel": state in ("pending", "ordering", "ordered"),
        "can_print": bool(view.row.waybill_no) and state in ("ordered", "transit", "problem", "signed"),
        "can_track": not view.online and state in ("ordered", "transit", "problem"),
        "can_report": state in ("ordered", "transit", "problem") and view.trouble != "address",
        "can_handle": state == "problem",
        "can_reship": state == "cancelled",
        "can_fee": state not in ("pending", "cancelled"),
    }
    return render(request, "window/shipments/detail.html", context, status=status)
