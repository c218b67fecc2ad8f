"""条件：`["字段", "运算", 值]` 与 all/any/not 组合。是数据，不 eval；浏览器端 forms.js 与它共用测试向量。"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from shilong.foundation.refusals import Refused

OPERATORS = frozenset({"=", "!=", "in", "has", ">", "<", ">=", "<=", "filled"})
MAX_DEPTH = 8


class MalformedCondition(Refused):
    """条件写法不对（设计者的错，不是填表人的）。"""

    code = "malformed_condition"
    message = "显示条件的写法不正确：{reason}。"


def holds(condition: Any, values: Mapping[str, Any], _depth: int = 0) -> bool:
    """条件是否成立；空条件恒成立。

    参数：
        condition: `{"all":[…]}`、`{"any":[…]}`、`{"not":…}` 或 `["字段", "运算", 值]`。
        values: 字段键到值；没有的键视为没填。

    异常：
        MalformedCondition: 写法不对或嵌套超过 8 层。
    """
    if not condition:
        return True
    if _depth >= MAX_DEPTH:
        raise MalformedCondition(reason=f"嵌套超过 {MAX_DEPTH} 层")
    if isinstance(condition, Mapping):
        return _combined(condition, values, _depth)
    return _compare(*_parts(condition, values))


def check(condition: Any, _depth: int = 0) -> set[str]:
    """检查写法并返回引用到的字段键。

    异常：
        MalformedCondition: 写法不对。
    """
    if not condition:
        return set()
    if _depth >= MAX_DEPTH:
        raise MalformedCondition(reason=f"嵌套超过 {MAX_DEPTH} 层")
    if isinstance(condition, Mapping):
        name, parts = _operands(condition)
        return set().union(*(check(part, _depth + 1) for part in ([parts] if name == "not" else parts)))
    _parts(condition, {})
    return {condition[0]}


def is_filled(value: Any) -> bool:
    """是否填了；0 算填了。"""
    return value is not None and value is not False and value not in ("", [], {})


def _operands(condition: Mapping[str, Any]) -> tuple[str, Any]:
    if len(condition) != 1:
        raise MalformedCondition(reason="组合条件只能是 all、any、not 之一")
    name, parts = next(iter(condition.items()))
    if name not in ("all", "any", "not") or (name != "not" and not isinstance(parts, list)):
        raise MalformedCondition(reason=f"不认识的组合“{str(name)[:20]}”")
    return name, parts


def _combined(condition: Mapping[str, Any], values: Mapping[str, Any], depth: int) -> bool:
    name, parts = _operands(condition)
    if name == "not":
        return not holds(parts, values, depth + 1)
    results = [holds(part, values, depth + 1) for part in parts]
    return all(results) if name == "all" else any(results)


def _parts(condition: Any, values: Mapping[str, Any]) -> tuple[Any, str, Any]:
    if not isinstance(condition, list | tuple) or len(condition) not in (2, 3):
        raise MalformedCondition(reason="应为 [字段, 运算, 值]")
    key, operator = condition[0], condition[1]
    if not isinstance(key, str) or not isinstance(operator, str) or operator not in OPERATORS:
        raise MalformedCondition(reason=f"不认识的运算“{str(operator)[:20]}”")
    return values.get(key), operator, condition[2] if len(condition) == 3 else None


def _compare(actual: Any, operator: str, wanted: Any) -> bool:
    if operator == "filled":
        return is_filled(actual)
    if operator == "=":
        return _same(actual, wanted)
    if operator == "!=":
        return not _same(actual, wanted)
    if operator == "in":
        return isinstance(wanted, list) and any(_same(actual, option) for option in wanted)
    if operator == "has":
        return isinstance(actual, list) and any(_same(item, wanted) for item in actual)
    return _ordered(actual, operator, wanted)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) or isinstance(right, int | float):
        first, second = _number(left), _number(right)
        return first is not None and first == second
    return left == right


def _ordered(left: Any, operator: str, right: Any) -> bool:
    first: Any = _number(left)
    second: Any = _number(right)
    if first is None or second is None:
        # 两边都是文字时按字典序比：日期是 ISO 格式，字典序就是先后。
        if not (isinstance(left, str) and isinstance(right, str) and left and right):
            return False
        first, second = left, right
    return {">": first > second, "<": first < second, ">=": first >= second, "<=": first <= second}[operator]


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip()
    if not text or len(text) > 40:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
