"""审计日志（审计员）：查询、导出、校验。"""

import csv
import io
from datetime import date
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.audit import selectors
from shilong.foundation.audit import services as audit
from shilong.identity.roles.actor import Role
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import page_number, xlsx
from shilong.web.console.pages import page

FIELDS = ("first", "last", "action", "actor", "object_id", "ip", "result")


def _filters(request: HttpRequest) -> selectors.Filters:
    raw = {name: request.GET.get(name, "").strip()[:80].replace("\x00", "") for name in FIELDS}
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
    context = {"page": selectors.search(filters, page_number(request)), "actions": selectors.actions(), "chosen": request.GET}
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
    """从头校验整条链，列出每一处问题。"""
    audit.seal()
    problems = audit.verify()
    audit.record("audit.verify", actor=request.actor, result="ok" if not problems else "failed", detail={"problems": len(problems)})  # type: ignore[attr-defined]
    return page(request, "audit_verify.html", "audit", {"problems": problems[:200], "total": len(problems)})
