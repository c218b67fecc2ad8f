"""工作日历（系统管理员）：年度列表、月历、导入（先预检再确认）、导出。"""

import calendar as months
import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shilong.foundation.calendar import files, selectors, services
from shilong.foundation.refusals import Invalid, NotFound, Refused
from shilong.identity.roles.actor import Role
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import xlsx
from shilong.web.console.pages import page

Days = list[tuple[date, bool, str]]
HEADERS = ("日期", "是否上班", "名称")


@dataclass(frozen=True, slots=True)
class Cell:
    """月历的一格；`changed` 表示与周一至周五上班不同。"""

    day: date
    works: bool
    name: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Month:
    """一个月：七天一行，不属于本月的格为 None。"""

    number: int
    weeks: list[list[Cell | None]]
    workdays: int


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.SYSADMIN)
def calendars(request: HttpRequest) -> HttpResponse:
    """年度列表与导入；`step=check` 只预检，不写库。"""
    error = ""
    if request.method == "POST":
        try:
            return _check(request) if request.POST.get("step") == "check" else _import(request)
        except Refused as refused:
            error = refused.text
    years = selectors.years()
    today = timezone.localdate()
    warning = next((row.year for row in reversed(years) if not row.official and row.year <= today.year + (today.month >= 11)), None)
    context = {
        "years": years,
        "error": error,
        "warning": warning,
        "year": request.POST.get("year", "")[:4] or today.year + 1,
        "source": request.POST.get("source", "")[:200],
    }
    return page(request, "calendar.html", "calendar", context, status=422 if error else 200)


def _year(request: HttpRequest) -> int:
    raw = request.POST.get("year", "")
    if not raw.isdecimal() or len(raw) != 4 or not 2000 <= int(raw) <= 2100:
        raise Invalid("请填写 2000 至 2100 之间的四位年份。")
    return int(raw)


def _upload(request: HttpRequest) -> tuple[BinaryIO, str]:
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid("请选择要导入的文件（.csv 或 .xlsx）。")
    return cast(BinaryIO, upload.file), upload.name or ""


def _check(request: HttpRequest) -> HttpResponse:
    """预检：列出每一处问题，没有问题就给出与现有安排的差别，等人确认。"""
    year = _year(request)
    found = files.scan(*_upload(request), year)
    refusal = ""
    if not found.problems:
        try:
            services.check_year(year, found.days)
        except Invalid as refused:
            refusal = refused.text
    view = selectors.year_view(year)
    days = sorted(found.days)
    context = {
        "year": year,
        "source": request.POST.get("source", "").strip()[:200],
        "problems": found.problems,
        "refusal": refusal,
        "off": sum(not works for _, works, _ in days),
        "on": sum(works for _, works, _ in days),
        "changes": _changes(view.days if view else (), days),
        "months": _months(year, days),
        "rows": _text(days),
    }
    return page(request, "calendar_check.html", "calendar", context, status=422 if found.problems or refusal else 200)


def _import(request: HttpRequest) -> HttpResponse:
    """确认导入：内容来自预检页（也接受直接上传），再查一遍才写。"""
    year, rows = _year(request), request.POST.get("rows", "")
    days = files.read(io.BytesIO(rows.encode()), "rows.csv") if rows else files.read(*_upload(request))
    source = parameters.text(request.POST, "source", 200)
    count = services.import_year(year, days, actor=request.actor, source=source)  # type: ignore[attr-defined]
    messages.success(request, f"{year} 年已导入 {count} 天，正在后台重算在办件的到期日，可在“后台作业”里看进展。")
    return redirect("console:year", year=year)


def _text(days: Days) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([day.isoformat(), int(works), name] for day, works, name in days)
    return buffer.getvalue()


def _changes(before: tuple[tuple[date, bool, str], ...], after: Days) -> list[tuple[date, str, str]]:
    """与现有安排的差别：（日期, 现在, 导入后），只列上不上班真的变了的。"""
    old, new = {day: works for day, works, _ in before}, {day: works for day, works, _ in after}
    found = []
    for day in sorted({*old, *new}):
        was, will = old.get(day, day.weekday() < 5), new.get(day, day.weekday() < 5)
        if was != will:
            found.append((day, "上班" if was else "休息", "上班" if will else "休息"))
    return found


@require_safe
@signed_in(Role.SYSADMIN)
def year_page(request: HttpRequest, year: int) -> HttpResponse:
    """一个年度：月历与放假、调休清单。"""
    view = _view(year)
    context = {"view": view, "months": _months(year, view.days)}
    return page(request, "year.html", "calendar", context)


@require_safe
@signed_in(Role.SYSADMIN)
def export_year(request: HttpRequest, year: int) -> HttpResponse:
    """导出一个年度，格式与导入相同，改好可以再导入。"""
    rows = ([day.isoformat(), int(works), name] for day, works, name in _view(year).days)
    return xlsx(f"工作日历-{year}.xlsx", HEADERS, rows)


def _view(year: int) -> selectors.YearView:
    view = selectors.year_view(year) if 2000 <= year <= 2100 else None
    if view is None:
        raise NotFound(f"还没有 {year} 年的日历。")
    return view


def _months(year: int, days: Any) -> list[Month]:
    known = {day: (works, name) for day, works, name in days}
    return [_month(year, number, known) for number in range(1, 13)]


def _month(year: int, number: int, known: Mapping[date, tuple[bool, str]]) -> Month:
    weeks: list[list[Cell | None]] = []
    for week in months.Calendar().monthdatescalendar(year, number):
        weeks.append([_cell(day, known) if day.month == number else None for day in week])
    return Month(number, weeks, sum(cell is not None and cell.works for week in weeks for cell in week))


def _cell(day: date, known: Mapping[date, tuple[bool, str]]) -> Cell:
    usual = day.weekday() < 5
    works, name = known.get(day, (usual, ""))
    return Cell(day, works, name, works != usual)
