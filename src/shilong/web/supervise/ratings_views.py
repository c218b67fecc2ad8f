"""好差评看板：指标双口径、趋势、排行、预警、提升建议；导出；推送省平台的标准数据；电话代录。"""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Refused
from shilong.identity.accounts.network import client_ip
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Role
from shilong.service.ratings import permissions, services
from shilong.service.ratings.rules import alarms
from shilong.service.ratings.selectors import board as boards
from shilong.service.ratings.services import Opinion, policies, pushing
from shilong.web.common import parameters
from shilong.web.common.downloads import attachment
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import xlsx
from shilong.web.portal.ratings_views import LEVELS
from shilong.web.supervise import charts, period
from shilong.web.supervise.shell import page, sees_everything

RANKINGS = {"item": "事项", "department": "部门", "window": "窗口", "staff": "人员", "pf": "渠道", "node": "环节"}
SHOWN = 20
HEADERS = ["", "应评", "主动评价", "默认评价", "主动评价率", "好评率", "好评率（含默认）", "差评", "差评率", "实名差评", "不计入", "平均分"]


@require_safe
@signed_in(*permissions.WATCHERS)
def board(request: HttpRequest) -> HttpResponse:
    """看板。"""
    actor, span = request.actor, period.of(request)  # type: ignore[attr-defined]
    chosen = _period(request, span)
    by = parameters.text(request.GET, "by", 12)
    by = by if by in RANKINGS else "item"
    total = boards.total(actor, chosen)
    trend = boards.trend(actor, chosen)
    context = {
        "period": span,
        "department": chosen.department,
        "departments": organizations.departments() if sees_everything(actor) else [],
        "total": total,
        "whole_first": bool(policies.current()["default_counts"]),
        "levels": [(name, total.counts[f"a{level}"], total.counts[f"d{level}"]) for level, name, _face, _tags in LEVELS],
        "trend": trend,
        "chart_trend": charts.ratings(trend),
        "chart_levels": charts.pie([(name, total.level(level)) for level, name, _face, _tags in LEVELS]),
        "by": by,
        "rankings": RANKINGS.items(),
        "rows": boards.breakdown(actor, chosen, by)[:SHOWN],
        "shown": SHOWN,
        "handling": boards.handling(actor, chosen),
        "coverage": boards.coverage(actor),
        "overdue": boards.overdue_count(actor),
        "alarms": boards.alarm_rows(actor),
        "alarm_days": policies.current()["alarm_days"],
        "alarm_rise": alarms.RISE,
        "suggestions": boards.suggestion_rows(actor, chosen),
    }
    return render(request, "supervise/ratings/board.html", page(request, "ratings", **context))


@require_safe
@signed_in(*permissions.WATCHERS)
def export(request: HttpRequest) -> HttpResponse:
    """按当前区间与分组导出。"""
    actor, chosen = request.actor, _period(request, period.of(request))  # type: ignore[attr-defined]
    by = parameters.text(request.GET, "by", 12)
    by = by if by in RANKINGS else "item"
    lines = [boards.Line("", "合计", boards.total(actor, chosen)), *boards.breakdown(actor, chosen, by)]
    rows = [
        [
            *(line.name, line.scores.due, line.scores.active, line.scores.defaults, line.scores.active_rate, line.scores.good_rate),
            *(line.scores.good_rate_whole, line.scores.bad, line.scores.bad_rate, line.scores.named, line.scores.excluded),
            line.scores.average,
        ]
        for line in lines
    ]
    audit.record("rating.export", actor=actor, object_type="rating", detail={"by": by, "rows": len(rows)})
    return xlsx(f"好差评成绩 {timezone.localdate()}.xlsx", [RANKINGS[by], *HEADERS[1:]], rows)


@never_cache
@require_safe
@signed_in(*permissions.EDITORS)
def push(request: HttpRequest) -> HttpResponse:
    """推送省平台的标准数据：选日期，导出表格或签好的报文。"""
    context = page(request, "ratings-push", period=period.of(request), public_key=pushing.public_key(), limit=pushing.LIMIT)
    return render(request, "supervise/ratings/push.html", context)


@never_cache
@require_POST
@signed_in(*permissions.EDITORS)
def push_file(request: HttpRequest, kind: str) -> HttpResponse:
    """导出；含实名评价人的信息，每次留审计。"""
    if kind not in ("xlsx", "json"):
        raise Http404
    actor = request.actor  # type: ignore[attr-defined]
    first, last = period.day(request.POST.get("since", "")), period.day(request.POST.get("until", ""))
    today = timezone.localdate()
    rows = pushing.records(boards.Period(first or today, last or today), actor=actor)
    if kind == "xlsx":
        return xlsx(f"好差评标准数据 {today}.xlsx", list(rows[0]) if rows else ["没有数据"], [list(row.values()) for row in rows])
    content = json.dumps(pushing.packet(rows), ensure_ascii=False, indent=1).encode()
    return attachment(content, f"好差评签名报文 {today}.json", "application/json")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.BUREAU)
def phone(request: HttpRequest) -> HttpResponse:
    """电话代录：群众报办件编号与查询码，话务人员照录。"""
    actor = request.actor  # type: ignore[attr-defined]
    errors: dict[str, str] = {}
    if request.method == "POST":
        level = parameters.text(request.POST, "level", 2)
        tags = [tag for tag in (parameters.clean(one, 4) for one in request.POST.getlist("tags")[:40]) if level and tag.startswith(level)]
        opinion = Opinion(level, tags, parameters.text(request.POST, "text", 2000), request.POST.get("anonymous") != "0")
        code = parameters.text(request.POST, "query_code", 12)
        try:
            services.record_by_phone(parameters.text(request.POST, "case_no", 50), code, opinion, actor=actor, ip=client_ip(request))
        except Refused as refusal:
            if refusal.status not in (404, 409, 422, 429):
                raise
            errors = {"": refusal.text, **refusal.fields}
        else:
            messages.success(request, "已代录，渠道记为“电话代录”。")
            return redirect("supervise:ratings-phone")
    typed = {name: parameters.text(request.POST, name, 2000) for name in ("case_no", "query_code", "level", "text")}
    context = page(request, "ratings-phone", levels=LEVELS, errors=errors, typed=typed, tags=request.POST.getlist("tags"))
    return render(request, "supervise/ratings/phone.html", context, status=422 if errors else 200)


def _period(request: HttpRequest, span: period.Period) -> boards.Period:
    department: Any = parameters.text(request.GET, "department", 32)
    return boards.Period(span.first, span.last, department)
