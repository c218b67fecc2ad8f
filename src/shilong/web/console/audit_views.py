"""审计日志（审计员）：查询、导出、校验。"""

import csv
import io
from datetime import date
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.audit import selectors, tasks
from shilong.foundation.audit import services as audit
from shilong.foundation.jobs import progress
from shilong.identity.roles.actor import Role
from shilong.web.common import audit_names, parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, xlsx
from shilong.web.console.pages import page

FIELDS = ("first", "last", "action", "actor", "object_id", "ip", "result")


def _filters(request: HttpRequest) -> selectors.Filters:
    raw = {name: parameters.text(request.GET, name, 80) for name in FIELDS}
    return selectors.Filters(first=_day(raw.pop("first")), last=_day(raw.pop("last")), **raw)


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None


@require_safe
@signed_in(Role.AUDITOR)
def log(request: HttpRequest) -> HttpResponse:
    """审计日志；`export=csv|xlsx` 导出，导出本身也记审计。"""
    filters = _filters(request)
    kind = request.GET.get("export", "")
    if kind in ("csv", "xlsx"):
        audit.record("audit.export", actor=request.actor, detail={"format": kind})  # type: ignore[attr-defined]
        name = f"审计日志-{timezone.localdate():%Y%m%d}"
        if kind == "xlsx":
            return xlsx(f"{name}.xlsx", selectors.EXPORT_HEADERS, selectors.export(filters))
        return _csv(name, filters)
    context = {
        "page": paged(request, lambda number: selectors.search(filters, number)),
        "actions": [(code, audit_names.name(code)) for code in selectors.actions()],
        "chosen": request.GET,
    }
    return page(request, "audit.html", "audit", context)


def _csv(name: str, filters: selectors.Filters) -> HttpResponse:
    buffer = io.StringIO()
    buffer.write("\ufeff")  # Excel 认 UTF-8 靠它
    writer = csv.writer(buffer)
    writer.writerow(selectors.EXPORT_HEADERS)
    # 以 = + - @ 开头的格子会被表格软件当公式执行，前面加一个撇号
    writer.writerows([f"'{cell}" if str(cell)[:1] in "=+-@" and str(cell) else cell for cell in row] for row in selectors.export(filters))
    response = HttpResponse(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return response


@require_POST
@signed_in(Role.AUDITOR)
def verify(request: HttpRequest) -> HttpResponse:
    """后台从头校验整条链；给了库外的锚点就一并比对。正在校验时不重复排队。"""
    actor = request.actor  # type: ignore[attr-defined]
    line = parameters.text(request.POST, "anchor", 300)
    if line:
        audit.Anchor.load(line)
    tasks.verify.enqueue(actor.account_id, actor.name, actor.ip, line, key="audit.verify")
    messages.success(request, "已开始校验整条链，查完在本页显示结果。")
    return redirect("console:audit-verify")


@require_safe
@signed_in(Role.AUDITOR)
def verification(request: HttpRequest) -> HttpResponse:
    """校验的进度与上次结果。"""
    running = any(one.key == tasks.KEY for one in progress.running())
    return page(request, "audit_verify.html", "audit", {"last": selectors.last_verification(), "running": running})


@require_POST
@signed_in(Role.AUDITOR)
def anchor(request: HttpRequest) -> HttpResponse:
    """下载现在链尾的锚点，存到库外。"""
    found = audit.anchor()
    audit.record("audit.anchor", actor=request.actor, detail={"position": found.position})  # type: ignore[attr-defined]
    response = HttpResponse(found.dump() + "\n", content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('审计锚点')}-{found.position}.json"
    return response
