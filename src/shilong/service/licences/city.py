"""市级电子证照平台：推送（up_lic_data 字段）、查询、获取、核验。JSON 报文，HMAC-SM3 签名。"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from shilong.foundation.adapters import selectors as adapters
from shilong.foundation.adapters import signing
from shilong.foundation.refusals import Invalid
from shilong.service.licences.faces import values
from shilong.service.licences.models import Licence
from shilong.service.licences.refusals import CauseMissing, CityUnavailable

KEY = "city_licence"
HOLDER_TYPES = {"1": "自然人", "2": "企业法人"}


class Rejected(Exception):
    """市平台收到了但不收：重试没有用，要人看。"""


def enabled() -> bool:
    """有没有启用。"""
    return adapters.config(KEY) is not None


def up_lic_data(row: Licence, seq: int, operation: str) -> dict[str, Any]:
    """归集报文（standards §4.4）。`request_id` 是去重键：同一张证照同一次变化只算一次。"""
    data = values.metadata(row)
    return {
        "request_id": f"{row.identifier}#{seq}",
        "certificate_type": row.name,
        "certificate_type_code": row.type_code,
        "certificate_name": row.name,
        "certificate_number": row.number,
        "certificate_source_id": row.identifier,
        "certificate_holder": row.holder_name,
        "certificate_holder_code": row.holder_code,
        "certificate_holder_type": HOLDER_TYPES.get(row.holder_kind, "其他"),
        "certificate_area_code": row.area_code,
        "issue_dept": row.issuer_name,
        "issue_dept_code": row.issuer_code,
        "issue_date": data["ZZBFRQ"],
        "validate_start": data["ZZYXQQSRQ"],
        "validate_end": data["ZZYXQJZRQ"],
        "version": f"{row.version:03d}",
        "status": row.state,
        "operation": operation,
        "file_digest": row.ofd_digest,
        "extend_info": {key: text for key, text in data.items() if key.startswith("KZ_")},
        "sequence": seq,
        "pushed_at": timezone.localtime().isoformat(timespec="seconds"),
    }


def push(payload: Mapping[str, Any]) -> None:
    """推一条；对端按 request_id 去重，重推无害。

    异常：
        CityUnavailable: 连不上或对端出错，稍后再推。Rejected: 对端不收。
    """
    answer = _call("/up_lic_data", payload)
    if answer.get("code") != 0:
        raise Rejected(str(answer.get("message", "没有说明原因"))[:200])


def query(holder_code: str, use_cause: str, *, type_code: str = "", number: str = "") -> list[dict[str, Any]]:
    """从市平台按主体查证照。异常：CauseMissing、CityUnavailable。"""
    if not use_cause.strip() or len(use_cause) > 200:
        raise CauseMissing(fields={"use_cause": "必填，不超过 200 字"})
    body = {"holderCode": holder_code, "useCause": use_cause.strip(), "certTypeCode": type_code, "certNo": number}
    rows = _call("/licences/query", body).get("data")
    return rows if isinstance(rows, list) else []


def fetch(identifier: str, use_cause: str) -> dict[str, Any]:
    """从市平台取一张证照的全部要素。异常：同 `query`；Invalid: 市平台没有。"""
    answer = _call("/licences/fetch", {"certIdentifier": identifier, "useCause": use_cause.strip()})
    if not isinstance(answer.get("data"), dict):
        raise Invalid("市级平台没有这张证照。")
    return dict(answer["data"])


def check(identifier: str, digest: str = "") -> dict[str, Any]:
    """向市平台核验一张证照：状态与文件摘要是否一致。异常：CityUnavailable。"""
    answer = _call("/licences/verify", {"certIdentifier": identifier, "fileDigest": digest}).get("data")
    return answer if isinstance(answer, dict) else {}


def _call(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    config = adapters.config(KEY)
    if config is None:
        raise CityUnavailable(detail="还没有启用")
    try:
        return signing.post(config, path, body)
    except signing.PeerUnavailable as error:
        raise CityUnavailable(detail=str(error)) from error
