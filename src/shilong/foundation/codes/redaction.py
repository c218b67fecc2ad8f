"""公开前的脱敏（standards §10.4）：评价文字里的电话、证件、邮箱、车牌与评价人姓名一律遮住。"""

import re
from collections.abc import Iterable

_PATTERNS = (
    re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"),
    re.compile(r"\d{17}[\dXx]|\d{15}"),
    re.compile(r"(?<!\d)(?:\d[\s-]?){6,}\d(?!\d)"),  # 电话、卡号：七位以上的数字，中间可有空格或横线
    re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9]{5,6}"),
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def redact(text: str, names: Iterable[str] = ()) -> str:
    """可以公开的文字。

    参数：
        names: 要遮的姓名（评价人、办理人）；两个字以上才遮，免得误伤常用字。
    """
    clean = _CONTROL.sub("", text)
    for pattern in _PATTERNS:
        clean = pattern.sub("***", clean)
    for name in sorted({one.strip() for one in names if len(one.strip()) >= 2}, key=len, reverse=True):
        clean = clean.replace(name, name[0] + "*" * (len(name) - 1))
    return clean
