"""读主题：发布着的、要改的、办件当时那一版。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from shilong.identity.organizations import selectors as organizations
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.snapshot import token as catalog_token
from shilong.service.catalog.views import ItemView
from shilong.service.forms import selectors as form_store
from shilong.service.joint.models import Theme, ThemeVersion
from shilong.service.joint.refusals import ThemeUnavailable
from shilong.service.joint.rules import limits, merging, papers, themes
from shilong.service.joint.rules.checking import AUDIENCES
from shilong.service.joint.rules.themes import Part


@dataclass(frozen=True)
class ThemeView:
    """一个主题版本与它现在用到的事项。"""

    code: str
    version: int
    content: Mapping[str, Any]
    parts: list[Part]

    @property
    def name(self) -> str:
        return str(self.content["name"])

    @property
    def lead(self) -> str:
        return str(self.content.get("lead") or self.parts[0].item.department)

    @property
    def kinds(self) -> list[str]:
        return sorted(AUDIENCES[self.content["audience"]])

    @property
    def names(self) -> merging.Names:
        return merging.names(self.parts)


@dataclass(frozen=True, slots=True)
class PlanPart:
    """这次要办的一件。"""

    key: str
    label: str
    item_code: str
    item_name: str
    department: str
    department_name: str
    after: tuple[str, ...]
    after_names: str
    wave: int
    promise: int


@dataclass(frozen=True, slots=True)
class Plan:
    """按情形排出的办法：办哪几件、怎样先后、几份材料、承诺几天。"""

    parts: list[PlanPart]
    papers: list[papers.Paper]
    days: int
    path: list[str]
    limit: int

    @property
    def departments(self) -> int:
        return len({row.department for row in self.parts})

    @property
    def repeated(self) -> int:
        """同一份材料少交了几次。"""
        return sum(len(row.places) - 1 for row in self.papers)


@dataclass(frozen=True, slots=True)
class ThemeBrief:
    """栏目里的一件事。"""

    code: str
    name: str
    intro: str
    icon: str
    audience: str
    items: int
    departments: int
    days: int
    materials: int


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """配置列表里的一行。"""

    code: str
    name: str
    state: str
    state_name: str
    current: int
    has_draft: bool
    items: int
    editor_name: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ThemeDesign:
    """打开来改的主题。"""

    code: str
    name: str
    state: str
    state_name: str
    version: int
    current: int
    has_draft: bool
    content: dict[str, Any]
    versions: list[ThemeVersion]


def theme(code: str, version: int | None = None, items: Mapping[str, int] | None = None) -> ThemeView:
    """一个主题；`version` 为空取发布版。

    参数：
        items: 事项编码 → 版本；在办的母件按提交时的事项版本看，事项后来改版、下线都不影响。

    异常：
        ThemeUnavailable: 没有、没有发布或已下线。指定版本时下线的也能取到（在办的要用）。
        ItemUnavailable: 合进来的事项已经下线。
    """
    rows = ThemeVersion.objects.filter(theme__code=code)
    if version is None:
        current = Theme.objects.filter(code=code, state=Theme.State.ACTIVE).values_list("current", flat=True).first()
        version = current or 0
    row = rows.filter(number=version).first()
    if row is None:
        raise ThemeUnavailable
    return ThemeView(code, row.number, row.content, load_parts(row.content, items))


def load_parts(content: Mapping[str, Any], items: Mapping[str, int] | None = None) -> list[Part]:
    """取各事项与申请表，`items` 没写版本的取现行版。异常：ItemUnavailable、FormUnavailable。"""
    versions = items or {}
    return [_part(row, catalog.item(row["item"], versions.get(row["item"]))) for row in content["parts"]]


def _part(row: Mapping[str, Any], item: ItemView) -> Part:
    return themes.part(row, item, form_store.definition(item.form_code, item.form_version))


def plan(view: ThemeView, answers: Mapping[str, Any]) -> Plan:
    """按情形排出办法。"""
    full = themes.answers_of(view.content, answers)
    chosen = themes.selected(view.parts, full)
    after = themes.predecessors(view.parts, [row.key for row in chosen])
    wave = {key: number for number, keys in enumerate(themes.waves(after)) for key in keys}
    days, path = limits.critical_path(chosen, after)
    labels = {row.key: row.label for row in chosen}
    rows = [
        PlanPart(
            key=row.key,
            label=row.label,
            item_code=row.item.code,
            item_name=row.item.name,
            department=row.item.department,
            department_name=row.item.department_name,
            after=after[row.key],
            after_names="、".join(labels[one] for one in after[row.key]),
            wave=wave[row.key],
            promise=limits.workdays(row.item),
        )
        for row in chosen
    ]
    capped = limits.JOINT_DAYS if any(row.item.type == limits.LICENCE for row in chosen) else 0
    return Plan(rows, papers.papers(view.content, view.parts, chosen, full), days, path, capped)


def form_of(view: ThemeView, chosen: Sequence[Part], answers: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """合一表单的定义，与条件里可引用的各事项情形。"""
    context = {f"situation.{row.key}.{key}": value for row in chosen for key, value in themes.situation(row, answers).items()}
    return merging.definition(chosen, view.names), context


def published(audience: str = "") -> list[ThemeBrief]:
    """栏目：发布着的主题，按次序。

    参数：
        audience: person 或 corp；空为全部。
    """
    mark = catalog_token()
    rows = Theme.objects.filter(state=Theme.State.ACTIVE).order_by("order", "code").values_list("pk", "code", "current")
    found = [_brief(*row, mark) for row in rows]
    return [row for row in found if row and (not audience or row.audience in (audience, "both"))]


@lru_cache(maxsize=256)
def _brief(theme_id: int, code: str, number: int, mark: str) -> ThemeBrief | None:
    """一件事的概况。`mark` 是事项目录的版本标记：事项一改就重算，平时首页与栏目不必逐件去取事项。"""
    content = ThemeVersion.objects.values_list("content", flat=True).get(theme_id=theme_id, number=number)
    try:
        parts = [themes.part(row, catalog.item(row["item"]), {}) for row in content["parts"]]
    except catalog.ItemUnavailable:
        return None  # 合进来的事项下线了：这件事先不出现在栏目里，配置页会标出来
    view = ThemeView(code, 0, content, parts)
    made = plan(view, {})
    return ThemeBrief(
        code=code,
        name=view.name,
        intro=content["intro"],
        icon=content.get("icon") or "layers",
        audience=content["audience"],
        items=len(made.parts),
        departments=made.departments,
        days=made.days,
        materials=len(made.papers),
    )


def rows(q: str = "") -> list[ThemeRow]:
    """配置列表。"""
    found = Theme.objects.all()
    if q:
        found = found.filter(name__icontains=q) | found.filter(code__icontains=q)
    latest = {(row.theme_id, row.number): row.content for row in ThemeVersion.objects.filter(theme__in=found)}
    return [
        ThemeRow(
            code=row.code,
            name=row.name,
            state=row.state,
            state_name=Theme.State(row.state).label,
            current=row.current,
            has_draft=row.draft is not None,
            items=len((row.draft or latest.get((row.pk, row.current)) or {}).get("parts") or []),
            editor_name=row.editor_name,
            updated_at=row.updated_at,
        )
        for row in found
    ]


def design(code: str) -> ThemeDesign:
    """打开一个主题来改：有草稿改草稿，没有草稿从发布版改起。异常：ThemeUnavailable。"""
    row = Theme.objects.filter(code=code).first()
    if row is None:
        raise ThemeUnavailable("没有这个主题。")
    versions = list(row.versions.all())
    current: dict[str, Any] = next((one.content for one in versions if one.number == row.current), {})
    return ThemeDesign(
        code=row.code,
        name=row.name,
        state=row.state,
        state_name=Theme.State(row.state).label,
        version=row.version,
        current=row.current,
        has_draft=row.draft is not None,
        content=row.draft if row.draft is not None else current,
        versions=versions,
    )


def item_choices() -> list[tuple[str, str]]:
    """能合进一件事的事项：能网上办的。"""
    return [(row.code, f"{row.name}（{row.department_name}）") for row in catalog.published(size=500, online=True).items]


def department_choices() -> list[tuple[str, str]]:
    """牵头部门。"""
    return [(row.key, row.short_name) for row in organizations.departments()]
