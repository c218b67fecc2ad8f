"""终端使用统计、打印记录、指导视频。"""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid
from shilong.hall.terminals import rules, selectors, services
from shilong.identity.roles.actor import Actor, Role
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, xlsx
from shilong.web.console import menu
from shilong.web.console.pages import page
from shilong.web.console.terminals_forms import VideoForm

DAYS = 29  # 默认近三十天
LONGEST = 366


@require_safe
@signed_in(*menu.TERMINAL_KEEPERS)
def usage(request: HttpRequest) -> HttpResponse:
    """使用统计；`export=xlsx` 导出。"""
    actor = _actor(request)
    first, last = _period(request)
    chosen = {name: parameters.text(request.GET, name) for name in ("hall", "terminal")}
    rows = selectors.usage(actor, first, last, chosen)
    if request.GET.get("export") == "xlsx":
        audit.record("terminal.export", actor=actor, object_type="usage", detail={"rows": len(rows)})
        headers = ("编号", "名称", "大厅", *rules.FEATURES.values(), "合计")
        lines = [(row.number, row.name, row.hall, *row.counts, row.total) for row in rows]
        return xlsx(f"终端使用统计-{first:%Y%m%d}-{last:%Y%m%d}.xlsx", headers, lines)
    days = selectors.by_day(actor, first, last, chosen)
    context = {
        "rows": rows,
        "features": list(rules.FEATURES.values()),
        "first": first,
        "last": last,
        "chosen": chosen,
        "halls": selectors.halls(),
        "total": sum(row.total for row in rows),
        "top": [row for row in selectors.by_feature(actor, first, last, chosen) if row[1]][:4],
        "chart": _chart(days),
    }
    return page(request, "terminals/usage.html", "terminal-usage", context)


@require_safe
@signed_in(*menu.TERMINAL_KEEPERS)
def prints(request: HttpRequest) -> HttpResponse:
    """打印记录：凭水印里的打印编号查。"""
    q = parameters.text(request.GET, "q", 80)
    found = paged(request, lambda number: selectors.prints(_actor(request), number, q=q))
    return page(request, "terminals/prints.html", "terminal-prints", {"page": found, "q": q})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def videos(request: HttpRequest) -> HttpResponse:
    """指导视频：列表与上传。"""
    form = VideoForm(request.POST or None, request.FILES or None)

    def save(title: str, file: Any) -> int:
        return services.add_video(title, file, file.name, actor=_actor(request))

    if request.method == "POST" and form.run(save):
        messages.success(request, "已上传，一体机上马上能看。")
        return redirect("console:terminal-videos")
    status = 422 if request.method == "POST" else 200
    return page(request, "terminals/videos.html", "terminal-videos", {"form": form, "rows": selectors.videos()}, status=status)


@require_POST
@signed_in(Role.SYSADMIN)
def remove_video(request: HttpRequest, video_id: int) -> HttpResponse:
    """撤下一段。"""
    services.remove_video(video_id, actor=_actor(request))
    messages.success(request, "已撤下。")
    return redirect("console:terminal-videos")


def _period(request: HttpRequest) -> tuple[date, date]:
    """统计哪几天；写得不对的当没写。异常：`Invalid` 超过一年。"""
    last = _day(request, "last") or timezone.localdate()
    first = _day(request, "first") or last - timedelta(days=DAYS)
    if first > last:
        first, last = last, first
    if (last - first).days > LONGEST:
        raise Invalid("一次最多统计一年，请缩短日期范围。")
    return first, last


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        found = parse_date(parameters.text(request.GET, name, 10))
    except ValueError:  # 如 2026-02-30
        return None
    return found if found and 2000 <= found.year <= 2999 else None


def _chart(days: list[tuple[date, int]]) -> dict[str, Any] | None:
    """每天的次数，柱状图。"""
    if not days:
        return None
    return {
        "grid": {"left": 44, "right": 16, "top": 16, "bottom": 28},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day, _ in days]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": "次数", "data": [count for _, count in days], "itemStyle": {"color": "#1261c9"}}],
    }


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]
