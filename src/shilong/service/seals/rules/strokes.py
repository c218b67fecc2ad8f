"""手写轨迹画成 SVG：只有数字与固定的标签，不含来自用户的文字，可以直接当图片给。"""

from collections.abc import Sequence
from itertools import pairwise

MARGIN = 8.0
INK = "#1b2a4a"
THIN, THICK = 1.6, 4.2  # 笔压 0 到 1 对应的线宽

Stroke = Sequence[Sequence[float]]


def svg(strokes: Sequence[Stroke]) -> bytes:
    """每笔若干 [x, y, 毫秒, 压力]；画布贴着笔迹，四周留一点边。没有笔画的是一张空图。"""
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    left, top = min(one[0] for one in points) - MARGIN, min(one[1] for one in points) - MARGIN
    width, height = max(one[0] for one in points) + MARGIN - left, max(one[1] for one in points) + MARGIN - top
    body = "".join(_stroke(stroke, left, top) for stroke in strokes if stroke)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" width="{width:.0f}" height="{height:.0f}">'
        f'<g fill="none" stroke="{INK}" stroke-linecap="round" stroke-linejoin="round">{body}</g></svg>'
    ).encode()


def _stroke(stroke: Stroke, left: float, top: float) -> str:
    """一笔：相邻两点的中点作折点，原来的点作控制点，线条圆顺；线宽取这一笔的平均笔压，点一下就是一个圆点。"""
    places = [(point[0] - left, point[1] - top) for point in stroke]
    pressure = sum(point[3] for point in stroke) / len(stroke)
    words = [f"M {places[0][0]:.1f} {places[0][1]:.1f}"]
    for (x, y), (after_x, after_y) in pairwise(places[1:]):
        words.append(f"Q {x:.1f} {y:.1f} {(x + after_x) / 2:.1f} {(y + after_y) / 2:.1f}")
    words.append(f"L {places[-1][0]:.1f} {places[-1][1]:.1f}")
    return f'<path d="{" ".join(words)}" stroke-width="{THIN + (THICK - THIN) * pressure:.1f}"/>'
