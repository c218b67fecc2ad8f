"""等候统计：按窗口组、时段、事项、窗口、日期，人数、平均与 90 分位等待、办理时长、爽约率。"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from shilong.service.booking import selectors as bookings
from shilong.service.queueing import permissions, selectors
from shilong.service.queueing.rules import Summary
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import xlsx
from shilong.web.console.pages import page

LONGEST = timedelta(days=92)
HEADS = ("取号", "叫到", "办结", "过号弃号", "平均等待（分钟）", "90 分位等待（分钟）", "平均办理（分钟）", "到期预约", "爽约", "爽约率")


@dataclass(frozen=True, slots=True)
class Row:
    """一行：等待统计加爽约。"""

    wait: Summary
    due: int
    missed: int

    @property
    def rate(self) -> str:
        return f"{100 * self.missed / self.due:.1f}%" if self.due else "—"


@require_safe
@signed_in(*permissions.MANAGERS)
def statistics(request: HttpRequest) -> HttpResponse:
    """统计页。"""
    chosen = _chosen(request)
    context = {**chosen, "rows": _rows(request, chosen), "ways": selectors.BY.items(), "groups": selectors.groups(include_inactive=True)}
    return page(request, "booking/waiting.html", "waiting", context)


@require_safe
@signed_in(*permissions.MANAGERS)
def export(request: HttpRequest) -> HttpResponse:
    """按当前条件导出。"""
    chosen = _chosen(request)
    rows = [_cells(row) for row in _rows(request, chosen)]
    return xlsx(f"等候统计{chosen['first']:%Y%m%d}-{chosen['last']:%Y%m%d}.xlsx", (selectors.BY[chosen["by"]], *HEADS), rows)


def _rows(request: HttpRequest, chosen: dict[str, Any]) -> list[Row]:
    wanted = {"by": chosen["by"], "group": chosen["group"], "actor": request.actor}  # type: ignore[attr-defined]
    waits = selectors.statistics(chosen["first"], chosen["last"], **wanted)
    rates = bookings.rates(chosen["first"], chosen["last"], **wanted)
    known = {row.key for row in waits}
    blanks = [Summary(key, 0, 0, 0, 0, None, None, None) for key in sorted(rates) if key not in known]
    body = sorted([row for row in waits if row.key != "合计"] + [row for row in blanks if row.key != "合计"], key=lambda row: row.key)
    total = [row for row in (*waits, *blanks) if row.key == "合计"]
    return [Row(row, *rates.get(row.key, (0, 0))) for row in [*body, *total]]


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """缺省看最近七天；最长三个月，免得一次把几年的都算出来。"""
    today = timezone.localdate()
    last = min(parameters.day(request.GET, "last") or today, today)
    first = parameters.day(request.GET, "first") or last - timedelta(days=6)
    by = request.GET.get("by", "group")
    return {
        "first": max(min(first, last), last - LONGEST),
        "last": last,
        "by": by if by in selectors.BY else "group",
        "group": parameters.text(request.GET, "group", 32),
    }


def _cells(row: Row) -> tuple[Any, ...]:
    one = row.wait
    return (
        one.key,
        one.taken,
        one.called,
        one.finished,
        one.lost,
        one.wait_mean,
        one.wait_p90,
        one.serve_mean,
        row.due,
        row.missed,
        row.rate,
    )
