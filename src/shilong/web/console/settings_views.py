"""基础数据（系统管理员）：码表、编号规则。"""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from shilong.foundation.codes import services as codes
from shilong.foundation.codes.tables import TABLES
from shilong.foundation.numbering import services as numbering
from shilong.foundation.refusals import Invalid, Refused
from shilong.identity.roles.actor import Role
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import xlsx
from shilong.web.console.accounts_views import refuse
from shilong.web.console.pages import page


class RuleForm(forms.Form):
    """编号规则。"""

    name = forms.CharField(label="名称", max_length=60)
    template = forms.CharField(label="模板", max_length=120, help_text=f"可用：{numbering.named(numbering.LABELS)}")
    width = forms.IntegerField(label="流水宽度", min_value=3, max_value=12)
    reset = forms.ChoiceField(label="流水重置", choices=[("never", "不重置"), ("day", "按日"), ("year", "按年")])
    scope = forms.CharField(label="分组", max_length=60, required=False, help_text="同组共用一个流水，如按字号或类型分组写 {word}；可不填")

    def freeze(self) -> None:
        """发过号的规则，重置周期与分组不能再改：改了会与已发的号重复。"""
        for name in ("reset", "scope"):
            self.fields[name].disabled = True
            self.fields[name].help_text = "已经发过号，不能再改"


@require_safe
@signed_in(Role.SYSADMIN)
def code_tables(request: HttpRequest) -> HttpResponse:
    """全部码表：国标只读，项目自定可改。"""
    return page(request, "codes.html", "codes", {"tables": TABLES.values()})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def code_table(request: HttpRequest, key: str) -> HttpResponse:
    """一张码表。"""
    error = ""
    if request.method == "POST":
        code, label = request.POST.get("code", ""), request.POST.get("label", "")
        try:
            codes.override(key, code, label, active=request.POST.get("active") != "0", actor=request.actor)  # type: ignore[attr-defined]
        except Invalid as refused:
            error = refused.text
        else:
            messages.success(request, "码值已保存。历史数据存的是码值，不受影响。")
            return redirect("console:code", key=key)
    context = {"table": codes.table(key), "disabled": codes.disabled(key), "error": error}
    return page(request, "code.html", "codes", context, status=422 if error else 200)


@require_safe
@signed_in(Role.SYSADMIN)
def export_code_table(request: HttpRequest, key: str) -> HttpResponse:
    """导出一张码表。"""
    table = codes.table(key)
    rows = [[code, label, "在用"] for code, label in table.entries.items()] + [[code, label, "停用"] for code, label in codes.disabled(key)]
    return xlsx(f"码表-{table.name}.xlsx", ["码值", "名称", "状态"], rows)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def number_rules(request: HttpRequest) -> HttpResponse:
    """编号规则：列表、修改、预览。"""
    rules = {row.key: row for row in numbering.rules()}
    key = request.GET.get("key", "")
    rule = rules.get(key)
    initial = {name: getattr(rule, name) for name in RuleForm.base_fields} if rule else {}
    form = RuleForm(request.POST or None, initial=initial) if rule else None
    if form is not None and numbering.issued(key):
        form.freeze()
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            numbering.save_rule(key, actor=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, "编号规则已保存，从下一个编号起生效。")
            return redirect("console:numbering")
    rows = [(row, numbering.describe(row), numbering.preview(row)) for row in rules.values()]
    status = 422 if form is not None and form.errors else 200
    return page(request, "numbering.html", "numbering", {"rows": rows, "form": form, "rule": rule}, status=status)
