"""级别、标签与文字的规则（standards §3.2、§3.3、§3.5 P03）。"""

from collections.abc import Iterable

from shilong.foundation.codes.tables import RATING_TAG
from shilong.service.ratings.refusals import BadLevel, BadTags, ReasonNeeded, TextTooLong

LEVELS = (5, 4, 3, 2, 1)
BAD = frozenset({1, 2})  # 差评
GOOD = 3  # 基本满意及以上计入好评率（standards §3.7）
SHOWN_FIRST = 3  # 前三项默认展开
TEXT_LIMIT = 500
SYSTEM_CHANNEL = "7"


def tags_of(level: int) -> list[tuple[str, str]]:
    """某一级的标签：（码，文字）。码的首位就是级别。"""
    return [(code, name) for code, name in RATING_TAG.entries.items() if code.startswith(str(level))]


def check(level: object, tags: Iterable[str], text: str) -> tuple[int, list[str], str]:
    """核对一条评价的内容，返回整理好的级别、标签（去重、按码表次序）、文字。

    异常：
        BadLevel: 不是 1–5。
        BadTags: 有不属于这一级的标签。
        TextTooLong: 文字超过 500 字。
        ReasonNeeded: 差评没有勾标签也没有写字（P03）。
    """
    try:
        number = int(str(level))
    except ValueError:
        raise BadLevel from None
    if number not in LEVELS:
        raise BadLevel
    known = dict(tags_of(number))
    chosen = {str(tag) for tag in tags}
    if chosen - set(known):
        raise BadTags
    words = text.replace("\x00", "").strip()
    if len(words) > TEXT_LIMIT:
        raise TextTooLong(limit=TEXT_LIMIT)
    if number in BAD and not chosen and not words:
        raise ReasonNeeded
    return number, [code for code in known if code in chosen], words


def pro_result_satisfaction(level: int) -> str:
    """推 `up_pro_result.satisfaction` 用的 GB/T 39046 附录A.8 口径：1 最好、5 最差，与好差评相反（standards §3.2 顺序陷阱）。"""
    return str(6 - level)
