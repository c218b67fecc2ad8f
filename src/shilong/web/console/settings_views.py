"""基础数据（系统管理员）：工作日历、码表、编号规则。"""

from typing import BinaryIO, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shilong.foundation.calendar import files
from shilong.foundation.calendar import selectors as calendar
from shilong.foundation.calendar import services as calendar_services
from shilong.foundation.codes import services as codes
from shilong.foundation.codes.tables import TABLES
from shilong.foundation.numbering import services as numbering
from shilong.foundation.numbering.rules import mod11_2
from shilong.foundation.refusals import Invalid, NotFound, Refused
from shilong.identity.roles.actor import Role
from shilong.web.common.guards import signed_in
from shilong.web.console.accounts_views import refuse
from shilong.web.console.pages import page

SAMPLE = {"region": "410404", "date": "261124", "year": "2026", "department": "002", "channel": "1", "word": "受"}


class RuleForm(forms.Form):
    """编号规则。"""

    name = forms.CharField(label="名称", max_length=60)
    template = forms.CharField(label="模板", max_length=120, help_text="可用 {seq} {date} {year} {region} {department} {channel} {word}")
    width = forms.IntegerField(label="流水宽度", min_value=3, max_value=12)
    reset = forms.ChoiceField(label="流水重置", choices=[("never", "不重置"), ("day", "按日"), ("year", "按年")])
    scope = forms.CharField(label="分组", max_length=60, required=False, help_text="同组共用一个流水，如 {word}；可不填")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def calendars(request: HttpRequest) -> HttpResponse:
    """工作日历：年度列表与导入。"""
    error = ""
    if request.method == "POST":
        try:
            return _imported(request)
        except Refused as refused:
            error = refused.text
    context = {"years": calendar.years(), "error": error, "year": timezone.localdate().year + 1}
    return page(request, "calendar.html", "calendar", context, status=422 if error else 200)


def _imported(request: HttpRequest) -> HttpResponse:
    upload, raw = request.FILES.get("file"), request.POST.get("year", "")
    if upload is None or not raw.isdecimal() or len(raw) != 4:
        raise Invalid("请填写四位年份并选择文件。")
    days = files.read(cast(BinaryIO, upload.file), upload.name or "")
    source = request.POST.get("source", "").strip()[:200]
    count = calendar_services.import_year(int(raw), days, actor=request.actor, source=source)  # type: ignore[attr-defined]
    messages.success(request, f"{raw} 年已导入 {count} 天，在办件的到期日正在后台重算。")
    return redirect("console:year", year=int(raw))


@require_safe
@signed_in(Role.SYSADMIN)
def year_page(request: HttpRequest, year: int) -> HttpResponse:
    """一个年度的放假与调休。"""
    view = calendar.year_view(year)
    if view is None:
        raise NotFound(f"还没有 {year} 年的日历。")
    return page(request, "year.html", "calendar", {"view": view})


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
    return page(request, "code.html", "codes", {"table": codes.table(key), "error": error}, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def number_rules(request: HttpRequest) -> HttpResponse:
    """编号规则：列表、修改、预览。"""
    rules = {row.key: row for row in numbering.rules()}
    key = request.GET.get("key", "")
    rule = rules.get(key)
    initial = {name: getattr(rule, name) for name in RuleForm.base_fields} if rule else {}
    form = RuleForm(request.POST or None, initial=initial) if rule else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            numbering.save_rule(key, actor=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, "编号规则已保存，从下一个编号起生效。")
            return redirect("console:numbering")
    rows = [(row, _preview(row)) for row in rules.values()]
    status = 422 if form is not None and form.errors else 200
    return page(request, "numbering.html", "numbering", {"rows": rows, "form": form, "rule": rule}, status=status)


def _preview(rule: object) -> str:
    """下一个编号大概的样子，不占用流水。"""
    template, width = getattr(rule, "template", ""), getattr(rule, "width", 6)
    text = template.format(seq="1".zfill(width), **SAMPLE)
    return text + mod11_2(text) if getattr(rule, "check_digit", False) else text
