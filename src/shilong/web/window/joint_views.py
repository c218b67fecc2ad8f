"""窗口的一件事：列表、母件进度、统一出件。代收走“代填申报”。"""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Role
from shilong.service.joint import selectors, services
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import every_row, paged, stamp, xlsx
from shilong.web.window.views import side

TABS = (("", "全部"), ("handling", "办理中"), ("partial", "部分办结"), ("deliver", "待统一出件"), ("finished", "全部办结"))
WAYS = (("1", "窗口领取"), ("2", "邮寄"), ("3", "电子送达"))
HEADERS = ("编号", "一件事", "申请人", "状态", "提交时间", "完结时间", "子件", "已有结果")
EXPORT_PAGES, EXPORT_SIZE = 50, 100


def _filters(request: HttpRequest) -> dict[str, Any]:
    return {"q": parameters.text(request.GET, "q", 50), "state": parameters.text(request.GET, "state", 20)}


@require_safe
@signed_in(Role.WINDOW)
def listing(request: HttpRequest) -> HttpResponse:
    """联办申请。"""
    chosen = _filters(request)
    page = paged(request, lambda number: selectors.listing(request.actor, page=number, **chosen))  # type: ignore[attr-defined]
    return render(request, "window/joint/list.html", {**side(request, "one-things"), **chosen, "tabs": TABS, "page": page})


@require_safe
@signed_in(Role.WINDOW)
def export(request: HttpRequest) -> HttpResponse:
    """按当前条件导出。"""
    return xlsx(f"一件事-{timezone.localdate():%Y%m%d}.xlsx", HEADERS, _rows(request))


def _rows(request: HttpRequest) -> Iterator[tuple[Any, ...]]:
    actor, filters = request.actor, _filters(request)  # type: ignore[attr-defined]
    for row in every_row(lambda number: selectors.listing(actor, page=number, size=EXPORT_SIZE, **filters), EXPORT_PAGES):
        times = (stamp(row.submitted_at), stamp(row.finished_at))
        yield (row.omni_no, row.theme_name, row.applicant_name, row.state_name, *times, row.total, row.done)


@require_safe
@signed_in(Role.WINDOW)
def bundle(request: HttpRequest, omni_no: str) -> HttpResponse:
    """一件联办申请。"""
    view = selectors.bundle(omni_no, actor=request.actor)  # type: ignore[attr-defined]
    return render(request, "window/joint/bundle.html", {**side(request, "one-things"), "view": view, "ways": WAYS})


@require_POST
@signed_in(Role.WINDOW)
def deliver(request: HttpRequest, omni_no: str) -> HttpResponse:
    """统一出件：逐件登记送达。"""
    typed = {name: parameters.text(request.POST, name, 50) for name in ("receiver", "way", "tracking_no")}
    try:
        count = services.deliver(omni_no, **typed, actor=request.actor)  # type: ignore[attr-defined]
    except Invalid as refusal:  # 如邮寄没填单号：回到原页改
        messages.error(request, "；".join([refusal.text, *refusal.fields.values()]))
    else:
        messages.success(request, f"已登记送达 {count} 件结果。")
    return redirect("window:one-thing", omni_no=omni_no)
