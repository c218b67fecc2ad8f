"""我的账号：资料、密码、动态口令、会话、实名、经办授权。群众与工作人员共用，外壳按身份换。"""

from functools import partial
from typing import Any, BinaryIO, cast
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shilong.foundation.files import selectors as file_rows
from shilong.foundation.files import services as files
from shilong.foundation.files.kinds import IMAGES, PDF
from shilong.foundation.refusals import Invalid, NotAllowed, NotFound
from shilong.identity.accounts import otp, rules, selectors, services, sessions
from shilong.identity.accounts.network import client_ip
from shilong.identity.organizations import selectors as organizations
from shilong.identity.realname import rules as levels
from shilong.identity.realname import selectors as realname
from shilong.identity.realname import services as realname_services
from shilong.identity.roles.actor import ROLE_NAMES, Role
from shilong.web.common import parameters
from shilong.web.common.account_forms import AddressForm, AgentForm, MobileForm, OtpForm, PasswordForm
from shilong.web.common.guards import signed_in

STAMPED_KINDS = IMAGES | {PDF}
_TABS = (
    ("/account/", "资料", "user"),
    ("/account/password/", "修改密码", "key-round"),
    ("/account/mobile/", "更换手机号", "smartphone"),
    ("/account/otp/", "动态口令", "shield-check"),
    ("/account/sessions/", "登录设备", "monitor-smartphone"),
)


@never_cache
@signed_in()
def overview(request: HttpRequest) -> HttpResponse:
    """资料总览，敏感项脱敏。"""
    account = selectors.summary(request.actor.account_id)  # type: ignore[attr-defined]
    staff = organizations.staff(account.account_id) if account.kind == "staff" else None
    context: dict[str, Any] = {
        "account": account,
        "level_name": levels.LEVELS[account.realname_level],
        "staff_info": staff,
        "role_names": [ROLE_NAMES[role] for role in Role if role in request.actor.roles],  # type: ignore[attr-defined]
        "expires_in": rules.password_warning(account.kind, account.password_changed_at, timezone.now()),
        "address_form": AddressForm(initial={"address": account.address}) if account.kind == "person" else None,
    }
    return _render(request, "common/account.html", "资料", **context)


@signed_in()
@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """保存住址。"""
    form = AddressForm(request.POST)
    if form.run(partial(services.set_address, actor=request.actor)):  # type: ignore[attr-defined]
        messages.success(request, "住址已保存。")
    else:
        messages.error(request, "住址最多 200 个字，没有保存。")
    return redirect("/account/")


@never_cache
@signed_in()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """改密；其他设备同时下线。"""
    form = PasswordForm(request.POST or None)
    key = request.session.session_key or ""
    action = partial(services.change_password, _me(request), ip=client_ip(request), keep_session=key)
    if request.method == "POST" and form.run(action):
        sessions.rebind(request, form.result)
        messages.success(request, "密码已修改，其他设备上的登录已全部退出。")
        return redirect("/account/")
    return _form(request, form, "修改密码", "common/account_password.html")


@never_cache
@signed_in()
@require_http_methods(["GET", "POST"])
def mobile(request: HttpRequest) -> HttpResponse:
    """换手机号。"""
    form = MobileForm(request.POST or None)
    if request.method == "POST" and form.run(partial(services.change_mobile, actor=request.actor)):  # type: ignore[attr-defined]
        messages.success(request, "手机号已更换。")
        return redirect("/account/")
    return _form(request, form, "更换手机号", "common/account_mobile.html")


@never_cache
@signed_in()
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """绑定或更换动态口令。更换前先输旧口令：会话被人顺手用了也换不走。"""
    account = selectors.account(_me(request))
    form = OtpForm(request.POST or None)
    bound = otp.bound(account)
    verified = request.session.get("otp_verified") == account.pk
    if request.method == "POST" and bound and not verified:
        if form.run(lambda code: otp.verify(account, code, client_ip(request))):
            request.session["otp_verified"] = account.pk
            return redirect("/account/otp/")
    elif request.method == "POST" and form.run(lambda code: otp.confirm(account, code, client_ip(request))):
        request.session.pop("otp_verified", None)
        messages.success(request, "动态口令已绑定，下次登录时需要输入。")
        return redirect("/account/")
    if bound and not verified:
        return _form(request, form, "动态口令", "common/account_otp.html", stage="verify")
    extra = {"stage": "bind", "qr": otp.qr_data_uri(account), "secret": otp.secret(account)}
    return _form(request, form, "动态口令", "common/account_otp.html", **extra)


@never_cache
@signed_in()
def session_list(request: HttpRequest) -> HttpResponse:
    """我在哪些设备上登录着。"""
    rows = sessions.active(_me(request), current_key=request.session.session_key or "")
    return _render(request, "common/account_sessions.html", "登录设备", rows=rows)


