"""读申请表。发布版不可变，按（代码、版本）缓存在进程内。"""

import copy
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q

from shilong.foundation.pages import Page, paginate
from shilong.foundation.refusals import NotFound
from shilong.service.forms.models import Form, FormVersion


class FormUnavailable(NotFound):
    """没有这份申请表或还没有发布。"""

    code = "form_unavailable"
    message = "这个事项的申请表还没有发布，请联系办事窗口。"


@dataclass(frozen=True, slots=True)
class FormRow:
    """设计器列表里的一行。"""

    code: str
    title: str
    current: int
    has_draft: bool
    editor_name: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VersionRow:
    """一个发布版。"""

    number: int
    note: str
    publisher_name: str
    published_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class FormDesign:
    """设计器打开的一份表：草稿（没有草稿时是发布版的副本）。"""

    code: str
    title: str
    current: int
    draft_version: int
    has_draft: bool
    definition: dict[str, Any]
    versions: list[VersionRow]


def definition(form_code: str, version: int | None = None) -> dict[str, Any]:
    """取定义；`version` 为空取发布版。返回副本，可随意改。

    异常：
        FormUnavailable: 没有这份表、没有发布、没有这个版本。
    """
    number = version or current_version(form_code)
    return copy.deepcopy(_definition(form_code, number))


def current_version(form_code: str) -> int:
    """发布版号。

    异常：
        FormUnavailable: 没有这份表或还没有发布。
    """
    number = Form.objects.filter(code=form_code).values_list("current", flat=True).first()
    if not number:
        raise FormUnavailable
    return number


@lru_cache(maxsize=512)
def _definition(form_code: str, number: int) -> dict[str, Any]:
    found = FormVersion.objects.filter(form__code=form_code, number=number).values_list("definition", flat=True).first()
    if found is None:
        raise FormUnavailable
    return found


def forms(q: str = "", page: int = 1, size: int = 20) -> Page[FormRow]:
    """设计器列表，按名称或代码查。"""
    rows = Form.objects.all()
    if q.strip():
        rows = rows.filter(Q(title__icontains=q.strip()) | Q(code__icontains=q.strip()))
    return paginate(
        rows, page, size, lambda row: FormRow(row.code, row.title, row.current, row.draft is not None, row.editor_name, row.updated_at)
    )


def design(form_code: str) -> FormDesign:
    """打开设计器。

    异常：
        NotFound: 没有这份表。
    """
    row = Form.objects.filter(code=form_code).first()
    if row is None:
        raise NotFound("没有这份申请表。")
    versions = [
        VersionRow(v.number, v.note, v.publisher_name, v.published_at, v.number == row.current) for v in row.versions.defer("definition")
    ]
    shown = row.draft or (definition(form_code) if row.current else {"sections": [{"title": "申请人信息", "fields": []}]})
    return FormDesign(row.code, row.title, row.current, row.draft_version, row.draft is not None, shown, versions)
