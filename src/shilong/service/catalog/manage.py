"""管理端的读：事项台账、工作台（一个事项的各版与质检）、零结果词、上级差别。"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.catalog.models import Item, ItemVersion, Synonym, UpstreamDiff, ZeroResult
from shilong.service.catalog.refusals import ItemMissing
from shilong.service.catalog.rules import Problem
from shilong.service.catalog.services.versions import check, open_version

Edit = ItemVersion.Edit
READERS = (Role.CATALOG, Role.BUREAU)


@dataclass(frozen=True, slots=True)
class Row:
    """台账的一行。`edit` 是未发布版本的状态，没有则空。"""

    code: str
    name: str
    department: str
    state: str
    state_name: str
    version: int
    edit: str
    edit_name: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """版本列表的一行。"""

    number: int
    state: str
    state_name: str
    note: str
    editor: str
    reviewer: str
    opinion: str
    published_at: datetime | None
    updated_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """一个事项的工作台：正在编辑的版本（没有则现行版本）、质检、可做的动作。"""

    code: str
    name: str
    state: str
    state_name: str
    state_reason: str
    number: int
    revision: int
    edit: str
    edit_name: str
    content: dict[str, Any]
    problems: list[Problem]
    versions: list[VersionRow]
    opinion: str
    reviewer: str
    note: str
    can_edit: bool
    can_review: bool
    can_withdraw: bool

    @property
    def editing(self) -> bool:
        return self.can_edit and self.edit in (Edit.DRAFT, Edit.REJECTED)


def items(actor: Actor, *, q: str = "", department: str = "", edit: str = "", state: str = "", page: int = 1, size: int = 20) -> Page[Row]:
    """事项台账。部门范围的管理员只看本部门。

    参数：
        edit: 未发布版本的状态码（standards §1.4 edit_state）；state: 在用状态。
    """
    return paginate(_items(actor, q, department, edit, state), page, size, _row)


def codes(actor: Actor, *, q: str = "", department: str = "", edit: str = "", state: str = "") -> list[str]:
    """同样筛选下的全部编码，导出用。"""
    return list(_items(actor, q, department, edit, state).values_list("code", flat=True))


def _items(actor: Actor, q: str, department: str, edit: str, state: str) -> QuerySet[Item]:
    require(actor, *READERS)
    opened = ItemVersion.objects.filter(item=OuterRef("pk")).exclude(edit_state=Edit.PUBLISHED)
    rows = Item.objects.select_related("current", "implement").annotate(
        edit=Subquery(opened.values("edit_state")[:1]),
        draft_name=Subquery(opened.values("name")[:1]),
        edited_at=Subquery(opened.values("updated_at")[:1]),
    )
    if not actor.covers(""):
        rows = rows.filter(implement__department=actor.department)
    if q:
        named = ItemVersion.objects.filter(item=OuterRef("pk"), name__icontains=q)
        rows = rows.filter(Q(code__startswith=q) | Exists(named))
    if department:
        rows = rows.filter(implement__department=department)
    if edit:
        rows = rows.filter(edit=edit)
    return rows.filter(state=state) if state else rows


def _row(item: Any) -> Row:
    current = item.current
    return Row(
        code=item.code,
        name=current.name if current else item.draft_name or item.code,
        department=item.implement.department,
        state=item.state,
        state_name=item.get_state_display(),
        version=current.number if current else 0,
        edit=item.edit or "",
        edit_name=Edit(item.edit).label if item.edit else "",
        updated_at=item.edited_at or (current.published_at if current else None),
    )


def desk(actor: Actor, code: str) -> Desk:
    """打开一个事项的工作台。"""
    require(actor, *READERS)
    item = Item.objects.select_related("current", "implement").filter(code=code).first() if code.isalnum() else None
    if item is None:
        raise ItemMissing(item=code)
    require(actor, *READERS, department=item.implement.department)
    opened = open_version(item)
    version = opened or item.current or item.versions.first()
    if version is None:
        raise ItemMissing(item=code)
    reviewing = opened is not None and opened.edit_state == Edit.REVIEWING
    involved = reviewing and actor.account_id in {version.submitter_id, *version.editors}
    return Desk(
        code=code,
        name=version.name,
        state=item.state,
        state_name=item.get_state_display(),
        state_reason=item.state_reason,
        number=version.number,
        revision=version.revision,
        edit=opened.edit_state if opened else "",
        edit_name=opened.get_edit_state_display() if opened else "",
        content=version.content,
        problems=check(item, version),
        versions=[_version(row, item.current_id) for row in item.versions.all()],
        opinion=version.opinion,
        reviewer=version.reviewer_name,
        note=version.change_note,
        can_edit=actor.has(Role.CATALOG),
        can_review=reviewing and not involved,
        can_withdraw=actor.has(Role.BUREAU),
    )


def _version(row: ItemVersion, current_id: int | None) -> VersionRow:
    return VersionRow(
        number=row.number,
        state=row.edit_state,
        state_name=row.get_edit_state_display(),
        note=row.change_note,
        editor=row.editor_name,
        reviewer=row.reviewer_name,
        opinion=row.opinion,
        published_at=row.published_at,
        updated_at=row.updated_at,
        current=row.pk == current_id,
    )


@dataclass(frozen=True, slots=True)
class Failing:
    """质检没过的一个修订。"""

    code: str
    name: str
    problems: int


def failing(actor: Actor) -> list[Failing]:
    """正在修订、质检还没过的事项，问题多的在前；部门范围的管理员只看本部门。"""
    require(actor, *READERS)
    rows = ItemVersion.objects.exclude(edit_state=Edit.PUBLISHED).select_related("item__implement", "item__current")
    if not actor.covers(""):
        rows = rows.filter(item__implement__department=actor.department)
    found = [Failing(row.item.code, row.name, len(check(row.item, row))) for row in rows]
    return sorted((row for row in found if row.problems), key=lambda row: -row.problems)


def synonyms(actor: Actor, q: str = "", page: int = 1, size: int = 20) -> Page[Synonym]:
    """同义词表。"""
    require(actor, *READERS)
    rows = Synonym.objects.filter(Q(term__icontains=q) | Q(targets__icontains=q)) if q else Synonym.objects.all()
    return paginate(rows, page, size, lambda row: row)


def zero_results(actor: Actor, size: int = 50) -> list[ZeroResult]:
    """没有处理的零结果词，次数多的在前。"""
    require(actor, *READERS)
    return list(ZeroResult.objects.filter(handled_by="")[:size])


def differences(actor: Actor, *, pending: bool = True, page: int = 1, size: int = 20) -> Page[UpstreamDiff]:
    """与上级清单的差别。"""
    require(actor, *READERS)
    rows = UpstreamDiff.objects.filter(decision="") if pending else UpstreamDiff.objects.exclude(decision="").order_by("-decided_at")
    return paginate(rows, page, size, lambda row: row)
