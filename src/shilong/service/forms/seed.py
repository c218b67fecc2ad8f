"""内置申请表：专用表在 data/*.json，其余事项用标准表。"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from shilong.service.forms import services
from shilong.service.forms.defaults import BOTH, CORP, PERSON, audience, standard_form

DATA = Path(__file__).parent / "data"
AUDIENCES = {PERSON: (["1"], "个人"), CORP: (["2"], "单位"), BOTH: (["1", "2"], "个人或单位")}
TYPES = {"01": "行政许可", "05": "行政给付", "07": "行政确认", "10": "其他行政权力", "20": "公共服务"}
OTHER = "20"  # 没有单列的类型用公共服务的表


def form_code_for(item_code: str, task_type: str, server_types: Iterable[str]) -> str:
    """事项该用哪份表：有专用表用 `F-<业务办理项编码>`，否则 `STD-<类型>-<person|corp|both>`。"""
    if item_code in _special():
        return f"F-{item_code}"
    return f"STD-{task_type if task_type in TYPES else OTHER}-{audience(server_types)}"


def purpose(code: str) -> str:
    """这份表给谁用，给管理员看：标准表说明事项类型与服务对象，专用表说明业务办理项编码。"""
    kind, _, who = code.removeprefix("STD-").partition("-")
    if code.startswith("STD-") and who in AUDIENCES:
        return f"标准表：{TYPES.get(kind, TYPES[OTHER])}，{AUDIENCES[who][1]}"
    return f"专用表：{code.removeprefix('F-')}" if code.startswith("F-") else f"自建表：{code}"


def seed_forms() -> int:
    """装入全部内置表；已有的不动（管理员可能已经改过）。返回新建份数。"""
    created = 0
    for code, row in _special().items():
        created += services.install(f"F-{code}", row["title"], row["definition"])
    for kind, name in TYPES.items():
        for who, (server_types, label) in AUDIENCES.items():
            created += services.install(f"STD-{kind}-{who}", f"{name}标准申请表（{label}）", standard_form(kind, server_types))
    return created


@cache
def _special() -> dict[str, dict[str, Any]]:
    rows = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.json")))
    return {row["item_code"]: row for row in rows}
