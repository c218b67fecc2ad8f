"""内置主题与经营范围规则：data/themes/*.json、data/scope_rules.json。事项按目录序号写，装入时换成编码；已有的不动。"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from shilong.service.catalog.seed.contents import contents
from shilong.service.joint.models import ScopeRule, Theme, ThemeVersion
from shilong.service.joint.refusals import ThemeProblems
from shilong.service.joint.services.themes import problems_of

DATA = Path(__file__).parent / "data"
BY = "系统内置"


def install(*only: str) -> int:
    """装入还没有的主题与规则，返回装了几个主题。事项须已发布。

    参数：
        only: 只装这几个主题；不给是全部。

    异常：
        ThemeProblems: 内置内容与事项对不上。
    """
    made = 0
    for order, row in enumerate(builtin_themes(), 1):
        if (only and row["code"] not in only) or Theme.objects.filter(code=row["code"]).exists():
            continue
        content = row["content"]
        if found := problems_of(content):
            raise ThemeProblems(f"内置主题“{content['name']}”：{found}", count=len(found), fields=found)
        theme = Theme.objects.create(
            code=row["code"], name=content["name"], state=Theme.State.ACTIVE, order=order, current=1, editor_name=BY
        )
        ThemeVersion.objects.create(theme=theme, number=1, content=content, note="内置", publisher_name=BY, published_at=timezone.now())
        made += 1
    for rule in _load("scope_rules.json"):
        rule["item_code"] = _codes()[rule.pop("seq")]
        ScopeRule.objects.get_or_create(item_code=rule["item_code"], defaults={**rule, "editor_name": BY})
    return made


def builtin_themes() -> list[dict[str, Any]]:
    """内置主题：[{code, content}]，事项已换成编码。"""
    rows = [_load(f"themes/{path.name}") for path in sorted((DATA / "themes").glob("*.json"))]
    for row in rows:
        for part in row["content"]["parts"]:
            part["item"] = _codes()[part.pop("seq")]
    return rows


def _load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def _codes() -> dict[int, str]:
    return {row.seq: row.code for row in contents()}
