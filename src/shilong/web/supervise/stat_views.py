"""统计：概览、部门排行、事项排行，都只读汇总表。"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shilong.foundation.refusals import NotFound
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Role
from shilong.service.cases.selectors.views import CHANNELS
from shilong.service.catalog import selectors as catalog
from shilong.service.insight import rules, selectors
from shilong.service.insight.selectors import Filters, Row
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import xlsx
from shilong.web.supervise import charts, period
from shilong.web.supervise.period import Period
from shilong.web.supervise.shell import page, sees_everything

VIEWERS = (Role.BUREAU, Role.LEADER, Role.OFFICER, Role.WINDOW)
# 表头与取值：页面、导出共用，口径只写一次。
COLUMNS: tuple[tuple[str, str, Callable[[Row], Any]], ...] = (
    ("submitted", "申请", lambda row: row.submitted),
    ("accepted", "受理", lambda row: row.accepted),
    ("finished", "办结", lambda row: row.finished),
    ("on_time", "按时办结率", lambda row: row.on_time_rate),
    ("average", "平均用时", lambda row: row.average_days),
    ("saved", "压缩率", lambda row: row.saved_rate),
    ("supplemented", "补正", lambda row: row.supplemented),
    ("rejected", "不予受理", lambda row: row.rejected),
    ("overdue", "超期", lambda row: row.overdue),
)
_GET = {key: get for key, _, get in COLUMNS}
_UNITS = {"on_time": "%", "saved": "%", "average": "工作日"}
_HEADERS = [name + {"%": "（%）", "工作日": "（工作日）"}.get(_UNITS.get(key, ""), "") for key, name, _ in COLUMNS]


@require_safe
@signed_in(*VIEWERS)
def overview(request: HttpRequest) -> HttpResponse:
    """概览：汇总、趋势、部门、渠道、结果。"""
    chosen = period.of(request)
    view = selectors.overview(request.actor, _filters(request, chosen))  # type: ignore[attr-defined]
    names = _departments()
    labels = _labels(view.trend, chosen)
    results = _results(view.total)
    channels = [(CHANNELS.get(row.key, "其他"), row.submitted) for row in view.channels]
    context = {
        "period": chosen,
        "total": view.total,
        "trend": list(zip(labels, view.trend, strict=True)),
        "department_rows": [(names.get(row.key, row.key), row) for row in view.departments],
        "channels": channels,
        "results": results,
        "shown": len(view.departments) > 12,
        "chart_trend": charts.trend(view.trend, labels),
        "chart_departments": charts.departments(view.departments, names),
        "chart_channels": charts.pie(channels),
        "chart_results": charts.pie(results),
    }
    return render(request, "supervise/overview.html", page(request, "overview", **context))


@require_safe
@signed_in(*VIEWERS)
def export_overview(request: HttpRequest) -> HttpResponse:
    """概览导出：合计一行，之后按时间逐行。"""
    chosen = period.of(request)
    view = selectors.overview(request.actor, _filters(request, chosen))  # type: ignore[attr-defined]
    rows = [("合计", view.total), *zip(_labels(view.trend, chosen), view.trend, strict=True)]
    return _xlsx(f"办件统计 {chosen.label}.xlsx", "时间", rows)


@require_safe
@signed_in(*VIEWERS)
def departments(request: HttpRequest) -> HttpResponse:
    """部门排行，点进去看这个部门的事项。"""
    return _ranking(request, "department")


@require_safe
@signed_in(*VIEWERS)
def export_departments(request: HttpRequest) -> HttpResponse:
    """部门排行导出。"""
    return _export_ranking(request, "department")


@require_safe
@signed_in(*VIEWERS)
def items(request: HttpRequest) -> HttpResponse:
    """事项排行，点进去看这个事项的办件。"""
    return _ranking(request, "item")


@require_safe
@signed_in(*VIEWERS)
def export_items(request: HttpRequest) -> HttpResponse:
    """事项排行导出。"""
    return _export_ranking(request, "item")


def _ranking(request: HttpRequest, by: str) -> HttpResponse:
    chosen = period.of(request)
    sort = _sort(request)
    rows = _named(request, by, chosen, sort)
    context = {
        "by": by,
        "period": chosen,
        "rows": rows,
        "sort": sort,
        "columns": [(key, name) for key, name, _ in COLUMNS],
        "departments": organizations.departments() if by == "item" and sees_everything(request.actor) else [],  # type: ignore[attr-defined]
        "department": request.GET.get("department", ""),
        "drill": not (by == "item" and request.actor.has(Role.WINDOW) and not request.actor.has(Role.BUREAU, Role.LEADER, Role.OFFICER)),  # type: ignore[attr-defined]
    }
    return render(request, "supervise/ranking.html", page(request, "departments" if by == "department" else "items", **context))


def _export_ranking(request: HttpRequest, by: str) -> HttpResponse:
    chosen = period.of(request)
    kind = {"department": "部门", "item": "事项"}[by]
    rows = [(name, row) for name, row in _named(request, by, chosen, _sort(request))]
    return _xlsx(f"{kind}排行 {chosen.label}.xlsx", kind, rows)


def _named(request: HttpRequest, by: str, chosen: Period, sort: str) -> list[tuple[str, Row]]:
    rows = selectors.breakdown(request.actor, _filters(request, chosen), by)  # type: ignore[attr-defined]
    rows = sorted(rows, key=lambda row: _order(row, sort))
    if by == "item":
        return [(_item_name(row.key), row) for row in rows]
    names = _departments()
    return [(names.get(row.key, row.key), row) for row in rows]


def _order(row: Row, sort: str) -> tuple[bool, float]:
    """从大到小；没有值的排最后。"""
    value = _GET[sort](row)
    return (value is None, -(value or 0))


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", "")
    return sort if sort in _GET else "submitted"


def _filters(request: HttpRequest, chosen: Period) -> Filters:
    department = parameters.text(request.GET, "department", 20)
    return Filters(chosen.first, chosen.last, departments=(department,) if department else ())


def _departments() -> dict[str, str]:
    return {row.key: row.short_name for row in organizations.departments(include_inactive=True)}


def _item_name(code: str) -> str:
    """事项名称；已下线的显示编码，统计仍然要列。"""
    try:
        return catalog.brief(code).name
    except NotFound:
        return f"已下线事项 {code}"


def _labels(rows: Sequence[Row], chosen: Period) -> list[str]:
    unit = rules.unit(chosen.first, chosen.last)
    form = {"day": "%m-%d", "week": "%m-%d 当周", "month": "%Y-%m"}[unit]
    return [row.key.strftime(form) for row in rows]


def _results(total: Row) -> list[tuple[str, int]]:
    parts = (("准予", "granted"), ("不予", "denied"), ("不予受理", "rejected"), ("撤回", "withdrawn"), ("终止", "terminated"))
    return [(name, total.counts[key]) for name, key in parts]


def _xlsx(filename: str, first: str, rows: Iterable[tuple[str, Row]]) -> HttpResponse:
    return xlsx(filename, [first, *_HEADERS], ([name, *(get(row) for _, _, get in COLUMNS)] for name, row in rows))
