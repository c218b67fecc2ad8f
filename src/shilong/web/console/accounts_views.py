"""账号与组织（系统管理员）。"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Refused
from shilong.identity.accounts import otp, selectors, services, sessions
from shilong.identity.organizations import selectors as organizations
from shilong.identity.organizations import services as organization_services
from shilong.identity.roles import selectors as roles
from shilong.identity.roles.actor import ROLE_NAMES, Role
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import page_number
from shilong.web.console.pages import page

KINDS = (("", "全部"), ("staff", "工作人员"), ("person", "群众"), ("enterprise", "企业"))


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


class DepartmentForm(forms.Form):
    """部门资料。"""

    key = forms.SlugField(label="部门键", max_length=20, help_text="小写字母或数字，建好不能改")
    name = forms.CharField(label="全称", max_length=100)
    short_name = forms.CharField(label="简称", max_length=40)
    code = forms.CharField(label="统一社会信用代码", max_length=18)
    parent = forms.CharField(label="上级部门键", max_length=20, required=False)
    phone = forms.CharField(label="电话", max_length=40, required=False)
    address = forms.CharField(label="地址", max_length=100, required=False)


def refuse(form: forms.Form, refused: Refused) -> None:
    """把业务拒绝写到对应的栏上；没有对应栏的写在表头。"""
    placed = False
    for name, text in refused.fields.items():
        if name in form.fields:
            form.add_error(name, text)
            placed = True
    if not placed:
        form.add_error(None, refused.text)


@require_safe
@signed_in(Role.SYSADMIN)
def accounts(request: HttpRequest) -> HttpResponse:
    """账号列表。"""
    q, kind, active = (request.GET.get(name, "")[:60] for name in ("q", "kind", "active"))
    found = selectors.search(q=q, kind=kind, active=active, page=page_number(request))
    held = roles.roles_of([row.account_id for row in found])
    rows = [(row, "、".join(ROLE_NAMES[role] for role in held[row.account_id])) for row in found]
    return page(request, "accounts.html", "accounts", {"page": found, "rows": rows, "kinds": KINDS, "q": q, "kind": kind, "active": active})


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


@require_POST
@signed_in(Role.SYSADMIN)
def change_account(request: HttpRequest, account_id: int, action: str) -> HttpResponse:
    """停用、启用、重置密码、解绑动态口令、踢下线。"""
    actor = request.actor  # type: ignore[attr-defined]
    if action == "deactivate":
        services.deactivate(account_id, actor=actor, reason=request.POST.get("reason", ""))
        messages.success(request, "账号已停用，正在进行的会话已结束。")
    elif action == "activate":
        services.activate(account_id, actor=actor)
        messages.success(request, "账号已启用。")
    elif action == "password":
        messages.warning(request, f"临时密码：{services.reset_password(account_id, actor=actor)}（只显示这一次，首次登录必须修改）")
    elif action == "otp":
        otp.reset(account_id, actor=actor)
        messages.success(request, "动态口令已解绑，下次登录需重新绑定。")
    return redirect(request.headers.get("Referer") or "console:accounts")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def departments(request: HttpRequest) -> HttpResponse:
    """组织机构：列表、新增与修改。"""
    key = request.GET.get("key", "")
    initial = {}
    if key:
        view = organizations.department(key)
        initial = {name: getattr(view, name) for name in DepartmentForm.base_fields}
    form = DepartmentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            organization_services.save_department(actor=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, "部门已保存。")
            return redirect("console:departments")
    rows = organizations.departments(include_inactive=True)
    context = {"rows": rows, "form": form, "editing": key}
    return page(request, "departments.html", "departments", context, status=422 if form.errors else 200)


@require_POST
@signed_in(Role.SYSADMIN)
def department_active(request: HttpRequest, key: str) -> HttpResponse:
    """停用或启用部门。"""
    active = request.POST.get("active") == "1"
    organization_services.set_department_active(key, active, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "部门已启用。" if active else "部门已停用。")
    return redirect("console:departments")


@require_safe
@signed_in(Role.SECADMIN)
def session_list(request: HttpRequest) -> HttpResponse:
    """在线会话（安全管理员）。"""
    return page(request, "sessions.html", "sessions", {"rows": sessions.active()})


@require_POST
@signed_in(Role.SECADMIN)
def kick(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """结束一个会话。"""
    sessions.kick(sign_in_id, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "会话已结束。")
    return redirect("console:sessions")
