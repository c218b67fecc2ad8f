"""收件地址、领取方式、上门取件与物流。"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Invalid
from shilong.service.cases import selectors as cases
from shilong.service.delivery import selectors, services
from shilong.service.delivery.rules.address import HOME, LABELS, LIMIT
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in

HINTS = {"name": "name", "mobile": "tel", "province": "address-level1", "city": "address-level2", "county": "address-level3"}
BLANK = {"province": HOME[0], "city": HOME[1], "county": HOME[2]}


def typed_address(request: HttpRequest) -> dict[str, str]:
    """表单里填的地址。"""
    return {name: parameters.text(request.POST, name, 200) for name in LABELS}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def addresses(request: HttpRequest) -> HttpResponse:
    """地址簿与新增。"""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        return _book(request, BLANK, {})
    typed = typed_address(request)
    try:
        services.add_address(typed, default="default" in request.POST, actor=actor)
    except Invalid as refused:  # 填错的在原页上改
        return _book(request, typed, refused.fields, status=422)
    messages.success(request, "收件地址已保存。")
    return redirect(_next(request))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def address(request: HttpRequest, uid: UUID) -> HttpResponse:
    """修改一个。"""
    actor = request.actor  # type: ignore[attr-defined]
    row = selectors.address(uid, actor)
    typed = {name: getattr(row.contact, name) for name in LABELS}
    if request.method != "POST":
        return _edit(request, row, typed, {})
    typed = typed_address(request)
    try:
        services.change_address(uid, typed, default="default" in request.POST, actor=actor)
    except Invalid as refused:  # 填错的在原页上改
        return _edit(request, row, typed, refused.fields, status=422)
    messages.success(request, "收件地址已修改。已经选给办件的地址不会跟着变，需要时到办件里重选。")
    return redirect("portal:addresses")


@require_POST
@signed_in()
def address_default(request: HttpRequest, uid: UUID) -> HttpResponse:
    """设为默认。"""
    services.set_default(uid, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "已设为默认地址。")
    return redirect("portal:addresses")


@require_POST
@signed_in()
def address_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """删除。"""
    services.remove_address(uid, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "收件地址已删除。")
    return redirect("portal:addresses")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def case_delivery(request: HttpRequest, case_no: str) -> HttpResponse:
    """一件办件的领取方式与物流；提交是改领取方式。"""
    if request.method != "POST":
        return _case(request, case_no, {})
    way, uid = parameters.text(request.POST, "way", 12), parameters.text(request.POST, "address", 40)
    try:
        services.choose(case_no, way, uid=uid, actor=request.actor)  # type: ignore[attr-defined]
    except Invalid as refused:  # 没选地址的在原页上选
        return _case(request, case_no, refused.fields, way=way, status=422)
    messages.success(request, "领取方式已更新。")
    return redirect("portal:case-delivery", case_no=case_no)


@require_POST
@signed_in()
def pickup(request: HttpRequest, case_no: str) -> HttpResponse:
    """约上门取件。"""
    goods = [*request.POST.getlist("goods"), *parameters.text(request.POST, "other", 300).replace("，", "、").split("、")]
    try:
        services.request_pickup(
            case_no,
            uid=parameters.text(request.POST, "address", 40),
            slot=parameters.text(request.POST, "slot", 20),
            goods=[parameters.clean(name, 80) for name in goods],
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Invalid as refused:  # 填错的在原页上改
        return _case(request, case_no, {}, pickup_errors=refused.fields or {"": refused.text}, status=422)
    messages.success(request, "已约好，窗口下单后快递员会按时段上门，请备好原件。")
    return redirect("portal:case-delivery", case_no=case_no)


@require_POST
@signed_in()
def confirm(request: HttpRequest, case_no: str, number: str) -> HttpResponse:
    """确认收货。"""
    services.confirm(number, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "已确认收到，感谢您的配合。")
    return redirect("portal:case-delivery", case_no=case_no)


@require_POST
@signed_in()
def cancel(request: HttpRequest, case_no: str, number: str) -> HttpResponse:
    """取消自己约的上门取件。"""
    services.cancel(number, version=parameters.version(request), note="申请人取消", actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "上门取件已取消。")
    return redirect("portal:case-delivery", case_no=case_no)


@require_safe
@signed_in()
def to_case(request: HttpRequest, case_no: str, number: str) -> HttpResponse:
    """寄递单的地址直接打开，去看办件的物流。"""
    return redirect("portal:case-delivery", case_no=case_no)


def _next(request: HttpRequest) -> str:
    """存好以后回到来的地方；只认本站的路径。"""
    target = parameters.text(request.POST, "next", 300)
    return target if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/me/addresses/"


def _book(request: HttpRequest, typed: dict[str, str], errors: dict[str, str], *, status: int = 200) -> HttpResponse:
    rows = selectors.addresses(request.actor)  # type: ignore[attr-defined]
    target = parameters.text(request.POST if request.method == "POST" else request.GET, "next", 300)
    fields = _fields(typed, errors)
    shared = {"mtab": "我的", "mtitle": "收件地址", "tab": "addresses", "limit": LIMIT, "rows": rows, "fields": fields}
    return render(request, "portal/delivery/addresses.html", {**shared, "errors": errors, "next": target}, status=status)


def _edit(
    request: HttpRequest, row: selectors.AddressRow, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> HttpResponse:
    context = {"mtab": "我的", "mtitle": "修改收件地址", "tab": "addresses", "row": row, "fields": _fields(typed, errors), "errors": errors}
    return render(request, "portal/delivery/address.html", context, status=status)


def _fields(typed: dict[str, str], errors: dict[str, str]) -> list[dict[str, str]]:
    """表单的各项。"""
    return [
        {
            "name": name,
            "label": label,
            "value": typed.get(name, ""),
            "error": errors.get(name, ""),
            "hint": HINTS.get(name, "postal-code" if name == "postcode" else "street-address"),
            "mode": "numeric" if name in ("mobile", "postcode") else "text",
            "need": "" if name == "postcode" else "need",
        }
        for name, label in LABELS.items()
    ]


def _case(
    request: HttpRequest,
    case_no: str,
    errors: dict[str, str],
    *,
    way: str = "",
    pickup_errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    view = cases.case(case_no, actor=actor)
    choice = selectors.choice(case_no, actor)
    shipments = selectors.case_shipments(case_no, actor)
    picking = any(one.row.kind == "pickup" and one.row.state not in ("cancelled", "closed", "signed") for one in shipments)
    context = {
        "mtab": "我的",
        "mtitle": "领取与寄递",
        "case": view,
        "choice": choice,
        "way": way or choice.way,
        "errors": errors,
        "pickup_errors": pickup_errors or {},
        "addresses": selectors.choices_for(actor),
        "shipments": shipments,
        "slots": selectors.slots() if choice.can_pickup and not picking else [],
        "here": request.path,
        "changeable": view.is_owner and not choice.locked,
    }
    return render(request, "portal/delivery/case.html", context, status=status)
