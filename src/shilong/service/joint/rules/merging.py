"""合一表单：各事项的申请表并成一张，同一信息只填一次；提交时再拆回各事项。

同名字段能并就并：类型相容、选项一方含于另一方（取小的）；并不了、或内容因事项而异的，前面加事项的代号各填各的。
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shilong.service.forms import conditions
from shilong.service.forms.values import options
from shilong.service.joint.rules.themes import Part

Spec = dict[str, Any]
Names = dict[str, dict[str, str]]  # 部分 → {事项字段: 合一表单字段}
# 名字一样、内容却是说各自事项的：默认不并
PER_ITEM = frozenset(
    {"apply_content", "fact_content", "filing_content", "filing_name", "service_content", "service_kind", "service_original"}
    | {"reason", "remark", "qualification", "start_date", "promise", "declare"}
)
CHOICES = frozenset({"radio", "select"})
SITUATION = "situation."
LAST = "领取结果"  # 结果统一领取，排在最后


def names(parts: Sequence[Part]) -> Names:
    """各事项字段对应合一表单的哪个字段。看的是主题的全部事项，换情形时同一字段的名字不变，已填的不丢。"""
    merged: dict[str, Spec] = {}
    found: Names = {}
    for row in parts:
        mine = found.setdefault(row.key, {})
        for spec in _specs(row.definition):
            target = row.fields.get(spec["key"], spec["key"])
            together = _together(merged.get(target), spec)
            if spec["key"] in row.own or (spec["key"] in PER_ITEM and spec["key"] not in row.fields) or together is None:
                target, together = _private(row, spec["key"]), spec
            merged[target] = together
            mine[spec["key"]] = target
    return found


def definition(parts: Iterable[Part], known: Names) -> dict[str, Any]:
    """合一表单的定义。`known` 来自 `names(主题的全部事项)`。"""
    sections: dict[str, dict[str, Any]] = {}
    places: dict[str, Spec] = {}
    for row in parts:
        for section in row.definition.get("sections", []):
            for spec in section.get("fields", []):
                target = known[row.key][spec["key"]]
                fresh = _renamed(row, section, spec, target, known[row.key])
                if target in places:
                    places[target].update(_widened(places[target], fresh))
                    continue
                title = section["title"] if target == spec["key"] or target in row.fields.values() else _titled(row, section["title"])
                sections.setdefault(title, {"title": title, "fields": []})["fields"].append(fresh)
                places[target] = fresh
    ordered = sorted(sections.values(), key=lambda one: one["title"] == LAST)
    return {"sections": _in_order([one for one in ordered if one["fields"]])}


def split(row: Part, known: Names, values: Mapping[str, Any]) -> dict[str, Any]:
    """从合一表单里取出一件事项的申请表；选项只差括号说明的，换回该事项自己的写法。"""
    found: dict[str, Any] = {}
    for spec in _specs(row.definition):
        target = known[row.key][spec["key"]]
        if target in values:
            found[spec["key"]] = _own_value(spec, values[target])
    return found


def join(row: Part, known: Names, fields: Mapping[str, Any]) -> dict[str, Any]:
    """`split` 的反面：一件事项的字段值或错误 → 合一表单的。路径里的重复行序号原样保留。"""
    found = {}
    for path, value in fields.items():
        key, dot, rest = path.partition(".")
        found[known[row.key].get(key, key) + dot + rest] = value
    return found


def _specs(source: Mapping[str, Any]) -> Iterable[Spec]:
    for section in source.get("sections", []):
        yield from section.get("fields", [])


def _private(row: Part, key: str) -> str:
    return f"{row.key}_{key}"[:40]


def _titled(row: Part, title: str) -> str:
    return f"{title}（{row.label}）"[:60]


def _together(first: Spec | None, second: Spec) -> Spec | None:
    """两个字段并起来的样子；并不了返回 None。"""
    if first is None:
        return second
    if (first["type"] in CHOICES and second["type"] in CHOICES) or first["type"] == second["type"] == "checks":
        return _same_choices(first, second)
    if first["type"] != second["type"]:
        return None
    if first["type"] == "rows":
        return first if _shape(first) == _shape(second) else None
    if first.get("pattern") != second.get("pattern"):
        return None
    return first


def _same_choices(first: Spec, second: Spec) -> Spec | None:
    left, right = ({_plain(value) for value, _ in options(one)} for one in (first, second))
    if left <= right:
        return first
    return second if right <= left else None


def _shape(spec: Spec) -> str:
    return json.dumps([[one["key"], one["type"], one.get("options")] for one in spec["fields"]], ensure_ascii=False)


def _plain(text: str) -> str:
    """选项去掉括号里的说明再比。"""
    return text.split("（", 1)[0] + (text.split("）", 1)[1] if "（" in text and "）" in text else "")


def _own_value(spec: Spec, value: Any) -> Any:
    if spec["type"] not in CHOICES | {"checks"}:
        return value
    same = {_plain(one): one for one, _ in options(spec)}
    if isinstance(value, list):
        return [same.get(_plain(str(one)), one) for one in value]
    return same.get(_plain(str(value)), value) if isinstance(value, str) else value


def _renamed(row: Part, section: Mapping[str, Any], spec: Spec, target: str, mine: Mapping[str, str]) -> Spec:
    """换成合一表单里的名字；分组的显示条件落到字段上，因为分组要跟别的事项合并。"""
    shows = [_condition(one, row.key, mine) for one in (section.get("show"), spec.get("show")) if one]
    fresh = {**spec, "key": target}
    fresh.pop("show", None)
    if shows:
        fresh["show"] = shows[0] if len(shows) == 1 else {"all": shows}
    return fresh


def _condition(condition: Any, part: str, mine: Mapping[str, str]) -> Any:
    if isinstance(condition, Mapping):
        return {
            name: [_condition(one, part, mine) for one in inner]
            if isinstance(inner, list) and name != "not"
            else _condition(inner, part, mine)
            for name, inner in condition.items()
        }
    key, *rest = condition
    if key.startswith(SITUATION):
        return [f"{SITUATION}{part}.{key.removeprefix(SITUATION)}", *rest]
    return [mine.get(key, key), *rest]


def _widened(first: Spec, second: Spec) -> Spec:
    """同一字段再来一次：要求取严的，显示取宽的。"""
    changed: Spec = {"required": bool(first.get("required") or second.get("required"))}
    if "show" in first:
        changed["show"] = first["show"] if first["show"] == second.get("show") else _either(first["show"], second.get("show"))
    if first["type"] in CHOICES and _same_choices(first, second) is second:
        changed |= {"type": second["type"], "options": second["options"]}
    for name, pick in (("min", max), ("max", min), ("maxlength", min)):
        both = [one[name] for one in (first, second) if one.get(name) is not None]
        if both:
            changed[name] = pick(both) if all(isinstance(one, (int, float)) for one in both) else both[0]
    for name in ("prefill", "lock", "help"):
        if second.get(name) and not first.get(name):
            changed[name] = second[name]
    return changed


def _either(first: Any, second: Any) -> Any:
    return {"any": [first, second]} if second else None


def _in_order(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """条件只能引用排在前面的字段：合并打乱了次序的，挪到最后一组“补充信息”里。"""
    known: set[str] = set()
    late: list[Spec] = []
    for section in sections:
        kept = []
        for spec in section["fields"]:
            if _ready(spec, known):
                kept.append(spec)
                known.add(spec["key"])
            else:
                late.append(spec)
        section["fields"] = kept
    rows = [one for one in sections if one["fields"]]
    return [*rows, {"title": "补充信息", "fields": late}] if late else rows


def _ready(spec: Spec, known: set[str]) -> bool:
    return all(key in known or key.startswith(SITUATION) for key in conditions.check(spec.get("show")))
