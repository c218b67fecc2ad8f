"""印章台账、申请与审批、制章、启用停用、授权。"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import NotFound
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, Role
from shilong.service.seals import rules, selectors, services
from shilong.service.seals.services import GrantTerms
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import page_number
from shilong.web.console import menu
from shilong.web.console.pages import page
from shilong.web.console.seals_forms import ApplyForm, CancelForm, ChangeForm, GrantForm

DONE = {"approve": "已批准。", "refuse": "已退回，不予批准。", "withdraw": "申请已撤回。", "make": "印章已制成，待启用。"}
MOVED = {"activate": "印章已启用。", "freeze": "印章已停用，立即不能签新的文书。", "resume": "印章已恢复。"}


@require_safe
@signed_in(*menu.SEAL_MANAGERS, Role.AUDITOR)
def seals(request: HttpRequest) -> HttpResponse:
    """印章台账。"""
    actor = _actor(request)
    chosen = {name: parameters.text(request.GET, name) for name in ("q", "department", "kind", "status")}
    context = {
        "page": selectors.listing(actor, chosen, page_number(request)),
        "chosen": chosen,
        "departments": [(row.key, row.short_name) for row in organizations.departments()],
        "kinds": [(kind.code, kind.name) for kind in rules.KINDS.values()],
        "statuses": list(rules.STATUS_NAMES.items()),
        "pending": selectors.pending_count(actor),
        "may_apply": actor.has(Role.LEADER),
    }
    return page(request, "seals/seals.html", "seals", context)


@require_safe
@signed_in(*menu.SEAL_MANAGERS, Role.AUDITOR)
def seal(request: HttpRequest, seal_no: str) -> HttpResponse:
    """一枚印章：版本、申请、授权、履历。"""
    return page(request, "seals/seal.html", "seals", {"view": selectors.seal(seal_no, actor=_actor(request))})


@require_safe
@signed_in(*menu.SEAL_USERS, Role.AUDITOR)
def picture(request: HttpRequest, seal_no: str) -> HttpResponse:
    """章图；看得到这枚章或被授权用它的人才能取。"""
    version = parameters.whole(request.GET, "version", 0, digits=4)
    return _png(selectors.picture(seal_no, actor=_actor(request), version=version))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.LEADER)
def apply(request: HttpRequest) -> HttpResponse:
    """申请制发。"""
    actor = _actor(request)
    form = ApplyForm(request.POST or None, request.FILES or None, actor=actor)
    if request.method == "POST" and form.run(lambda **data: services.apply(actor=actor, **data)):
        messages.success(request, f"申请 {form.result} 已提交，等行政审批局审批。")
        return redirect("console:seal_application", number=form.result)
    return _form(request, form, "申请制发印章", "提交申请", "/console/seals/")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.LEADER)
def apply_change(request: HttpRequest, seal_no: str) -> HttpResponse:
    """申请变更。"""
    actor = _actor(request)
    view = selectors.seal(seal_no, actor=actor)
    form = ChangeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.run(lambda **data: services.apply_change(seal_no, actor=actor, **data)):
        messages.success(request, f"申请 {form.result} 已提交，等行政审批局审批。")
        return redirect("console:seal_application", number=form.result)
    note = "批准后重新制一版：新密钥、新证书、新编码；旧版随即不能再签，已盖的章不受影响。"
    return _form(request, form, f"变更“{view.row.name}”", "提交申请", f"/console/seals/{seal_no}/", note)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.LEADER)
def apply_cancel(request: HttpRequest, seal_no: str) -> HttpResponse:
    """申请注销。"""
    actor = _actor(request)
    view = selectors.seal(seal_no, actor=actor)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.run(lambda **data: services.apply_cancel(seal_no, actor=actor, **data)):
        messages.success(request, f"申请 {form.result} 已提交，等行政审批局审批。")
        return redirect("console:seal_application", number=form.result)
    note = "批准即注销并吊销证书，不能恢复。除密钥泄露外，已盖的章仍然有效。"
    return _form(request, form, f"注销“{view.row.name}”", "提交注销申请", f"/console/seals/{seal_no}/", note)


@require_safe
@signed_in(*menu.SEAL_MANAGERS)
def applications(request: HttpRequest) -> HttpResponse:
    """申请单列表。"""
    chosen = {name: parameters.text(request.GET, name, 12) for name in ("status", "kind")}
    context = {
        "page": selectors.applications(_actor(request), chosen, page_number(request)),
        "chosen": chosen,
        "statuses": list(rules.APPLICATION_STATUS_NAMES.items()),
        "kinds": list(rules.APPLICATION_NAMES.items()),
        "may_apply": _actor(request).has(Role.LEADER),
    }
    return page(request, "seals/applications.html", "seal-applications", context)


@require_safe
@signed_in(*menu.SEAL_MANAGERS)
def application(request: HttpRequest, number: str) -> HttpResponse:
    """一份申请。"""
    return page(request, "seals/application.html", "seal-applications", {"view": selectors.application(number, actor=_actor(request))})


@require_safe
@signed_in(*menu.SEAL_MANAGERS)
def application_picture(request: HttpRequest, number: str) -> HttpResponse:
    """批准后会制成什么样。"""
    return _png(selectors.application_picture(number, actor=_actor(request)))


@require_POST
@signed_in(*menu.SEAL_MANAGERS)
def decide(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """批准、退回、撤回、制章。"""
    actor, opinion = _actor(request), parameters.text(request.POST, "opinion", 300)
    if step == "approve":
        services.approve(number, actor=actor, opinion=opinion)
    elif step == "refuse":
        services.refuse(number, actor=actor, opinion=opinion)
    elif step == "withdraw":
        services.withdraw(number, actor=actor)
    elif step == "make":
        services.make(number, actor=actor)
    else:
        raise NotFound
    messages.success(request, DONE[step])
    return redirect("console:seal_application", number=number)


@require_POST
@signed_in(*menu.SEAL_MANAGERS)
def step(request: HttpRequest, seal_no: str, step: str) -> HttpResponse:
    """启用、停用、恢复。"""
    actor = _actor(request)
    reason, document = parameters.text(request.POST, "reason", 300), parameters.text(request.POST, "document", 120)
    if step == "activate":
        services.activate(seal_no, actor=actor, reason=reason)
    elif step == "freeze":
        services.freeze(seal_no, actor=actor, reason=reason, document=document)
    elif step == "resume":
        services.resume(seal_no, actor=actor, reason=reason, document=document)
    else:
        raise NotFound
    messages.success(request, MOVED[step])
    return redirect("console:seal", seal_no=seal_no)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*menu.SEAL_MANAGERS)
def grant(request: HttpRequest, seal_no: str) -> HttpResponse:
    """授权用章。"""
    actor = _actor(request)
    view = selectors.seal(seal_no, actor=actor)
    form = GrantForm(request.POST or None, department=view.department, actor=actor)
    if request.method == "POST" and form.run(lambda account, **data: _grant(seal_no, account, data, actor)):
        messages.success(request, "已授权，立即生效。")
        return redirect("console:seal", seal_no=seal_no)
    return _form(request, form, f"授权使用“{view.row.name}”", "授权", f"/console/seals/{seal_no}/")


def _grant(seal_no: str, account: str, data: dict[str, Any], actor: Actor) -> int:
    return services.grant(seal_no, None if account == "system" else int(account), GrantTerms(**data), actor=actor)


@require_POST
@signed_in(*menu.SEAL_MANAGERS)
def revoke_grant(request: HttpRequest, grant_id: int) -> HttpResponse:
    """撤销授权。"""
    services.revoke(grant_id, actor=_actor(request), reason=parameters.text(request.POST, "reason", 300))
    messages.success(request, "授权已撤销，立即生效。")
    return redirect("console:seal", seal_no=parameters.text(request.POST, "seal_no", 32) or "x")


def _form(request: HttpRequest, form: Any, title: str, button: str, back: str, note: str = "") -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "back": back, "note": note}
    return page(request, "seals/form.html", "seals", context, status=422 if form.errors else 200)


def _png(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
