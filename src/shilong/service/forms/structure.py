"""检查表单定义本身：发布前保证每个字段都能渲染、每个条件都能判断。"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from shilong.foundation.refusals import Invalid
from shilong.service.forms import conditions
from shilong.service.forms.values import TYPES, options

MAX_FIELDS = 200
MAX_SECTIONS = 30
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NESTED_REPEAT = re.compile(r"[+*}]\)*[+*{]|\([^)]*[+*|][^)]*\)[+*{]")
CONTEXT = "situation."  # 条件里可以引用情形选择：situation.<问题键>


class InvalidDefinition(Invalid):
    """表单定义有误（设计者的错）；`fields` 指出是哪一个字段。"""

    code = "invalid_form_definition"
    message = "表单设计还有 {count} 处问题，改好后才能保存。"


def check(definition: Any) -> None:
    """检查整份定义。

    异常：
        InvalidDefinition: 结构、字段类型、选项、条件、范围有任何一处不对。
    """
    errors: dict[str, str] = {}
    sections = definition.get("sections") if isinstance(definition, Mapping) else None
    if not isinstance(sections, list) or not sections or len(sections) > MAX_SECTIONS:
        raise InvalidDefinition(count=1, fields={"sections": f"至少要有一个分组，最多 {MAX_SECTIONS} 个"})
    known: set[str] = set()
    for number, section in enumerate(sections):
        _section(section, f"sections.{number}", known, errors)
    if len(known) > MAX_FIELDS:
        errors["sections"] = f"字段最多 {MAX_FIELDS} 个"
    if errors:
        raise InvalidDefinition(count=len(errors), fields=errors)


def _section(section: Any, path: str, known: set[str], errors: dict[str, str]) -> None:
    if not isinstance(section, Mapping) or not _is_text(section.get("title"), 60):
        errors[path] = "分组要有标题（最多 60 个字）"
        return
    _condition(section.get("show"), path, known, errors)
    rows = section.get("fields")
    if not isinstance(rows, list):
        errors[path] = "分组要有字段"
        return
    for number, field in enumerate(rows):
        _field(field, f"{path}.fields.{number}", known, errors, nested=False)


def _field(field: Any, path: str, known: set[str], errors: dict[str, str], *, nested: bool) -> None:
    problem = _shape(field, known, nested=nested)
    if problem:
        errors[path] = problem
        return
    _condition(field.get("show"), path, known, errors)
    known.add(field["key"])
    if field["type"] == "rows":
        inner = set(known)
        for number, child in enumerate(field["fields"]):
            _field(child, f"{path}.fields.{number}", inner, errors, nested=True)


def _shape(field: Any, known: set[str], *, nested: bool) -> str:
    """一个字段的问题；没有问题返回空串。"""
    if not isinstance(field, Mapping):
        return "字段应是一组属性"
    key, kind = field.get("key"), field.get("type")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        return "字段代码应以小写字母开头，只含小写字母、数字、下划线，最长 40 个字符"
    if key in known:
        return f"字段代码“{key}”重复"
    if kind not in TYPES:
        return f"不认识的字段类型“{str(kind)[:20]}”"
    if not _is_text(field.get("label"), 100):
        return "字段要有名称（最多 100 个字）"
    if kind == "rows":
        return _rows_problem(field, nested=nested)
    if kind in ("radio", "select", "checks"):
        return _options_problem(field)
    return _limits_problem(field)


def _rows_problem(field: Mapping[str, Any], *, nested: bool) -> str:
    if nested:
        return "重复行里不能再放重复行"
    if not isinstance(field.get("fields"), list) or not field["fields"]:
        return "重复行里至少要有一个字段"
    if not 0 <= _whole(field.get("min"), 0) <= _whole(field.get("max"), 50) <= 50:
        return "行数范围应在 0 到 50 之间"
    return ""


def _options_problem(field: Mapping[str, Any]) -> str:
    rows = field.get("options")
    if not isinstance(rows, list) or not rows or len(rows) > 100:
        return "要有 1 到 100 个选项"
    if not all(_is_text(row, 100) or (isinstance(row, Mapping) and _is_text(row.get("value"), 100)) for row in rows):
        return "选项不能是空的（最多 100 个字）"
    values = [value for value, _ in options(field)]
    return "选项有重复" if len(set(values)) != len(values) else ""


def _limits_problem(field: Mapping[str, Any]) -> str:
    pattern = field.get("pattern")
    if pattern:
        return _pattern_problem(pattern)
    if field["type"] == "date":
        return "日期范围应写成 2026-01-31 或 today" if any(not _is_day(field.get(name)) for name in ("min", "max")) else ""
    if field["type"] == "number" and any(
        field.get(name) is not None and (isinstance(field[name], bool) or not isinstance(field[name], int | float))
        for name in ("min", "max")
    ):
        return "数值范围应是数字"
    return "" if 0 < _whole(field.get("maxlength"), 200) <= 5000 else "最大字数应在 1 到 5000 之间"


def _pattern_problem(pattern: Any) -> str:
    if not isinstance(pattern, str) or len(pattern) > 100:
        return "格式规则最长 100 个字符"
    try:
        re.compile(pattern)
    except re.error:
        return "格式规则不是有效的正则表达式"
    # 重复套重复的正则在坏输入上会指数级变慢，浏览器与服务器都会卡住。
    return "格式规则里不能重复套重复，如 (a+)+" if _NESTED_REPEAT.search(pattern) else ""


def _condition(condition: Any, path: str, known: set[str], errors: dict[str, str]) -> None:
    try:
        used = conditions.check(condition)
    except conditions.MalformedCondition as error:
        errors[path] = error.text
        return
    missing = sorted(key for key in used if key not in known and not key.startswith(CONTEXT))
    if missing:
        errors[path] = f"显示条件用到了排在后面或不存在的字段：{'、'.join(missing)}"


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= longest


def _is_day(value: Any) -> bool:
    if value in (None, "", "today"):
        return True
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _whole(value: Any, default: int) -> int:
    if value is None or value == "":
        return default
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
