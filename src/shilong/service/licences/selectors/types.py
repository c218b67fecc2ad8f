"""证照类型的读与样例预览。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from shilong.foundation.documents.ofd import preview
from shilong.identity.roles.actor import Actor, require
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.selectors import ItemUnavailable
from shilong.service.licences.faces import ofd, values
from shilong.service.licences.models import Licence, LicenceType, TypeItem
from shilong.service.licences.permissions import EDITORS
from shilong.service.licences.refusals import TypeNotFound
from shilong.service.licences.rules import layouts
from shilong.service.licences.rules.states import LIVE


@dataclass(frozen=True, slots=True)
class TypeRow:
    """一种证照。"""

    code: str
    name: str
    department: str
    authority_name: str
    validity: str
    items: int
    live: int
    electronic: bool
    auto_issue: bool
    active: bool


@dataclass(frozen=True, slots=True)
class TypeView:
    """一种证照的全部设置。"""

    code: str
    name: str
    department: str
    authority_name: str
    word: str
    validity: dict[str, Any]
    fields: list[dict[str, Any]]
    template: dict[str, Any]
    seal_kind: str
    electronic: bool
    auto_issue: bool
    remind_days: int
    active: bool
    version: int
    updated_by: str
    items: list[tuple[str, str, str]]


def types(*, q: str = "", department: str = "", active: bool | None = None, counts: bool = False) -> list[TypeRow]:
    """全部类型，按代码。`counts` 为真时数出有效证照张数。"""
    rows = LicenceType.objects.annotate(n=Count("items", distinct=True)).order_by("code")
    if q:
        rows = rows.filter(Q(name__contains=q) | Q(code__startswith=q.upper()))
    if department:
        rows = rows.filter(department=department)
    if active is not None:
        rows = rows.filter(active=active)
    live: dict[int, int] = {}
    if counts:
        live = dict(Licence.objects.filter(state__in=sorted(LIVE)).order_by().values_list("type").annotate(n=Count("pk")))
    return [_row(one, getattr(one, "n", 0), live.get(one.pk, 0)) for one in rows]


def type_view(code: str, actor: Actor) -> TypeView:
    """一种。异常：NotAllowed、TypeNotFound。"""
    require(actor, *EDITORS)
    row = LicenceType.objects.filter(code=code).first()
    if row is None:
        raise TypeNotFound
    return TypeView(
        code=row.code,
        name=row.name,
        department=row.department,
        authority_name=row.authority_name,
        word=row.word,
        validity=row.validity,
        fields=row.fields,
        template=row.template,
        seal_kind=row.seal_kind,
        electronic=row.electronic,
        auto_issue=row.auto_issue,
        remind_days=row.remind_days,
        active=row.active,
        version=row.version,
        updated_by=row.updated_by,
        items=[(one.item_code, _item_name(one.item_code), one.get_effect_display()) for one in row.items.order_by("item_code")],
    )


def sample_png(name: str, issuer: str, fields: Sequence[Mapping[str, Any]], template: Any, *, dpi: int = 90) -> bytes:
    """样例预览图；还没保存的版式也能看。异常：Invalid——版式不合规则；版式房间的拒绝。"""
    rows = layouts.check_fields(fields)
    checked = layouts.check_template(template, values.keys(rows))
    face = values.sample(name, issuer, rows)
    return preview.render_png(ofd.compose(checked, face, verify_url="https://样例", at=timezone.now(), note="样例"), dpi=dpi)


def for_item(item_code: str) -> str:
    """事项出哪种证照，没有为空。"""
    found = TypeItem.objects.filter(item_code=item_code, type__electronic=True).select_related("type").first()
    return found.type.name if found else ""


def _item_name(code: str) -> str:
    try:
        return catalog.item(code).name
    except ItemUnavailable:
        return f"{code}（已下线）"


def _row(row: LicenceType, items: int, live: int) -> TypeRow:
    period = "长期" if row.validity.get("kind") == "long" else f"{row.validity.get('years', '')} 年"
    return TypeRow(row.code, row.name, row.department, row.authority_name, period, items, live, row.electronic, row.auto_issue, row.active)


__all__ = ["TypeRow", "TypeView", "for_item", "sample_png", "type_view", "types"]
