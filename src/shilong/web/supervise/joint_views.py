"""一件事统计：母件自己的口径，办件量仍以子件计，不重复。"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from shilong.identity.roles.actor import Role
from shilong.service.joint import selectors, services
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, xlsx
from shilong.web.supervise import period
from shilong.web.supervise.shell import page

VIEWERS = (Role.BUREAU, Role.LEADER, Role.OFFICER, Role.WINDOW)
HEADERS = ("一件事", "申请", "合办子件", "全部办结", "部分办结或未办成", "按承诺办结", "按承诺办结率（%）", "平均用时（工作日）", "满意度")


@require_safe
@signed_in(*VIEWERS)
def stats(request: HttpRequest) -> HttpResponse:
    """统计页。"""
    chosen = period.of(request)
    actor = request.actor  # type: ignore[attr-defined]
    view = selectors.stats(actor, chosen.first, chosen.last)
    q = parameters.text(request.GET, "q", 50)
    bundles = paged(request, lambda number: selectors.listing(actor, q=q, page=number))
    return render(request, "supervise/joint.html", page(request, "joint", period=chosen, view=view, bundles=bundles, q=q))


@require_safe
@signed_in(*VIEWERS)
def bundle(request: HttpRequest, omni_no: str) -> HttpResponse:
    """一件联办申请的进度；行政审批局在这里登记延长。"""
    view = selectors.bundle(omni_no, actor=request.actor)  # type: ignore[attr-defined]
    return render(request, "supervise/joint_bundle.html", page(request, "joint", view=view))


@require_POST
@signed_in(Role.BUREAU)
def extend(request: HttpRequest, omni_no: str) -> HttpResponse:
    """登记联合办理延长十五日。"""
    approved_by, reason = parameters.text(request.POST, "approved_by", 100), parameters.text(request.POST, "reason", 200)
    services.extend(omni_no, approved_by=approved_by, reason=reason, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "已登记延长 15 个工作日。")
    return redirect("supervise:joint-bundle", omni_no=omni_no)


@require_safe
@signed_in(*VIEWERS)
def export(request: HttpRequest) -> HttpResponse:
    """导出。"""
    chosen = period.of(request)
    view = selectors.stats(request.actor, chosen.first, chosen.last)  # type: ignore[attr-defined]
    rows = [
        (row.name, row.submitted, row.members, row.finished, row.partial, row.on_time, row.on_time_rate, row.days, row.score)
        for row in (view.total, *view.rows)
    ]
    return xlsx(f"一件事统计 {chosen.label}.xlsx", HEADERS, rows)
