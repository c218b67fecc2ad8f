"""主题的样子：由 JSON 内容得到情形问题与各部分，并按情形选出要办的事项。条件是数据，不 eval。"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shilong.service.catalog import rules as catalog_rules
from shilong.service.catalog.views import ItemView
from shilong.service.forms.conditions import holds

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """主题里的一件：哪个事项、什么情形下要办、排在谁后面、表单怎样并。"""

    key: str
    item: ItemView
    label: str
    definition: Mapping[str, Any]
    when: Any = None
    after: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)


def part(row: Mapping[str, Any], item: ItemView, definition: Mapping[str, Any]) -> Part:
    """由主题内容里的一行构造。"""
    return Part(
        key=row["key"],
        item=item,
        label=row.get("label") or item.name,
        definition=definition,
        when=row.get("when") or None,
        after=tuple(row.get("after") or ()),
        answers=row.get("answers") or {},
        own=frozenset(row.get("own") or ()),
        fields=row.get("fields") or {},
    )


def questions(content: Content, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """现在要问的问题：前面的答案决定后面问不问。"""
    asked, _ = _walk(content, answers)
    return asked


def answers_of(content: Content, given: Mapping[str, Any]) -> dict[str, str]:
    """补全情形答案：没答或答了不存在的选项按第一个选项；不该问的不留答案。"""
    _, answers = _walk(content, given)
    return answers


def _walk(content: Content, given: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    asked: list[dict[str, Any]] = []
    answers: dict[str, str] = {}
    for row in content.get("questions") or []:
        if not holds(row.get("show"), answers):
            continue
        values = [str(option["value"]) for option in row["options"]]
        chosen = str(given.get(row["key"], ""))
        answers[row["key"]] = chosen if chosen in values else values[0]
        asked.append(dict(row))
    return asked, answers


def chosen_options(content: Content, answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """选中的选项，按提问次序。"""
    return [option for row in questions(content, answers) for option in row["options"] if str(option["value"]) == answers.get(row["key"])]


def selected(parts: Iterable[Part], answers: Mapping[str, str]) -> list[Part]:
    """按情形要办的各件。"""
    return [row for row in parts if holds(row.when, answers)]


def situation(row: Part, answers: Mapping[str, str]) -> dict[str, str]:
    """一件事项自己的情形答案，由主题的答案推出：写定的值、取自某一问（可换算），同名问题直接沿用。"""
    given: dict[str, Any] = {}
    for question in row.item.situations:
        rule = row.answers.get(question["key"])
        source = str(rule["from"]) if isinstance(rule, Mapping) and "from" in rule else question["key"]
        if isinstance(rule, Mapping) and "value" in rule:
            given[question["key"]] = rule["value"]
        elif source in answers:
            mapped = (rule or {}).get("map", {}) if isinstance(rule, Mapping) else {}
            given[question["key"]] = mapped.get(answers[source], answers[source])
    return catalog_rules.answers_of(row.item, given)


def predecessors(parts: Sequence[Part], chosen: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """要办的各件各自等谁：排在前面而这次不办的，改等它前面的。"""
    keep = set(chosen)
    after = {row.key: row.after for row in parts}

    def wait(key: str, seen: frozenset[str]) -> list[str]:
        found: list[str] = []
        for one in after.get(key, ()):
            if one in seen:
                continue
            found += [one] if one in keep else wait(one, seen | {one})
        return found

    return {row.key: tuple(dict.fromkeys(wait(row.key, frozenset({row.key})))) for row in parts if row.key in keep}


def cycle(after: Mapping[str, Iterable[str]]) -> list[str]:
    """先后关系里的一个环；没有环返回空表。"""
    done: set[str] = set()

    def visit(key: str, path: list[str]) -> list[str]:
        if key in path:
            return [*path[path.index(key) :], key]
        if key in done:
            return []
        for one in after.get(key, ()):
            if found := visit(one, [*path, key]):
                return found
        done.add(key)
        return []

    for key in after:
        if found := visit(key, []):
            return found
    return []


def waves(after: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """分批：同一批并联办理，后一批等前一批准予。先后关系须无环。"""
    level: dict[str, int] = {}

    def depth(key: str) -> int:
        if key not in level:
            level[key] = 1 + max((depth(one) for one in after.get(key, ())), default=-1)
        return level[key]

    rows: list[list[str]] = [[] for _ in range(max((depth(key) for key in after), default=-1) + 1)]
    for key in after:
        rows[level[key]].append(key)
    return rows


def downstream(after: Mapping[str, Iterable[str]], failed: str) -> list[str]:
    """直接或间接等着这一件的各件。"""
    reached = {failed}
    found: list[str] = []
    grown = True
    while grown:
        grown = False
        for key, waits in after.items():
            if key not in reached and reached & set(waits):
                reached.add(key)
                found.append(key)
                grown = True
    return found
