"""终端设备：列表、登记、详情、激活码、吊销、下发、截屏。"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.files import services as files
from shilong.foundation.refusals import NotFound, Refused
from shilong.hall.terminals import rules, selectors, services
from shilong.identity.roles.actor import Actor, Role
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import every_row, paged, stamp, xlsx
from shilong.web.console import menu
from shilong.web.console.pages import page
from shilong.web.console.terminals_forms import FORMATS, PushForm, TerminalForm
from shilong.web.kiosk import release

HEADERS = ("编号", "名称", "类型", "大厅", "位置", "窗口", "状态", "最近心跳", "页面版本", "来源地址", "时延（毫秒）")
EXPORT_PAGES = 20
CODE = "terminal-code"  # 一次性消息的标签：激活码只显示这一回


@require_safe
@signed_in(*menu.TERMINAL_KEEPERS)
def terminals(request: HttpRequest) -> HttpResponse:
    """终端列表；`export=xlsx` 导出。"""
    actor = _actor(request)
    chosen = {name: parameters.text(request.GET, name) for name in ("q", "kind", "hall", "status")}
    if request.GET.get("export") == "xlsx":
        return _export(actor, chosen)
    context = {
        "page": paged(request, lambda number: selectors.terminals(actor, chosen, number)),
        "chosen": chosen,
        "counts": selectors.counts(actor),
        "kinds": [(key.value, name) for key, name in rules.KIND_NAMES.items()],
        "statuses": list(selectors.lists.STATUSES.items()),
        "halls": selectors.halls(),
        "build": release.build(),
        "may_manage": actor.has(Role.SYSADMIN),
        "push": PushForm(),
    }
    return page(request, "terminals/list.html", "terminals", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def new(request: HttpRequest) -> HttpResponse:
    """登记。"""
    form = TerminalForm(request.POST or None)
    if request.method == "POST" and form.run(lambda **_: services.register(form.profile(), form.config(), actor=_actor(request))):
        messages.success(request, f"已登记 {form.result}。下一步：生成激活码，在终端上输入。")
        return redirect("console:terminal", number=form.result)
    return _form(request, form, "登记终端", "/console/terminals/")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """修改资料与页面配置；保存后终端自己刷新。"""
    actor = _actor(request)
    view = selectors.detail(number, actor=actor).row
    form = TerminalForm(request.POST or None, initial=TerminalForm.of(view))
    form.fields["kind"].disabled = True

    def save(**_: Any) -> None:
        services.edit(number, form.profile(), form.config(), version=parameters.version(request), actor=actor)

    if request.method == "POST" and form.run(save):
        messages.success(request, "已保存，终端会在没人用的时候刷新页面。")
        return redirect("console:terminal", number=number)
    return _form(request, form, f"修改“{view.name}”", f"/console/terminals/{number}/", version=view.version)


@require_safe
@signed_in(*menu.TERMINAL_KEEPERS)
def terminal(request: HttpRequest, number: str) -> HttpResponse:
    """一台终端。"""
    actor = _actor(request)
    view = selectors.detail(number, actor=actor)
    context = {
        "view": view,
        "format": dict(FORMATS).get(str(view.row.config.get("format") or "plain"), ""),
        "wanted": release.version(view.row),
        "code": request.session.pop(CODE, None) if request.method == "GET" else None,
        "may_manage": actor.has(Role.SYSADMIN) and view.row.state != rules.State.RETIRED,
    }
    return page(request, "terminals/terminal.html", "terminals", context)


@require_POST
@signed_in(Role.SYSADMIN)
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """生成激活码、吊销、停用、截屏。"""
    actor, reason = _actor(request), parameters.text(request.POST, "reason", 200)
    if step == "code":
        request.session[CODE] = services.issue_code(number, actor=actor)
    elif step == "revoke":
        services.revoke(number, reason, actor=actor)
        messages.success(request, "已吊销，这台终端立刻什么也打不开。")
    elif step == "retire":
        services.retire(number, reason, actor=actor)
        messages.success(request, "已停用。")
    elif step == "shot":
        services.ask_shot(number, actor=actor)
        messages.success(request, "已要求截屏，终端半分钟内传回，请稍后刷新本页。")
    else:
        raise NotFound
    return redirect("console:terminal", number=number)


@require_POST
@signed_in(Role.SYSADMIN)
def push(request: HttpRequest) -> HttpResponse:
    """批量下发。"""
    form = PushForm(request.POST)
    numbers = [parameters.clean(one, 20) for one in request.POST.getlist("number")]
    if form.run(lambda **_: services.push(numbers, form.changes(), actor=_actor(request))):
        messages.success(request, f"已下发给 {form.result} 台终端，它们会在没人用的时候刷新页面。")
        return redirect("console:terminals")
    raise Refused("；".join(text for errors in form.errors.values() for text in map(str, errors)))


@require_safe
@signed_in(*menu.TERMINAL_KEEPERS)
def shot(request: HttpRequest, shot_id: UUID) -> HttpResponse:
    """截屏的图；看一次记一次。"""
    actor = _actor(request)
    content = files.open_file(selectors.shot_file(shot_id, actor=actor)).read()
    audit.record("terminal.shot_view", actor=actor, object_type="screenshot", object_id=str(shot_id))
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


def _export(actor: Actor, chosen: dict[str, str]) -> HttpResponse:
    rows = []
    for row in every_row(lambda number: selectors.terminals(actor, chosen, number, 100), EXPORT_PAGES):
        where = (row.number, row.name, row.kind_name, row.hall, row.place, row.window)
        rows.append((*where, row.status, stamp(row.seen_at), row.page_version, row.ip, row.latency))
    audit.record("terminal.export", actor=actor, object_type="terminal", detail={"rows": len(rows)})
    return xlsx(f"终端设备-{timezone.localdate():%Y%m%d}.xlsx", HEADERS, rows)


def _form(request: HttpRequest, form: TerminalForm, title: str, back: str, version: int = 0) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "title": title, "back": back, "version": version}
    return page(request, "terminals/form.html", "terminals", context, status=status)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]
