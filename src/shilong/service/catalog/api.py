"""事项接口：匿名可用。"""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from shilong.service.catalog import rules, selectors
from shilong.service.catalog.views import ItemBrief, ItemView, MaterialView
from shilong.service.forms import selectors as forms

router = Router()
PAGE_SIZE = 20


class Filters(Schema):
    """列表筛选；取值见 standards §1.4、§1.8。"""

    q: str = ""
    theme: str = ""
    object: str = ""
    department: str = ""
    stage: str = ""
    area: str = ""
    page: int = 1


@router.get("", summary="事项列表与搜索")
def items(request: HttpRequest, filters: Query[Filters]) -> dict[str, Any]:
    """已发布的事项，每页 20 条。`theme` 写 N040（自然人）或 C110（法人）。"""
    values = filters.dict()
    page = selectors.published(**{**values, "q": values["q"][:60], "page": min(max(1, values["page"]), 10_000)}, size=PAGE_SIZE)
    return {"count": page.total, "page": page.number, "results": [_brief(row) for row in page.items]}


@router.get("/{code}", summary="办事指南全量")
def item(request: HttpRequest, code: str) -> dict[str, Any]:
    """一个事项的全部要素，含 `materials` 与 `form`。"""
    return guide(selectors.item(code))


def _brief(row: ItemBrief) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "department": row.department,
        "department_name": row.department_name,
        "type": row.type,
        "project_type": row.project_type,
        "promise_days": row.promise_days,
        "promise_unit": row.promise_unit,
        "server_types": list(row.server_types),
        "online": row.online,
        "version": row.version,
    }


def _material(row: MaterialView, needed: frozenset[str]) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "required": row.code in needed,
        "need": row.need,
        "format": row.format,
        "source_type": row.source_type,
        "can_share": row.can_share,
        "share_source": row.share_source,
        "generated": row.generated,
        "allow_late": row.allow_late,
        "late_days": row.late_days,
        "copies": row.copies,
        "is_original": row.is_original,
        "note": row.note,
        "when": row.when,
    }


def guide(view: ItemView) -> dict[str, Any]:
    """指南的接口形状；`extra` 里的要素用国家前置库字段名平铺，不含内部的审查方案。"""
    # 提交时必须给出的：没有选情形时按默认情形；由申请表生成的、可共享取得的不必交；容缺的要么交，要么声明后补。
    needed = frozenset(
        row.code for row in rules.trim(view, {}).materials if row.need in ("1", "3") and not row.generated and not row.can_share
    )
    return {
        **view.extra,
        "code": view.code,
        "name": view.name,
        "version": view.version,
        "task_code": view.task_code,
        "catalog_code": view.catalog_code,
        "type": view.type,
        "type_name": view.type_name,
        "project_type": view.project_type,
        "department": view.department,
        "department_name": view.department_name,
        "promise_days": view.promise_days,
        "promise_unit": view.promise_unit,
        "legal_days": view.legal_days,
        "legal_unit": view.legal_unit,
        "server_types": view.server_types,
        "fee": view.fee,
        "published_at": view.published_at,
        "special": [
            {"kind": row.kind, "name": row.name, "basis": row.basis, "days": row.days, "pauses": row.pauses} for row in view.special
        ],
        "situations": view.situations,
        "materials": [_material(row, needed) for row in view.materials],
        "form_code": view.form_code,
        "form": forms.definition(view.form_code, view.form_version),
    }
