"""少交材料：申报时用证照、材料库、我的证明代替上传了多少份（W11）。"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shilong.identity.organizations import selectors as organizations
from shilong.service.library import selectors
from shilong.service.library.rules import SOURCE_NAMES
from shilong.service.library.selectors import ReuseRow
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import xlsx
from shilong.web.supervise import period
from shilong.web.supervise.shell import page
from shilong.web.supervise.stat_views import VIEWERS

WAYS = (("item", "按事项"), ("department", "按部门"), ("material", "按材料"))
NAMES = {"item": "事项", "department": "部门", "material": "材料"}


@require_safe
@signed_in(*VIEWERS)
def listing(request: HttpRequest) -> HttpResponse:
    """汇总与排行。"""
    chosen, by = period.of(request), _by(request)
    rows = _rows(request, chosen, by)
    totals = [(name, sum(getattr(row, key) for row in rows)) for key, name in SOURCE_NAMES.items()]
    context = {"period": chosen, "by": by, "ways": WAYS, "rows": rows, "totals": totals, "total": sum(count for _, count in totals)}
    return render(request, "supervise/reuse.html", page(request, "reuse", subject=NAMES[by], **context))


@require_safe
@signed_in(*VIEWERS)
def export(request: HttpRequest) -> HttpResponse:
    """导出。"""
    chosen, by = period.of(request), _by(request)
    rows = [(row.name, row.licence, row.library, row.proof, row.total) for row in _rows(request, chosen, by)]
    return xlsx(f"少交材料 {chosen.label}.xlsx", (NAMES[by], "用电子证照", "用材料库", "用我的证明", "合计（份）"), rows)


def _by(request: HttpRequest) -> str:
    asked = parameters.text(request.GET, "by", 12)
    return asked if asked in NAMES else "item"


def _rows(request: HttpRequest, chosen: period.Period, by: str) -> list[ReuseRow]:
    rows = selectors.reuse(request.actor, chosen.first, chosen.last, by)  # type: ignore[attr-defined]
    if by != "department":
        return rows
    names: dict[str, Any] = {one.key: one.short_name for one in organizations.departments(include_inactive=True)}
    return [ReuseRow(names.get(row.name, row.name), row.licence, row.library, row.proof) for row in rows]
