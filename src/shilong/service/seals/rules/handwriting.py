"""手写签名：哪些事项不得用；笔迹怎样画成图。"""

from collections.abc import Sequence

from shilong.service.cases.services.snapshots import in_person
from shilong.service.catalog.views import ItemView

# 电子签名法第三条第三款：涉及婚姻、收养、继承等人身关系的，涉及停止供水、供热、供气等公用事业服务的，不适用电子签名。
EXCLUDED = ("结婚", "离婚", "婚姻", "收养", "继承", "停止供水", "停止供热", "停止供气")


def signature_allowed(item: ItemView) -> bool:
    """这个事项能不能用电子签名。人身关系事项不能；依法须本人到场的也不能，签了名仍要到场，代替不了。"""
    return not in_person(item) and not any(word in item.name for word in EXCLUDED)


def svg(strokes: Sequence[Sequence[Sequence[float]]]) -> str:
    """笔迹的 SVG，裁到笔迹大小。

    参数：
        strokes: 每笔若干 [x, y, 毫秒, 压力]；压力大的地方笔画粗，取每笔的平均。
    """
    points = [point for stroke in strokes for point in stroke]
    pad = 6
    left, top = min(p[0] for p in points) - pad, min(p[1] for p in points) - pad
    width, height = max(p[0] for p in points) + pad - left, max(p[1] for p in points) + pad - top
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} {top:g} {width:g} {height:g}" '
        f'fill="none" stroke="#10213d" stroke-linecap="round" stroke-linejoin="round">{"".join(map(_path, strokes))}</svg>'
    )


def _path(stroke: Sequence[Sequence[float]]) -> str:
    pressure = sum(point[3] for point in stroke) / len(stroke)
    width = 2.2 + 2 * (pressure or 0.5)
    if len(stroke) == 1:
        x, y = stroke[0][:2]
        return f'<circle cx="{x:g}" cy="{y:g}" r="{width / 2:g}" fill="#10213d" stroke="none"/>'
    steps = " ".join(f"{point[0]:g} {point[1]:g}" for point in stroke)
    return f'<polyline points="{steps}" stroke-width="{width:g}"/>'