@signed_in()
@require_POST
def kick(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """下线一台设备。"""
    sessions.kick(sign_in_id, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "已下线该设备。")
    return redirect("/account/sessions/")


@never_cache
@signed_in(Role.APPLICANT)
@require_http_methods(["GET", "POST"])
def real_name(request: HttpRequest) -> HttpResponse:
    """实名等级与提升办法。"""
    if request.method == "POST":
        realname_services.verify_online(actor=request.actor)  # type: ignore[attr-defined]
        messages.success(request, "核验通过，实名等级已提升。")
        return redirect("/account/realname/")
    level = request.actor.realname_level  # type: ignore[attr-defined]
    corporate = selectors.summary(_me(request)).kind == "enterprise"
    context = {"level": level, "levels": levels.LEVELS.items(), "history": realname.history(_me(request)), "corporate": corporate}
    return _render(request, "common/account_realname.html", "实名认证", **context)


@never_cache
@signed_in(Role.APPLICANT)
@require_http_methods(["GET", "POST"])
def agents(request: HttpRequest) -> HttpResponse:
    """法人看自己给出的授权并新增；个人看自己能代理谁并切换。"""
    account = selectors.summary(_me(request))
    if account.kind == "person":
        context = {"principals": selectors.principals(account.account_id), "acting": request.actor.agent_for}  # type: ignore[attr-defined]
        return _render(request, "common/account_agent_for.html", "代办单位", **context)
    choices = [(item.key, item.short_name) for item in organizations.departments()]
    form = AgentForm(request.POST or None, departments=choices)
    if request.method == "POST" and form.run(partial(services.authorize_agent, request.actor)):  # type: ignore[attr-defined]
        messages.success(request, "授权已生效。")
        return redirect("/account/agents/")
    rows = selectors.agency_views(account.account_id, dict(choices))
    return _form(request, form, "授权经办人", "common/account_agents.html", rows=rows)


@signed_in(Role.APPLICANT)
@require_POST
def revoke_agent(request: HttpRequest, agency_id: int) -> HttpResponse:
    """撤销授权。"""
    services.revoke_agent(agency_id, actor=request.actor, reason=request.POST.get("reason", ""))  # type: ignore[attr-defined]
    messages.success(request, "授权已撤销，立即生效。")
    return redirect("/account/agents/")


@never_cache
@signed_in(Role.APPLICANT)
def agency_letter(request: HttpRequest, agency_id: int) -> HttpResponse:
    """授权书，可打印签章。"""
    names = {item.key: item.short_name for item in organizations.departments(include_inactive=True)}
    letter = selectors.agency_letter(agency_id, actor=request.actor, names=names)  # type: ignore[attr-defined]
    return _render(request, "common/account_letter.html", "授权经办人", letter=letter)


@never_cache
@signed_in(Role.APPLICANT)
@require_http_methods(["GET", "POST"])
def stamped_letter(request: HttpRequest, agency_id: int) -> HttpResponse:
    """盖章的授权书：授权单位上传，双方查看。"""
    actor = request.actor  # type: ignore[attr-defined]
    letter = selectors.agency_letter(agency_id, actor=actor, names={})
    if request.method == "POST":
        if not letter.mine:
            raise NotAllowed("盖章件由授权单位上传。")
        upload = request.FILES.get("file")
        if upload is None:
            raise Invalid("请选择盖了章的授权书扫描件或照片。", fields={"file": "请选择文件"})
        stored = files.store(cast(BinaryIO, upload), upload.name or "授权书", owner_id=actor.account_id, kinds=STAMPED_KINDS)
        services.attach_letter(agency_id, stored.pk, actor=actor)
        messages.success(request, "盖章件已保存。")
        return redirect("account-letter", agency_id=agency_id)
    if not letter.stamped_file:
        raise NotFound("这份授权还没有上传盖章件。")
    row = file_rows.get(letter.stamped_file)
    response = HttpResponse(files.open_file(row.pk).read(), content_type=row.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    return response


@signed_in(Role.APPLICANT)
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """切换办事身份：本人，或代理一家单位。"""
    target = parameters.whole(request.POST, "enterprise", 0)
    if target:
        services.act_for(request, target, actor=request.actor)  # type: ignore[attr-defined]
        messages.success(request, "已切换为代单位办事，提交的申请归到该单位名下。")
    else:
        services.stop_acting(request, actor=request.actor)  # type: ignore[attr-defined]
        messages.success(request, "已回到本人身份。")
    return redirect("/account/agents/")


def _me(request: HttpRequest) -> int:
    return int(request.actor.account_id)  # type: ignore[attr-defined]


def _render(request: HttpRequest, template: str, tab: str, *, status: int = 200, **context: Any) -> HttpResponse:
    staff = request.actor.is_staff or not request.actor.has(Role.APPLICANT)  # type: ignore[attr-defined]
    account = selectors.summary(_me(request))
    tabs = [
        ("/account/", "资料", "user"),
        ("/account/password/", "修改密码", "key-round"),
        ("/account/mobile/", "更换手机号", "smartphone"),
    ]
    tabs += [("/account/otp/", "动态口令", "shield-check"), ("/account/sessions/", "登录设备", "monitor-smartphone")]
    if not staff:
        tabs.append(("/account/realname/", "实名认证", "badge-check"))
        tabs.append(("/account/agents/", "代办单位" if account.kind == "person" else "授权经办人", "building-2"))
    shell = "workbench_shell.html" if staff else "portal_shell.html"
    return render(request, template, {"shell": shell, "staff": staff, "tabs": tabs, "tab": tab, "mtitle": tab} | context, status=status)


def _form(request: HttpRequest, form: Any, tab: str, template: str, **context: Any) -> HttpResponse:
    return _render(request, template, tab, status=422 if request.method == "POST" else 200, form=form, **context)
