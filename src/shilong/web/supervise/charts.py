"""把统计行变成 ECharts 配置。提示框用 richText 画在画布上：HTML 提示框要内联样式，与严格的 CSP 冲突。"""

from collections.abc import Mapping, Sequence
from typing import Any

from shilong.service.insight.selectors import Row
from shilong.service.ratings.selectors.board import Line

INK, INK_3, LINE = "#1b2533", "#5d6b82", "#e9edf4"
BLUES = ("#0b50ab", "#2b7de3", "#7db2f0", "#157347", "#c9971c", "#7a5fb5", "#8a97ab")
_FONT = {"fontFamily": '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif'}
_TIP = {"backgroundColor": "#fff", "borderColor": "#dfe5ee", "renderMode": "richText", "textStyle": {"color": INK, "fontSize": 12}}
_LEGEND = {"top": 0, "left": 0, "itemWidth": 10, "itemHeight": 10, "icon": "roundRect", "textStyle": {"color": "#46536a"}}


def trend(rows: Sequence[Row], labels: Sequence[str]) -> dict[str, Any]:
    """申请、办结柱，按时办结率线。"""
    rate = _axis("value", min=0, max=100, splitLine={"show": False}, axisLabel={"color": INK_3, "formatter": "{value}%"})
    return {
        **_base("axis"),
        "legend": _LEGEND,
        "grid": {"left": 44, "right": 48, "top": 36, "bottom": 28},
        "xAxis": _axis("category", data=list(labels)),
        "yAxis": [_axis("value", minInterval=1, axisLine={"show": False}), rate],
        "series": [
            {"name": "申请", "type": "bar", "color": "#a9cbf5", "data": [row.submitted for row in rows]},
            {"name": "办结", "type": "bar", "color": "#2b7de3", "data": [row.finished for row in rows]},
            _line("按时办结率", [row.on_time_rate for row in rows]),
        ],
    }


def ratings(lines: Sequence[Line]) -> dict[str, Any]:
    """主动评价与差评柱，好评率线。"""
    rate = _axis("value", min=0, max=100, splitLine={"show": False}, axisLabel={"color": INK_3, "formatter": "{value}%"})
    return {
        **_base("axis"),
        "legend": _LEGEND,
        "grid": {"left": 44, "right": 48, "top": 36, "bottom": 28},
        "xAxis": _axis("category", data=[line.name for line in lines]),
        "yAxis": [_axis("value", minInterval=1, axisLine={"show": False}), rate],
        "series": [
            {"name": "主动评价", "type": "bar", "color": "#a9cbf5", "data": [line.scores.active for line in lines]},
            {"name": "差评", "type": "bar", "color": "#c41e24", "data": [line.scores.bad for line in lines]},
            _line("好评率", [line.scores.good_rate for line in lines]),
        ],
    }


def departments(rows: Sequence[Row], names: Mapping[str, str]) -> dict[str, Any]:
    """各部门申请与办结，横向柱；最多的在上。"""
    shown = list(reversed(rows[:12]))
    return {
        **_base("axis"),
        "legend": _LEGEND,
        "grid": {"left": 8, "right": 28, "top": 36, "bottom": 8, "containLabel": True},
        "xAxis": _axis("value", minInterval=1),
        "yAxis": _axis("category", data=[names.get(row.key, row.key) for row in shown], splitLine={"show": False}),
        "series": [
            {"name": "申请", "type": "bar", "color": "#a9cbf5", "data": [row.submitted for row in shown]},
            {"name": "办结", "type": "bar", "color": "#0b50ab", "data": [row.finished for row in shown]},
        ],
    }


def pie(parts: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """构成；零的不画。"""
    data = [{"name": name, "value": value} for name, value in parts if value]
    series = {
        "type": "pie",
        "radius": ["45%", "70%"],
        "center": ["50%", "45%"],
        "label": {"formatter": "{b}\n{d}%", "color": INK, "overflow": "none"},
        "labelLine": {"length": 8, "length2": 6},
        "data": data,
    }
    return {**_base("item"), "color": list(BLUES), "legend": {**_LEGEND, "top": "auto", "bottom": 0, "left": "center"}, "series": [series]}


def _base(trigger: str) -> dict[str, Any]:
    return {"animation": False, "textStyle": _FONT, "tooltip": {**_TIP, "trigger": trigger}}


def _line(name: str, data: Sequence[float | None]) -> dict[str, Any]:
    style = {"width": 2}
    return {"name": name, "type": "line", "yAxisIndex": 1, "symbolSize": 6, "color": "#b54708", "lineStyle": style, "data": list(data)}


def _axis(kind: str, **extra: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "axisLine": {"lineStyle": {"color": "#c3cddc"}},
        "axisTick": {"show": False},
        "axisLabel": {"color": INK_3},
        "splitLine": {"lineStyle": {"color": LINE}},
        **extra,
    }
