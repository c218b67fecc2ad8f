"""编号的纯函数：校验位、模板检查。"""

import string

from shilong.foundation.refusals import Invalid

ALLOWED = frozenset({"seq", "date", "year", "region", "department", "channel", "word"})


def mod11_2(digits: str) -> str:
    """MOD 11-2 校验字符（GB/T 17710，与身份证末位同一算法）；结果 10 记作 X。"""
    total = sum(int(digit) * pow(2, len(digits) - index, 11) for index, digit in enumerate(digits))
    value = (12 - total % 11) % 11
    return "X" if value == 10 else str(value)


def check_template(template: str, scope: str = "") -> None:
    """模板必须含 `{seq}`，且只用认识的名字。

    异常：
        Invalid: 模板写错了，说明哪里错。
    """
    try:
        names = {name for text in (template, scope) for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise Invalid(f"编号模板的花括号不配对：{error}") from None
    unknown = names - ALLOWED
    if unknown:
        raise Invalid(f"编号模板里有不认识的名字：{'、'.join(sorted(unknown))}；可用 {'、'.join(sorted(ALLOWED))}。")
    if "{seq}" not in template:
        raise Invalid("编号模板必须含 {seq}（流水号），否则会重号。")
