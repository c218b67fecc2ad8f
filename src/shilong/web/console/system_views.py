"""运行（系统管理员）：外部系统、后台作业、开发收件箱。"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.adapters import registry, selectors, services
from shilong.foundation.audit import services as audit
from shilong.foundation.jobs import selectors as jobs
from shilong.foundation.jobs import services as job_services
from shilong.foundation.notify import selectors as notify
from shilong.foundation.refusals import NotFound, Refused
from shilong.identity.roles.actor import Role
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged
from shilong.web.console.pages import page

STATES = (("dead", "死信"), ("waiting", "排队"), ("running", "执行中"), ("history", "已了结"), ("schedules", "定时"))


@require_safe
@signed_in(Role.SYSADMIN)
def adapter_list(request: HttpRequest) -> HttpResponse:
    """外部系统：启用与最近错误。"""
    return page(request, "adapters.html", "adapters", {"rows": selectors.views()})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def adapter_page(request: HttpRequest, key: str) -> HttpResponse:
    """一个外部系统的配置。"""
    adapter = registry.get(key)
    error, fields, entered = "", {}, {}
    if request.method == "POST":
        values = {setting.name: parameters.text(request.POST, setting.name, 500) for setting in adapter.schema}
        try:
            services.configure(key, values, enabled=request.POST.get("enabled") == "1", actor=request.actor)  # type: ignore[attr-defined]
        except Refused as refused:
            error, fields = refused.text, refused.fields
            entered = {setting.name: values[setting.name] for setting in adapter.schema if not setting.secret}
        else:
            messages.success(request, "配置已保存。")
            return redirect("console:adapter", key=key)
    view = selectors.view(key)
    shown = {**view.values, **entered}
    rows = [(setting, shown.get(setting.name, ""), fields.get(setting.name, "")) for setting in adapter.schema]
    enabled = request.POST.get("enabled") == "1" if error else view.enabled
    context = {"view": view, "rows": rows, "error": error, "enabled": enabled}
    return page(request, "adapter.html", "adapters", context, status=422 if error else 200)


@require_POST
@signed_in(Role.SYSADMIN)
def adapter_test(request: HttpRequest, key: str) -> HttpResponse:
    """用已保存的配置试连一次；启用之前就能试。"""
    adapter = registry.get(key)
    config = selectors.stored(key)
    result = adapter.check_config(config) if config else "还没有保存过配置，请先填写并保存。"
    if result == "ok":
        services.succeeded(key)
        messages.success(request, "连接成功。")
    else:
        services.failed(key, result)
        messages.error(request, f"连接失败：{result}")
    audit.record("adapter.test", actor=request.actor, object_type="adapter", object_id=key, result="ok" if result == "ok" else "failed")  # type: ignore[attr-defined]
    return redirect("console:adapter", key=key)


@require_safe
@signed_in(Role.SYSADMIN)
def job_list(request: HttpRequest) -> HttpResponse:
    """后台作业：死信、排队、执行中、已了结、定时。"""
    state = request.GET.get("state", "dead")
    state = state if state in dict(STATES) else "dead"
    q = parameters.text(request.GET, "q")
    context: dict[str, Any] = {"states": STATES, "state": state, "q": q, "counts": jobs.counts(), "health": jobs.health()}
    if state == "schedules":
        context["schedules"] = jobs.schedules()
    else:
        context["page"] = paged(request, lambda number: jobs.history(number, q=q) if state == "history" else jobs.jobs(state, number, q=q))
    return page(request, "jobs.html", "jobs", context)


@require_POST
@signed_in(Role.SYSADMIN)
def job_change(request: HttpRequest, job_id: int, action: str) -> HttpResponse:
    """重放或丢弃一封死信。"""
    if action == "replay":
        job_services.replay(job_id, request.actor)  # type: ignore[attr-defined]
        messages.success(request, "已重新排队。")
    elif action == "discard":
        job_services.discard(job_id, request.actor, request.POST.get("reason", ""))  # type: ignore[attr-defined]
        messages.success(request, "已丢弃。")
    else:
        raise NotFound
    return redirect("console:jobs")


@require_safe
@signed_in(Role.SYSADMIN)
def outbox(request: HttpRequest) -> HttpResponse:
    """开发环境的短信与邮件；生产模式没有这个页面。"""
    if settings.MODE == "production":
        raise NotFound
    return page(request, "outbox.html", "outbox", {"page": paged(request, notify.outbox)})
