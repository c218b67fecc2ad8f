"""主题发布前的检查：每一处问题说清在哪里、怎样改。"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shilong.service.catalog.views import ItemView
from shilong.service.forms import conditions, structure
from shilong.service.joint.rules import limits, merging, themes
from shilong.service.joint.rules.themes import Content, Part

KEY = re.compile(r"[a-z][a-z0-9]{0,15}")
AUDIENCES = {"person": frozenset({"1"}), "corp": frozenset({"2", "3", "4", "5", "6", "9"}), "both": frozenset("1234569")}
MOST_PARTS, MOST_QUESTIONS = 12, 12
Problems = dict[str, str]


def shape(content: Any) -> Problems:
    """不查事项库就能判断的结构问题。"""
    if not isinstance(content, Mapping):
        return {"": "主题内容应是一组设置"}
    found: Problems = {}
    for name, label, most in (("name", "主题名称", 60), ("intro", "一句话说明", 200)):
        if not isinstance(content.get(name), str) or not 0 < len(content[name].strip()) <= most:
            found[name] = f"请填写{label}，最多 {most} 个字"
    if content.get("audience") not in AUDIENCES:
        found["audience"] = "服务对象只能是个人、企业或两者"
    known = _questions(content.get("questions") or [], found)
    _parts(content.get("parts"), known, found)
    return found


def _questions(rows: Any, found: Problems) -> set[str]:
    known: set[str] = set()
    if not isinstance(rows, list) or len(rows) > MOST_QUESTIONS:
        found["questions"] = f"情形问答应是一组问题，最多 {MOST_QUESTIONS} 个"
        return known
    for number, row in enumerate(rows):
        path = f"questions.{number}"
        if not isinstance(row, Mapping) or not KEY.fullmatch(str(row.get("key", ""))) or not str(row.get("question", "")).strip():
            found[path] = "每个问题要有代号（小写字母开头，最长 16 个）和问法"
            continue
        options = row.get("options")
        if (
            not isinstance(options, list)
            or len(options) < 2
            or not all(isinstance(o, Mapping) and o.get("value") and o.get("label") for o in options)
        ):
            found[path] = f"“{row['question']}”至少要有两个选项，各有值和叫法"
        elif len({str(o["value"]) for o in options}) != len(options):
            found[path] = f"“{row['question']}”的选项有重复的值"
        _condition(row.get("show"), known, path, found)
        if row["key"] in known:
            found[path] = f"问题代号“{row['key']}”重复"
        known.add(row["key"])
    return known


def _condition(condition: Any, known: set[str], path: str, found: Problems) -> None:
    try:
        missing = sorted(conditions.check(condition) - known)
    except conditions.MalformedCondition as error:
        found[path] = error.text
        return
    if missing:
        found[path] = f"条件引用了不存在或排在后面的问题：{'、'.join(missing)}"


def _parts(rows: Any, known: set[str], found: Problems) -> None:
    if not isinstance(rows, list) or not 2 <= len(rows) <= MOST_PARTS or not all(isinstance(row, Mapping) for row in rows):
        found["parts"] = f"一件事要合 2 到 {MOST_PARTS} 个事项"
        return
    keys = [str(row.get("key", "")) for row in rows]
    for number, row in enumerate(rows):
        path = f"parts.{number}"
        if not KEY.fullmatch(keys[number]) or keys.count(keys[number]) > 1:
            found[path] = "每件事项要有自己的代号（小写字母开头，最长 16 个，不能重复）"
        elif not isinstance(row.get("item"), str) or not row["item"]:
            found[path] = "请选择事项"
        elif unknown := [one for one in row.get("after") or [] if one not in keys]:
            found[path] = f"排在后面的条件里没有这些代号：{'、'.join(map(str, unknown))}"
        _condition(row.get("when"), known, path, found)
    items = [row.get("item") for row in rows]
    if len(set(map(str, items))) != len(items):
        found["parts"] = "同一事项在一件事里只能出现一次"
    if circle := themes.cycle({str(row.get("key")): list(row.get("after") or []) for row in rows}):
        found["parts"] = f"先后关系绕成了环：{' → '.join(circle)}"


def whole(content: Content, parts: Sequence[Part]) -> Problems:
    """结构没问题之后：事项与对象、合一表单、材料映射、时限。"""
    found: Problems = {}
    for check in (_audience, _mapping, _materials, _form, _days):
        found |= check(content, parts)
    return found


def _audience(content: Content, parts: Sequence[Part]) -> Problems:
    wanted = AUDIENCES[content["audience"]]
    rows = {
        f"parts.{n}": f"“{row.item.name}”不面向所选的服务对象" for n, row in enumerate(parts) if not wanted & set(row.item.server_types)
    }
    offline = {f"parts.{n}": f"“{row.item.name}”不能网上办，不能合进一件事" for n, row in enumerate(parts) if not row.item.is_online}
    return rows | offline


def _mapping(content: Content, parts: Sequence[Part]) -> Problems:
    found: Problems = {}
    for number, row in enumerate(parts):
        known = {spec["key"] for section in row.definition.get("sections", []) for spec in section.get("fields", [])}
        if unknown := sorted((set(row.fields) | row.own) - known):
            found[f"parts.{number}"] = f"“{row.item.name}”的申请表里没有这些字段：{'、'.join(unknown)}"
        asked = {question["key"] for question in row.item.situations}
        if unknown := sorted(set(row.answers) - asked):
            found[f"parts.{number}"] = f"“{row.item.name}”没有这些情形：{'、'.join(unknown)}"
    return found


def _materials(content: Content, parts: Sequence[Part]) -> Problems:
    known = {(row.key, one.code) for row in parts for one in row.item.materials}
    found: Problems = {}
    for number, row in enumerate(content.get("materials") or []):
        places = row.get("parts") if isinstance(row, Mapping) else None
        if (
            not isinstance(places, list)
            or not str(row.get("name", "")).strip()
            or not all(isinstance(p, list) and len(p) == 2 for p in places)
        ):
            found[f"materials.{number}"] = "合并材料要写名称与 [[代号, 材料编码], …]"
        elif missing := [f"{key} {code}" for key, code in places if (key, code) not in known]:
            found[f"materials.{number}"] = f"没有这些材料：{'、'.join(missing)}"
    return found


def _form(content: Content, parts: Sequence[Part]) -> Problems:
    try:
        structure.check(merging.definition(parts, merging.names(parts)))
    except structure.InvalidDefinition as error:
        return {"parts": f"合一表单不成立：{'；'.join(list(error.fields.values())[:3])}"}
    return {}


def _days(content: Content, parts: Sequence[Part]) -> Problems:
    days = limits.licence_days(parts, {row.key: row.after for row in parts})
    if days <= limits.JOINT_DAYS:
        return {}
    return {"parts": f"许可类事项沿先后关系共承诺 {days} 个工作日，超过联合办理 {limits.JOINT_DAYS} 日的上限（行政许可法第四十二条）"}


def unavailable(rows: Sequence[Mapping[str, Any]], items: Mapping[str, ItemView]) -> Problems:
    """没有发布的事项。"""
    return {f"parts.{n}": "这个事项没有发布，或已下线" for n, row in enumerate(rows) if row.get("item") not in items}
