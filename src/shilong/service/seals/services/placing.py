"""盖在哪里：由页码与坐标得到章面位置；骑缝章按页切条，页多的分组各盖一枚，每条才看得清。"""

from collections.abc import Sequence
from dataclasses import dataclass

from shilong.foundation.documents.ofd import reader
from shilong.foundation.documents.ofd.refusals import BadOfd
from shilong.foundation.documents.ofd.signing import Stamp, straddle
from shilong.foundation.documents.ofd.structure import PageEntry

STRIPS = 20  # 一枚骑缝章最多切几条；40 毫米的章每条 2 毫米
EDGE_AT = 0.4  # 骑缝章上沿在页高的几分之几


@dataclass(frozen=True, slots=True)
class Placement:
    """章面左上角的位置，毫米。`page` 从 1 起，0 是最后一页；`edge` 另加骑缝章。"""

    page: int = 0
    x: float = 130
    y: float = 220
    edge: bool = False


def place(ofd: bytes, placement: Placement, *, width: float, height: float) -> list[Stamp]:
    """章面位置；文件读不出来返回空，由签章去说清楚并记日志。`width`、`height` 是章面尺寸。"""
    try:
        pages = reader.pages(ofd)
    except BadOfd:
        return []
    one = Stamp(placement.page or len(pages), placement.x, placement.y, width, height)
    return [one, *(_edges(pages, width) if placement.edge and len(pages) > 1 else [])]


def fit(page: int, x: float, y: float, size: float, *, width: float, height: float) -> Stamp:
    """章位是边长 `size` 的正方形，章面按实际宽高比放在正中。"""
    wide = size if width >= height else size * width / height
    high = wide * height / width
    return Stamp(page, x + (size - wide) / 2, y + (size - high) / 2, wide, high)


def straddles(ofd: bytes, size: float) -> list[Stamp]:
    """只有骑缝章的各条；只有一页的为空。异常：BadOfd。"""
    pages = reader.pages(ofd)
    return _edges(pages, size) if len(pages) > 1 else []


def _edges(pages: Sequence[PageEntry], size: float) -> list[Stamp]:
    """同样大小的页才能对齐；每组的最后不落单页。"""
    numbers = list(range(1, len(pages) + 1))
    groups = [numbers[start : start + STRIPS] for start in range(0, len(numbers), STRIPS)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    first = pages[0]
    return [stamp for group in groups for stamp in straddle(group, page_width=first.width, y=first.height * EDGE_AT, size=size)]
