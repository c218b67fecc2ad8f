"""账号（系统管理员）。"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import NotFound, Refused
from shilong.identity.accounts import selectors, services, sessions
from shilong.identity.organizations import selectors as organizations
from shilong.identity.organizations import services as organization_services
from shilong.identity.roles import selectors as roles
from shilong.identity.roles.actor import ROLE_NAMES, Role
from shilong.web.common import parameters
from shilong.web.common.account_forms import ServiceForm
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, stamp, xlsx
from shilong.web.console.pages import page

KINDS = (("", "全部"), ("staff", "工作人员"), ("person", "群众"), ("enterprise", "企业"))
EXPORT_LIMIT = 10_000


class StaffForm(forms.Form):
    """新建工作人员。"""

    username = forms.CharField(label="登录名", max_length=40, help_text="字母、数字、短横线")
    name = forms.CharField(label="姓名", max_length=50)
    department = forms.ChoiceField(label="部门")
    position = forms.CharField(label="岗位", max_length=40, required=False)
    window = forms.CharField(label="窗口号", max_length=20, required=False)
    mobile = forms.CharField(label="手机", max_length=20, required=False)
    password = forms.CharField(label="初始密码", min_length=8, max_length=64, help_text="首次登录必须修改；8 位以上，含三类字符")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [(row.key, row.name) for row in organizations.departments()]  # type: ignore[attr-defined]


class PlaceForm(ServiceForm):
    """调动：部门、岗位、窗口。"""

    department = forms.ChoiceField(label="部门")
    position = forms.CharField(label="岗位", max_length=40, required=False)
    window = forms.CharField(label="窗口号", max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [(row.key, row.name) for row in organizations.departments()]  # type: ignore[attr-defined]


class NameForm(ServiceForm):
    """更正姓名。"""

    name = forms.CharField(label="姓名", max_length=50)


def refuse(form: forms.Form, refused: Refused) -> None:
    """把业务拒绝写到对应的栏上；没有对应栏的写在表头。"""
    placed = False
    for name, text in refused.fields.items():
        if name in form.fields:
            form.add_error(name, text)
            placed = True
    if not placed:
        form.add_error(None, refused.text)


def _filters(request: HttpRequest) -> dict[str, Any]:
    return {name: parameters.text(request.GET, name) for name in ("q", "kind", "active")}


@require_safe
@signed_in(Role.SYSADMIN)
def accounts(request: HttpRequest) -> HttpResponse:
    """账号列表。"""
    chosen = _filters(request)
    found = paged(request, lambda number: selectors.search(**chosen, page=number))
    held = roles.roles_of([row.account_id for row in found])
    rows = [(row, "、".join(ROLE_NAMES[role] for role in held[row.account_id])) for row in found]
    return page(request, "accounts.html", "accounts", {"page": found, "rows": rows, "kinds": KINDS, **chosen})


@require_safe
@signed_in(Role.SYSADMIN)
def export_accounts(request: HttpRequest) -> HttpResponse:
    """按当前筛选导出账号清单（姓名、手机已脱敏），留审计。"""
    found = selectors.search(**_filters(request), size=EXPORT_LIMIT)
    held = roles.roles_of([row.account_id for row in found])
    audit.record("account.export", actor=request.actor, object_type="account", detail={"rows": len(found)})  # type: ignore[attr-defined]
    headers = ["登录名", "姓名", "种类", "手机", "角色", "状态", "动态口令", "创建时间", "最近登录"]
    lines = (
        [
            *(row.username, row.masked_name, row.kind_name, row.mobile),
            "、".join(ROLE_NAMES[role] for role in held[row.account_id]),
            *("启用" if row.is_active else "停用", "已绑定" if row.second_factor else "未绑定"),
            *(stamp(row.created_at), stamp(row.last_login)),
        ]
        for row in found
    )
    return xlsx(f"账号清单-{timezone.localdate():%Y%m%d}.xlsx", headers, lines)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def new_account(request: HttpRequest) -> HttpResponse:
    """建工作人员账号；角色由安全管理员授予。"""
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = services.create_staff(actor=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, f"账号 {account.username} 已建好。请安全管理员授予角色后使用。")
            return redirect("console:accounts")
    return page(request, "form.html", "accounts", {"form": form, "title": "新建工作人员账号"}, status=422 if form.errors else 200)


@require_safe
@signed_in(Role.SYSADMIN)
def account_page(request: HttpRequest, account_id: int) -> HttpResponse:
    """一个账号：资料、任职、会话，以及能对它做的事。"""
    return _account(request, account_id)


def _account(request: HttpRequest, account_id: int, **bound: forms.Form) -> HttpResponse:
    view = selectors.summary(account_id)
    staff = organizations.staff(account_id)
    context: dict[str, Any] = {
        "account": view,
        "staff": staff,
        "roles": [ROLE_NAMES[role] for role in roles.roles_of([account_id])[account_id]],
        "sessions": sessions.active(account_id),
        "mine": account_id == request.actor.account_id,  # type: ignore[attr-defined]
    }
    if staff:
        place = {"department": staff.department, "position": staff.position, "window": staff.window}
        context |= {"place_form": PlaceForm(initial=place), "name_form": NameForm(initial={"name": view.name})}
    return page(request, "account.html", "accounts", context | bound, status=422 if bound else 200)


@require_POST
@signed_in(Role.SYSADMIN)
def move(request: HttpRequest, account_id: int) -> HttpResponse:
    """调动一名工作人员。"""
    form = PlaceForm(request.POST)
    if not form.run(partial(organization_services.move, account_id, actor=request.actor)):  # type: ignore[attr-defined]
        return _account(request, account_id, place_form=form)
    messages.success(request, "任职已修改。换部门后数据范围回到本部门，要看全区须安全管理员重新授予。")
    return redirect("console:account", account_id=account_id)


@require_POST
@signed_in(Role.SYSADMIN)
def rename(request: HttpRequest, account_id: int) -> HttpResponse:
    """更正工作人员姓名。"""
    form = NameForm(request.POST)
    if not form.run(partial(services.rename, account_id, actor=request.actor)):  # type: ignore[attr-defined]
        return _account(request, account_id, name_form=form)
    messages.success(request, "姓名已更正；已写进履历与文书的名字不变。")
    return redirect("console:account", account_id=account_id)


@require_POST
@signed_in(Role.SYSADMIN)
def change_account(request: HttpRequest, account_id: int, action: str) -> HttpResponse:
    """停用、启用、重置密码。解绑动态口令归安全管理员，免得一个人既能改密码又能绕过第二因素。"""
    actor = request.actor  # type: ignore[attr-defined]
    if action == "deactivate":
        services.deactivate(account_id, actor=actor, reason=request.POST.get("reason", ""))
        messages.success(request, "账号已停用，正在进行的会话已结束。")
    elif action == "activate":
        services.activate(account_id, actor=actor)
        messages.success(request, "账号已启用。")
    elif action == "password":
        messages.warning(request, f"临时密码：{services.reset_password(account_id, actor=actor)}（只显示这一次，首次登录必须修改）")
    else:
        raise NotFound
    return redirect("console:account", account_id=account_id)


@require_POST
@signed_in(Role.SYSADMIN)
def kick(request: HttpRequest, account_id: int, sign_in_id: int) -> HttpResponse:
    """结束这个账号的一个会话。"""
    sessions.kick(sign_in_id, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "会话已结束。")
    return redirect("console:account", account_id=account_id)
