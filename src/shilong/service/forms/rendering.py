"""渲染结构：定义与值变成模板可直接画的对象；群众页与窗口页共用 `forms/_fields.html`。"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from shilong.foundation.codes import masks
from shilong.service.forms import rules
from shilong.service.forms.values import options

MASKS = {"idcard": masks.mask_idno, "mobile": masks.mask_mobile}
ROW_TOKEN = "__row__"  # noqa: S105 重复行模板里的行号占位，不是口令


@dataclass(frozen=True, slots=True)
class Option:
    """一个选项。"""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """重复行的一行。"""

    index: str
    number: int
    fields: list["FieldView"]


@dataclass(frozen=True, slots=True)
class FieldView:
    """一个字段。`path` 是提交时的名字，`id` 是页面锚点（f-路径，点换成横线）。"""

    spec: Mapping[str, Any]
    path: str
    value: Any
    error: str
    shown: bool
    locked: bool
    auto: bool
    options: list[Option] = field(default_factory=list)
    rows: list[RowView] = field(default_factory=list)
    blank: RowView | None = None

    @property
    def id(self) -> str:
        return "f-" + self.path.replace(".", "-")

    @property
    def type(self) -> str:
        return str(self.spec["type"])

    @property
    def show_json(self) -> str:
        return json.dumps(self.spec["show"], ensure_ascii=False) if self.spec.get("show") else ""

    @property
    def rules_json(self) -> str:
        """浏览器即时校验用的规则。"""
        names = ("key", "label", "type", "required", "min", "max", "maxlength", "minlength", "decimals", "pattern", "pattern_message")
        return json.dumps({name: self.spec[name] for name in names if name in self.spec}, ensure_ascii=False)

    @property
    def display(self) -> str:
        """锁定字段的显示：证件号脱敏。"""
        mask = MASKS.get(self.type)
        return mask(str(self.value)) if mask else str(self.value)

    @property
    def secret(self) -> bool:
        return self.type in MASKS

    @property
    def input_type(self) -> str:
        return {"date": "date", "mobile": "tel"}.get(self.type, "text")

    @property
    def input_mode(self) -> str:
        return {"number": "decimal", "mobile": "tel"}.get(self.type, "text")

    @property
    def wide(self) -> bool:
        return self.type in ("textarea", "radio", "checks", "rows")

    @property
    def length(self) -> int:
        return int(self.spec.get("maxlength") or (2000 if self.type == "textarea" else 200))

    @property
    def can_add(self) -> bool:
        return len(self.rows) < int(self.spec.get("max") or rules.MAX_ROWS)


@dataclass(frozen=True, slots=True)
class SectionView:
    """一个分组。`done`/`total` 是必填项的完成数。"""

    number: int
    title: str
    show_json: str
    shown: bool
    fields: list[FieldView]

    @property
    def auto_count(self) -> int:
        return sum(1 for one in self.fields if one.auto and one.shown)


def render(
    definition: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    errors: Mapping[str, str] | None = None,
    context: Mapping[str, Any] | None = None,
    locked: set[str] | frozenset[str] = frozenset(),
    auto: set[str] | frozenset[str] = frozenset(),
) -> list[SectionView]:
    """生成各分组。隐藏的字段也画出来（带 hidden），浏览器切换显示时不必再问服务器。"""
    shown = rules.visible(definition, values, context)
    draw = _Drawer(shown, errors or {}, locked, auto)
    sections = []
    for number, section in enumerate(definition["sections"], 1):
        fields = [draw.field(spec, spec["key"], values.get(spec["key"])) for spec in section["fields"]]
        show = section.get("show")
        sections.append(
            SectionView(
                number,
                section["title"],
                json.dumps(show, ensure_ascii=False) if show else "",
                any(one.shown for one in fields),
                fields,
            )
        )
    return sections


@dataclass(frozen=True, slots=True)
class _Drawer:
    shown: set[str]
    errors: Mapping[str, str]
    locked: set[str] | frozenset[str]
    auto: set[str] | frozenset[str]

    def field(self, spec: Mapping[str, Any], path: str, value: Any, *, shown: bool | None = None) -> FieldView:
        visible = path in self.shown if shown is None else shown
        view: dict[str, Any] = {}
        if spec["type"] in ("radio", "select", "checks"):
            chosen = value if isinstance(value, list) else [value]
            view["options"] = [Option(key, label, key in chosen) for key, label in options(spec)]
        if spec["type"] == "rows":
            rows = value if isinstance(value, list) else []
            least = int(spec.get("min") or (1 if spec.get("required") else 0))
            rows = [*rows, *({} for _ in range(least - len(rows)))]
            view["rows"] = [self._row(spec, path, str(index), index + 1, row) for index, row in enumerate(rows)]
            view["blank"] = self._row(spec, path, ROW_TOKEN, 0, {})
        return FieldView(
            spec=spec,
            path=path,
            value="" if value is None else value,
            error=self.errors.get(path, ""),
            shown=visible,
            locked=path in self.locked,
            auto=path in self.auto,
            **view,
        )

    def _row(self, spec: Mapping[str, Any], path: str, index: str, number: int, row: Mapping[str, Any]) -> RowView:
        fields = []
        for child in spec["fields"]:
            name = f"{path}.{index}.{child['key']}"
            # 空行没有经过可见性计算：有条件的先藏，无条件的先显。
            known = any(one.startswith(f"{path}.{index}.") for one in self.shown)
            fields.append(self.field(child, name, row.get(child["key"]), shown=None if known else not child.get("show")))
        return RowView(index, number, fields)


def parse(definition: Mapping[str, Any], post: QueryDict) -> dict[str, Any]:
    """把表单提交（名字如 `staff.0.name`）还原成填写内容；不认识的名字忽略。"""
    data: dict[str, Any] = {}
    for spec in rules.fields(definition):
        if spec["type"] == "rows":
            data[spec["key"]] = _rows(spec, post)
        elif spec["type"] == "checks":
            data[spec["key"]] = post.getlist(spec["key"])
        elif spec["key"] in post:
            data[spec["key"]] = post[spec["key"]]
    return data


def _rows(spec: Mapping[str, Any], post: QueryDict) -> list[dict[str, Any]]:
    """重复行：行号可以有空缺（删过中间的行），按行号先后收。"""
    prefix = spec["key"] + "."
    indexes: Sequence[str] = sorted(
        {
            part
            for name in post
            if name.startswith(prefix) and (part := name[len(prefix) :].partition(".")[0]).isdecimal() and len(part) < 6
        },
        key=int,
    )
    rows = []
    for index in indexes:
        row: dict[str, Any] = {}
        for child in spec["fields"]:
            name = f"{prefix}{index}.{child['key']}"
            row[child["key"]] = post.getlist(name) if child["type"] == "checks" else post.get(name, "")
        rows.append(row)
    return rows
