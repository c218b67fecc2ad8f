"""编号的纯函数：校验位、模板检查。"""

import string
from collections.abc import Iterable, Mapping

from shilong.foundation.refusals import Invalid

# 模板里能用的名字与给人看的叫法。
LABELS = {
    "seq": "流水",
    "date": "年月日",
    "year": "年份",
    "region": "区划",
    "department": "部门序号",
    "channel": "渠道",
    "word": "字号或类型",
}
ALLOWED = frozenset(LABELS)


def mod11_2(digits: str) -> str:
    """MOD 11-2 校验字符（GB/T 17710，与身份证末位同一算法）；结果 10 记作 X。"""
    total = sum(int(digit) * pow(2, len(digits) - index, 11) for index, digit in enumerate(digits))
    value = (12 - total % 11) % 11
    return "X" if value == 10 else str(value)


def check_template(template: str, scope: str = "") -> frozenset[str]:
    """模板必须含 `{seq}`，且只用认识的名字；返回模板里的名字。

    异常：
        Invalid: 模板写错了，说明哪里错。
    """
    try:
        parts = [part for text in (template, scope) for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise _wrong(f"编号模板的花括号不配对：{error}") from None
    unknown = {str(name) for _, name, _, _ in parts} - ALLOWED
    if unknown:
        raise _wrong(f"编号模板里有不认识的名字：{'、'.join(sorted(unknown))}；可用 {named(LABELS)}。")
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise _wrong("编号模板的花括号里只写名字，不能带冒号或叹号。")
    if "{seq}" not in template:
        raise _wrong("编号模板必须含 {seq}（流水号），否则会重号。")
    return _names(template)


def check_unique(template: str, scope: str, reset: str) -> None:
    """流水从头再数时，号里必须有区别前后两段的内容，否则会重号。

    异常：
        Invalid: 缺了哪一项。
    """
    names = _names(template)
    if reset == "day" and "date" not in names:
        raise _wrong("流水按日重置，模板里要有 {date}，否则第二天会重号。")
    if reset == "year" and not names & {"year", "date"}:
        raise _wrong("流水按年重置，模板里要有 {year} 或 {date}，否则第二年会重号。")
    missing = sorted(_names(scope) - names)
    if missing:
        raise _wrong(f"按{named(missing)}分组计数，模板里也要有它，否则两组会重号。")


def named(names: Iterable[str]) -> str:
    """名字的中文叫法带上写法：字号或类型 {word}、年份 {year}。"""
    return "、".join(f"{LABELS.get(name, name)} {{{name}}}" for name in names)


def readable(template: str) -> str:
    """模板给人看的样子：石龙{word}〔{year}〕 变成 石龙‹字号或类型›〔‹年份›〕。"""
    parts = string.Formatter().parse(template)
    return "".join(text + (f"‹{LABELS.get(name, name)}›" if name is not None else "") for text, name, _, _ in parts)


def render(template: str, width: int, values: Mapping[str, str], *, check_digit: bool, sequence: int = 1) -> str:
    """按模板写出一个号，不占用流水。`values` 是除流水外的各项。"""
    number = template.format(**{**values, "seq": str(sequence % 10**width).zfill(width)})
    return number + mod11_2(number) if check_digit else number


def _names(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _wrong(text: str) -> Invalid:
    return Invalid(text, fields={"template": text})
