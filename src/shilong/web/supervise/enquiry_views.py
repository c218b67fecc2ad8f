"""咨询投诉看板：各部门的答复时效与满意率。"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shilong.service.enquiries import permissions, selectors
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import xlsx
from shilong.web.supervise import period
from shilong.web.supervise.shell import page

HEADERS = ["答复部门", "收到", "在办", "超期未答复", "已答复", "按期答复", "按期答复率", "已评价", "满意率"]


@require_safe
@signed_in(*permissions.HANDLERS)
def board(request: HttpRequest) -> HttpResponse:
    """看板。"""
    actor, span = request.actor, period.of(request)  # type: ignore[attr-defined]
    whole, *rows = selectors.board(actor, span.first, span.last)
    context = {"period": span, "whole": whole, "rows": rows, "counts": selectors.counts(actor)}
    return render(request, "supervise/enquiries/board.html", page(request, "enquiries", **context))


@require_safe
@signed_in(*permissions.HANDLERS)
def export(request: HttpRequest) -> HttpResponse:
    """导出看板。"""
    span = period.of(request)
    rows = [
        [*(one.name, one.total, one.waiting, one.overdue, one.answered, one.on_time, one.on_time_rate, one.rated, one.good_rate)]
        for one in selectors.board(request.actor, span.first, span.last)  # type: ignore[attr-defined]
    ]
    return xlsx(f"咨询投诉答复情况 {timezone.localdate()}.xlsx", HEADERS, rows)
