"""组织机构（系统管理员）：树、部门的新增修改停用、导出。"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import NotFound
from shilong.identity.organizations import selectors, services
from shilong.identity.roles.actor import Role
from shilong.web.common.account_forms import ServiceForm
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import xlsx
from shilong.web.console.pages import page


class DepartmentForm(ServiceForm):
    """部门资料。"""

    key = forms.SlugField(label="部门键", max_length=16, help_text="2–16 位小写字母或数字，全平台用它引用部门，建好不能改")
    name = forms.CharField(label="全称", max_length=100)
    short_name = forms.CharField(label="简称", max_length=50)
    code = forms.CharField(label="统一社会信用代码", max_length=18)
    parent = forms.ChoiceField(label="上级部门", required=False)
    order = forms.IntegerField(label="排序", min_value=0, max_value=9999, help_text="小的在前")
    phone = forms.CharField(label="咨询电话", max_length=40, required=False)
    address = forms.CharField(label="地址", max_length=200, required=False)

    def __init__(self, *args: Any, editing: bool, others: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].disabled = editing
        self.fields["parent"].choices = [("", "没有上级"), *others]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def departments(request: HttpRequest) -> HttpResponse:
    """组织树，右侧新增或修改。"""
    rows = list(_flat(selectors.tree()))
    key = request.GET.get("key", "")
    views = {view.key: view for view, _, _ in rows}
    if key and key not in views:
        raise NotFound("没有这个部门。")
    others = [(view.key, view.short_name) for view in views.values() if view.key != key]
    form = DepartmentForm(request.POST or None, initial=_initial(views.get(key), len(rows)), editing=bool(key), others=others)
    if request.method == "POST" and form.run(lambda **data: services.save_department(actor=request.actor, **data)):  # type: ignore[attr-defined]
        messages.success(request, "部门已保存。")
        return redirect("console:departments")
    context = {"rows": rows, "form": form, "editing": key}
    return page(request, "departments.html", "departments", context, status=422 if form.errors else 200)


def _initial(view: selectors.DepartmentView | None, count: int) -> dict[str, Any]:
    if view is None:
        return {"order": count + 1}
    return {name: getattr(view, name) for name in ("key", "name", "short_name", "code", "parent", "order", "phone", "address")}


def _flat(nodes: list[selectors.Node], depth: int = 0) -> Iterator[tuple[selectors.DepartmentView, int, int]]:
    """把树摊成（部门, 层级, 在用人数），上级紧挨着下级。"""
    for node in nodes:
        yield node.department, depth, node.staff
        yield from _flat(node.children, depth + 1)


@require_POST
@signed_in(Role.SYSADMIN)
def department_active(request: HttpRequest, key: str) -> HttpResponse:
    """停用或启用部门。"""
    active = request.POST.get("active") == "1"
    services.set_department_active(key, active, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "部门已启用。" if active else "部门已停用。")
    return redirect("console:departments")


@require_safe
@signed_in(Role.SYSADMIN)
def export_departments(request: HttpRequest) -> HttpResponse:
    """导出组织机构。"""
    headers = ["序号", "部门键", "全称", "简称", "统一社会信用代码", "上级", "咨询电话", "地址", "在用人数", "状态"]
    lines = (
        [
            row.number,
            row.key,
            row.name,
            row.short_name,
            row.code,
            row.parent,
            row.phone,
            row.address,
            staff,
            "启用" if row.is_active else "停用",
        ]
        for row, _, staff in _flat(selectors.tree())
    )
    return xlsx(f"组织机构-{timezone.localdate():%Y%m%d}.xlsx", headers, lines)
