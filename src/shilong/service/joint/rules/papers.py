"""合并材料：同一份只交一次，提交时分发到各子件。编码按主题的全部事项排定，换情形不变。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shilong.service.catalog import rules as catalog_rules
from shilong.service.catalog.views import MaterialView
from shilong.service.joint.rules.themes import Content, Part, situation

Place = tuple[str, str]  # （部分, 材料编码）


@dataclass(frozen=True, slots=True)
class Paper:
    """一份合并后的材料与它要交到哪里。"""

    view: MaterialView
    places: tuple[Place, ...]


def codes(content: Content, parts: Sequence[Part]) -> dict[Place, str]:
    """每个事项的每份材料 → 合并后的编码。写明的合并优先，其余同名的自动并。"""
    named = {tuple(place): row["name"] for row in content.get("materials") or [] for place in row["parts"]}
    numbers: dict[str, str] = {}
    found: dict[Place, str] = {}
    for row in parts:
        for one in row.item.materials:
            if one.generated:
                continue
            name = named.get((row.key, one.code), one.name)
            found[row.key, one.code] = numbers.setdefault(name, f"G{len(numbers) + 1:02d}")
    return found


def papers(content: Content, parts: Sequence[Part], chosen: Sequence[Part], answers: Mapping[str, str]) -> list[Paper]:
    """按情形要交的合并材料。"""
    numbers = codes(content, parts)
    titles = {
        numbers[tuple(place)]: row["name"] for row in content.get("materials") or [] for place in row["parts"] if tuple(place) in numbers
    }
    groups: dict[str, list[tuple[Part, MaterialView]]] = {}
    for row in chosen:
        for one in catalog_rules.trim(row.item, situation(row, answers)).materials:
            if not one.generated:
                groups.setdefault(numbers[row.key, one.code], []).append((row, one))
    return [_paper(code, titles.get(code, ""), rows) for code, rows in sorted(groups.items())]


def _paper(code: str, title: str, rows: list[tuple[Part, MaterialView]]) -> Paper:
    """要求取严：有一处必要就必要，都能共享才免交，都能容缺才容缺。"""
    views = [one for _, one in rows]
    needs = {one.need for one in views}
    first = views[0]
    used = "、".join(dict.fromkeys(row.label for row, _ in rows))
    view = replace(
        first,
        code=code,
        name=title or first.name,
        need=next(need for need in ("1", "3", "2") if need in needs),
        can_share=all(one.can_share for one in views),
        share_source=next((one.share_source for one in views if one.share_source), ""),
        allow_late=all(one.allow_late for one in views),
        late_days=min((one.late_days for one in views if one.late_days), default=0),
        copies=max(one.copies for one in views),
        note=f"用于：{used}" + (f"。{first.note}" if first.note else ""),
        when=None,
    )
    return Paper(view, tuple((row.key, one.code) for row, one in rows))


def distribute(found: Sequence[Paper], part: str, given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """合并材料交来的东西分给一件：[(该事项的材料编码, 交来的)]。"""
    return [(code, given[row.view.code]) for row in found for key, code in row.places if key == part and row.view.code in given]
