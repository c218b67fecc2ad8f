"""大厅、窗口组、窗口，预约与叫号规则（行政审批局）。"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import NotFound, Refused
from shilong.identity.organizations import selectors as organizations
from shilong.service.booking import policy as booking_policy
from shilong.service.booking import services as bookings
from shilong.service.booking.services.managing import LIMITS as BOOKING_LIMITS
from shilong.service.queueing import permissions, selectors, services
from shilong.service.queueing import policy as queue_policy
from shilong.service.queueing.services.halls import LIMITS as QUEUE_LIMITS
from shilong.service.queueing.services.halls import NAMES as QUEUE_NAMES
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.console.pages import page

BOOKING_NAMES = {
    "days_ahead": "可约今天起多少个工作日",
    "per_day": "每人每天最多几个预约",
    "open_most": "每人没办的最多几个",
    "cancel_minutes": "开始前多少分钟截止改约、取消",
    "changes_most": "一个预约最多改几次",
    "early_minutes": "开始前多少分钟起可签到",
    "late_minutes": "结束后多少分钟内仍可签到",
    "missed_times": "爽约几次限制预约",
    "missed_days": "爽约计数期（天）",
    "blocked_days": "限制预约多少天",
}


@require_safe
@signed_in(*permissions.MANAGERS)
def halls(request: HttpRequest) -> HttpResponse:
    """大厅、窗口组、窗口与取号机。"""
    return _halls(request, {})


@require_POST
@signed_in(*permissions.MANAGERS)
def save(request: HttpRequest, kind: str) -> HttpResponse:
    """保存一个大厅、窗口组或窗口。"""
    savers = {"hall": _save_hall, "group": _save_group, "window": _save_window}
    if kind not in savers:
        raise NotFound
    try:
        savers[kind](request)
    except Refused as refusal:  # 填错的在原页上改
        return _halls(request, refusal.fields or {"": refusal.text}, kind=kind, status=422)
    messages.success(request, "已保存。")
    return redirect("console:halls")


@require_POST
@signed_in(*permissions.MANAGERS)
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """收回全部取号机的授权。"""
    services.revoke_devices(key, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "已收回，原来的取号机都要重新授权。")
    return redirect("console:halls")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.MANAGERS)
def rules(request: HttpRequest) -> HttpResponse:
    """预约规则与叫号规则（PD）。"""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _save_rules(request)
        except Refused as refusal:  # 填错的在原页上改
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(request, "规则已保存，马上生效。")
            return redirect("console:hall-rules")
    limits, known = booking_policy.current(), queue_policy.current()
    context = {
        "booking": [_rule(request, limits, name, label, BOOKING_LIMITS[name], errors) for name, label in BOOKING_NAMES.items()],
        "queue": [_rule(request, known, name, label, QUEUE_LIMITS[name], errors) for name, label in QUEUE_NAMES.items()],
        "priorities": "、".join(known.priorities),
        "errors": errors,
    }
    return page(request, "booking/rules.html", "hall-rules", context, status=422 if errors else 200)


def _save_rules(request: HttpRequest) -> None:
    actor = request.actor  # type: ignore[attr-defined]
    if request.POST.get("which") == "queue":
        values: dict[str, Any] = {name: parameters.whole(request.POST, name, 9999, digits=4) for name in QUEUE_LIMITS}
        values["priorities"] = parameters.text(request.POST, "priorities", 200).replace("，", "、").split("、")
        services.save_policy(values, actor=actor)
    else:
        bookings.save_policy({name: parameters.whole(request.POST, name, 9999, digits=4) for name in BOOKING_LIMITS}, actor=actor)


def _rule(
    request: HttpRequest, source: object, name: str, label: str, span: tuple[int, int], errors: dict[str, str]
) -> tuple[str, str, object, tuple[int, int], str]:
    value = parameters.text(request.POST, name, 6) if name in errors else getattr(source, name)
    return name, label, value, span, errors.get(name, "")


def _halls(request: HttpRequest, errors: dict[str, str], *, kind: str = "", status: int = 200) -> HttpResponse:
    context = {
        "halls": selectors.halls(include_inactive=True),
        "groups": selectors.groups(include_inactive=True),
        "windows": selectors.windows(),
        "departments": organizations.departments(),
        "errors": errors,
        "kind": kind or parameters.text(request.GET, "kind", 8),
        "typed": parameters.texts(request.POST) if errors else _chosen(request),
    }
    return page(request, "booking/halls.html", "halls", context, status=status)


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """点了哪一行“修改”，就把它填进表单。"""
    kind, key = parameters.text(request.GET, "kind", 8), parameters.text(request.GET, "key", 32)
    if kind == "hall":
        row = next((one for one in selectors.halls(include_inactive=True) if one.key == key), None)
        return {"key": row.key, "name": row.name, "address": row.address, "phone": row.phone, "active": row.is_active} if row else {}
    if kind == "group":
        group = next((one for one in selectors.groups(include_inactive=True) if one.key == key), None)
        values = {name: getattr(group, name) for name in ("key", "name", "letter", "departments", "fallback")} if group else {}
        return {**values, "hall": group.hall.key, "items": " ".join(group.items), "active": group.is_active} if group else {}
    window = next((one for one in selectors.windows() if one.name == key), None) if kind == "window" else None
    return {"name": window.name, "hall": window.hall, "groups": window.groups} if window else {}


def _save_hall(request: HttpRequest) -> None:
    data = request.POST
    texts = {name: parameters.text(data, name, 120) for name in ("name", "address", "phone")}
    services.save_hall(parameters.text(data, "key", 32), **texts, active=data.get("active") == "1", actor=request.actor)  # type: ignore[attr-defined]


def _save_group(request: HttpRequest) -> None:
    data = request.POST
    services.save_group(
        parameters.text(data, "key", 32),
        hall=parameters.text(data, "hall", 32),
        name=parameters.text(data, "name", 60),
        letter=parameters.text(data, "letter", 4),
        departments=data.getlist("departments"),
        items=parameters.text(data, "items", 4000).split(),
        fallback=data.get("fallback") == "1",
        active=data.get("active") == "1",
        actor=request.actor,  # type: ignore[attr-defined]
    )


def _save_window(request: HttpRequest) -> None:
    data = request.POST
    hall, groups = parameters.text(data, "hall", 32), data.getlist("groups")
    services.save_window(parameters.text(data, "name", 30), hall=hall, groups=groups, actor=request.actor)  # type: ignore[attr-defined]
