"""规则参数：缺省值、范围、中文名。改的是参数，不是代码（standards §3.5 中标 PD 的都在这里）。"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shilong.service.ratings.refusals import PolicyInvalid


@dataclass(frozen=True, slots=True)
class Parameter:
    """一个参数；`low`、`high` 为整数范围，含两端。"""

    key: str
    name: str
    default: int
    low: int
    high: int
    unit: str
    note: str = ""


PARAMETERS = (
    Parameter("default_days", "多少日未评记默认评价", 5, 1, 60, "日", "P04：自服务结束起，自然日"),
    Parameter("default_level", "默认评价的级别", 5, 1, 5, "级", "P04：一般为 5"),
    Parameter("default_counts", "默认评价计入对外公布的满意率", 0, 0, 1, "1 是 0 否", "两套指标都会算，这里定首选哪一套"),
    Parameter("token_days", "评价链接有效期", 30, 1, 180, "日", "P05"),
    Parameter("repeat_minutes", "同一人对同一窗口的重复评价间隔", 10, 0, 1440, "分钟", "P05"),
    Parameter("contact_days", "差评联系核实期限", 1, 1, 10, "工作日", "P07"),
    Parameter("rectify_days", "整改期限", 15, 1, 60, "工作日", "P07"),
    Parameter("prompt_minutes", "评价器弹出后多久不再弹", 5, 1, 60, "分钟", ""),
    Parameter("suspect_count", "同一人几日内几条差评起提示甄别", 3, 2, 50, "条", "只提示，不自动认定"),
    Parameter("suspect_days", "甄别提示看几日之内", 7, 1, 60, "日", ""),
    Parameter("alarm_days", "预警看最近几日", 7, 1, 31, "日", "与之前 4 倍长的时间比"),
    Parameter("alarm_least", "预警至少几条差评", 3, 1, 100, "条", ""),
)
DEFAULTS: dict[str, int] = {one.key: one.default for one in PARAMETERS}


def check(values: Mapping[str, Any]) -> dict[str, int]:
    """核对一组参数，缺的用缺省值。

    异常：
        PolicyInvalid: 不是整数或超出范围，`fields` 指出哪一项。
    """
    found, errors = dict(DEFAULTS), {}
    for one in PARAMETERS:
        raw = str(values.get(one.key, one.default)).strip()
        if not raw.isdecimal() or len(raw) > 6 or not one.low <= int(raw) <= one.high:
            errors[one.key] = f"请填 {one.low} 到 {one.high} 之间的整数"
            continue
        found[one.key] = int(raw)
    if errors:
        raise PolicyInvalid(fields=errors)
    return found
