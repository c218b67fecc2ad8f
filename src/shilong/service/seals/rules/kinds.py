"""印章种类与可以盖章的文书种类。01–05 为通行的厂商码，11 起为本平台自定（PD，standards §5.3）。"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shilong.foundation.documents import rules as documents


class Shape(StrEnum):
    """章面形状。"""

    ROUND = "round"
    OVAL = "oval"
    SQUARE = "square"


@dataclass(frozen=True, slots=True)
class Kind:
    """一种印章。

    属性：
        code: 种类码，写进印章结构的 type。
        shape、width、height: 章面形状与实际尺寸，毫米。
        star: 中间是否有五角星。
        lower: 下方横排的字，空则不写（法定名称章）。
    """

    code: str
    name: str
    shape: Shape
    width: int
    height: int
    star: bool = False
    lower: str = ""


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("01", "法定名称章", Shape.ROUND, 42, 42, star=True),
        Kind("02", "财务专用章", Shape.ROUND, 38, 38, star=True, lower="财务专用章"),
        Kind("04", "合同专用章", Shape.ROUND, 40, 40, star=True, lower="合同专用章"),
        Kind("05", "名章", Shape.SQUARE, 20, 20),
        Kind("11", "行政审批专用章", Shape.ROUND, 40, 40, star=True, lower="行政审批专用章"),
        Kind("12", "受理专用章", Shape.ROUND, 40, 40, star=True, lower="受理专用章"),
        Kind("13", "勘验专用章", Shape.OVAL, 45, 30, lower="勘验专用章"),
        Kind("14", "骑缝章", Shape.ROUND, 40, 40, star=True, lower="骑缝专用章"),
    )
}

ALL_DOC_TYPES = "*"
DOC_TYPES: Mapping[str, str] = {
    "licence": "电子证照",
    **{kind.key: kind.name for kind in documents.KINDS.values()},
    "inspection": "现场勘验笔录",
    "other": "其他文件",
}


def doc_type_name(code: str) -> str:
    """文书种类的中文名；`*` 是全部文书，没登记的原样返回。"""
    return "全部文书" if code == ALL_DOC_TYPES else DOC_TYPES.get(code, code)
