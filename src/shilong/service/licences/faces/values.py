"""照面要素的值：标准项（GB/T 36903 缩写）加扩展项 KZ_*。"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from shilong.service.licences.models import Licence
from shilong.service.licences.rules import validity
from shilong.service.licences.rules.layouts import STANDARD

CODE_TYPES = {"001": "统一社会信用代码", "111": "公民身份号码"}
SAMPLE = {
    "ZZBH": "样证〔2026〕000001号",
    "ZZBS": "1.2.156.3005.2.（样例）",
    "CZZT": "平顶山市石龙区样例商店",
    "CZZTDM": "91410404TTTT000000",
    "CZZTDMLX": "统一社会信用代码",
    "ZZBFRQ": "2026年11月24日",
    "ZZYXQ": "2026年11月24日至2030年11月23日",
}


def of(row: Licence) -> dict[str, str]:
    """一张证照的照面值。"""
    return {
        "ZZMC": row.name,
        "ZZBH": row.number,
        "ZZBS": row.identifier,
        "CZZT": row.holder_name,
        "CZZTDM": row.holder_code,
        "CZZTDMLX": CODE_TYPES.get(row.holder_code_type, "其他"),
        "ZZBFJG": row.issuer_name,
        "ZZBFRQ": validity.chinese(row.issue_date),
        "ZZYXQ": validity.text(row.valid_start, row.valid_end),
        **extended(row),
    }


def extended(row: Licence) -> dict[str, str]:
    """扩展项。"""
    return {key: str(value) for key, value in json.loads(row.face or "{}").items()}


def sample(name: str, issuer: str, fields: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """样例预览用的值。"""
    return {**SAMPLE, "ZZMC": name, "ZZBFJG": issuer, **{one["key"]: f"（{one['label']}）" for one in fields}}


def keys(fields: Sequence[Mapping[str, Any]]) -> set[str]:
    """版式里能引用的要素。"""
    return set(STANDARD) | {one["key"] for one in fields}


def metadata(row: Licence) -> dict[str, str]:
    """元数据（GB/T 36903—2018 缩写）。有效期长期的起止留空。"""
    issued = timezone.localtime(row.issued_at) if row.issued_at else None
    return {
        "ZZMC": row.name,
        "ZZLXDM": row.type_code,
        "ZZBH": row.number,
        "ZZBS": row.identifier,
        "ZZBFJG": row.issuer_name,
        "ZZBFJGDM": row.issuer_code,
        "ZZBFRQ": row.issue_date.isoformat() if row.issue_date else "",
        "CZZT": row.holder_name,
        "CZZTDM": row.holder_code,
        "CZZTDMLX": CODE_TYPES.get(row.holder_code_type, "其他"),
        "CZZTDMLXDM": row.holder_code_type,
        "ZZYXQQSRQ": row.valid_start.isoformat() if row.valid_start and row.valid_end else "",
        "ZZYXQJZRQ": row.valid_end.isoformat() if row.valid_end else "",
        "ZZQZR": row.issued_by,
        "ZZQZSJ": f"{issued:%Y-%m-%d %H:%M:%S}" if issued else "",
        "ZZQZMC": row.seal_name,
        "CJSJ": f"{timezone.localtime(row.created_at):%Y-%m-%d %H:%M:%S}",
        **extended(row),
    }
