"""读申请表。发布版不可变。"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from shilong.foundation.pages import Page, paginate
from shilong.foundation.refusals import NotFound
from shilong.service.forms.models import Form, FormVersion

ITEM_CODE_LENGTH = 33  # 业务办理项编码：18 位部门代码 + 1 位行使层级 + 12 位基本编码 + 2 位序号
ITEM_TYPE = slice(21, 23)  # 基本编码第 3–4 位是事项类型（standards §1.2）


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
    """取定义；`version` 为空取发布版。一次查询，每次是新对象，可随意改。

    异常：
        FormUnavailable: 没有这份表、没有发布、没有这个版本。
    """
    return _found(form_code, version, "definition")


def current_version(form_code: str) -> int:
    """发布版号。

    异常：
        FormUnavailable: 没有这份表或还没有发布。
    """
    return _found(form_code, None, "number")


def _found(form_code: str, version: int | None, column: str) -> Any:
    """版本的一列。不做进程内缓存：解析一份定义比复制一份还快，也不会在事务回滚后留下不存在的版本。"""
    codes = _candidates(form_code)
    number = F("form__current") if version is None else version
    rows = FormVersion.objects.filter(form__code__in=codes, form__current__gt=0, number=number)
    found = dict(rows.values_list("form__code", column))
    for code in codes:
        if code in found:
            return found[code]
    raise FormUnavailable


def _candidates(form_code: str) -> list[str]:
    """可能的表代码，先后即优先次序。

    导入的事项常常没配申请表，表代码就是 33 位业务办理项编码：先找专用表，再按编码里的事项类型用标准表，事项不至于办不了。
    """
    if len(form_code) != ITEM_CODE_LENGTH:
        return [form_code]
    return [form_code, f"F-{form_code}", f"STD-{form_code[ITEM_TYPE]}-both", "STD-20-both"]


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
