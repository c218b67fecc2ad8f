"""终端故障单：列表、登记、派单、处理、恢复、导出。"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.hall.terminals import rules, selectors, services
from shilong.identity.roles.actor import Actor
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, stamp, xlsx
from shilong.web.console import menu
from shilong.web.console.pages import page
from shilong.web.console.terminals_forms import FaultForm

HEADERS = (
    "故障单",
    "终端",
    "名称",
    "位置",
    "类别",
    "说明",
    "来源",
    "状态",
    "处理人",
    "报修时间",
    "开始处理",
    "恢复时间",
    "时长",
    "处理结果",
)
TAB = "terminal-faults"


@require_safe
@signed_in(*menu.TERMINAL_REPAIRERS)
def faults(request: HttpRequest) -> HttpResponse:
    """故障单列表；`export=xlsx` 导出。窗口人员只看派给自己的。"""
    actor = _actor(request)
    chosen = {name: parameters.text(request.GET, name, 30) for name in ("q", "state", "category", "terminal")}
    if request.GET.get("export") == "xlsx":
        return _export(actor, chosen)
    context = {
        "page": paged(request, lambda number: selectors.faults(actor, chosen, number)),
        "chosen": chosen,
        "counts": selectors.fault_counts(actor),
        "states": [("pending", "没恢复的"), *((key.value, name) for key, name in rules.FAULT_NAMES.items())],
        "categories": list(rules.CATEGORIES.items()),
        "keeper": actor.has(*menu.TERMINAL_KEEPERS),
    }
    return page(request, "terminals/faults.html", TAB, context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*menu.TERMINAL_REPAIRERS)
def new(request: HttpRequest) -> HttpResponse:
    """人工登记：电话报修、巡查发现。"""
    actor = _actor(request)
    form = FaultForm(request.POST or None, initial={"number": parameters.text(request.GET, "terminal", 20)})

    def save(number: str, category: str, description: str) -> str:
        return services.report(number.strip().upper(), category, description, actor=actor, source="staff")

    if request.method == "POST" and form.run(save):
        messages.success(request, f"已登记故障单 {form.result}，系统管理员会收到消息。")
        return redirect("console:terminal-faults")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "title": "登记故障", "back": "/console/terminals/faults/"}
    return page(request, "terminals/form.html", TAB, context, status=status)


@require_safe
@signed_in(*menu.TERMINAL_REPAIRERS)
def fault(request: HttpRequest, number: str) -> HttpResponse:
    """一张故障单。"""
    view = selectors.fault(number, actor=_actor(request))
    moves = [(key, rules.STEPS[key]) for key in view.steps if key != "assign"]
    people = selectors.repairers() if "assign" in view.steps else []
    return page(request, "terminals/fault.html", TAB, {"view": view, "moves": moves, "people": people})


@require_POST
@signed_in(*menu.TERMINAL_KEEPERS)
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """派单、改派。"""
    who, note = parameters.whole(request.POST, "assignee", 0), parameters.text(request.POST, "note", 200)
    services.assign(number, who, version=parameters.version(request), actor=_actor(request), note=note)
    messages.success(request, "已派单，处理人会收到消息。")
    return redirect("console:terminal-fault", number=number)


@require_POST
@signed_in(*menu.TERMINAL_REPAIRERS)
def move(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """开始处理、恢复、撤销、重新打开。"""
    note = parameters.text(request.POST, "note", 500)
    services.move(number, step, version=parameters.version(request), actor=_actor(request), note=note)
    messages.success(request, f"已{rules.STEPS[step].name}。")
    return redirect("console:terminal-fault", number=number)


def _export(actor: Actor, chosen: dict[str, str]) -> HttpResponse:
    rows = [
        (
            row.number,
            row.terminal,
            row.terminal_name,
            row.place,
            row.category,
            row.description,
            row.source,
            row.state_name,
            row.assignee,
            *map(stamp, (row.reported_at, row.started_at, row.resolved_at)),
            row.lasted,
            row.solution,
        )
        for row in selectors.fault_rows(actor, chosen)
    ]
    audit.record("terminal.export", actor=actor, object_type="fault", detail={"rows": len(rows)})
    return xlsx(f"终端故障单-{timezone.localdate():%Y%m%d}.xlsx", HEADERS, rows)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]
