"""共用的显示：级别、标签、渠道、环节的名字。"""

from collections.abc import Iterable

from shilong.foundation.codes import services as codes
from shilong.foundation.codes.tables import RATING_LEVEL, RATING_TAG

TONES = {5: "g", 4: "g", 3: "b", 2: "o", 1: "r"}
EXCLUDED = {"mistaken": "认定误评", "malicious": "认定恶意评价", "test": "测试件"}


def level_name(level: int) -> str:
    """级别的名字。"""
    return RATING_LEVEL.label(str(level))


def tag_names(tags: Iterable[str]) -> list[str]:
    """标签的文字。"""
    return [RATING_TAG.label(tag) for tag in tags]


def channel_name(pf: str) -> str:
    """渠道的名字。"""
    return codes.table("rating_channel").label(pf)


def node_name(node: str) -> str:
    """环节的名字。"""
    return codes.table("rating_node").label(node)
