"""市级电子证照平台：推送（up_lic_data 字段）、查询、获取、核验。JSON 报文，HMAC-SM3 签名。"""

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.utils import timezone

from shilong.foundation.adapters import selectors as adapters
from shilong.foundation.gm import hmac_sm3, sm3
from shilong.foundation.refusals import Invalid
from shilong.service.licences.faces import values
from shilong.service.licences.models import Licence
from shilong.service.licences.refusals import CauseMissing, CityUnavailable

KEY = "city_licence"
TIMEOUT = 10.0
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
    answer = _call("POST", "/up_lic_data", payload)
    if answer.get("code") != 0:
        raise Rejected(str(answer.get("message", "没有说明原因"))[:200])


def query(holder_code: str, use_cause: str, *, type_code: str = "", number: str = "") -> list[dict[str, Any]]:
    """从市平台按主体查证照。异常：CauseMissing、CityUnavailable。"""
    if not use_cause.strip() or len(use_cause) > 200:
        raise CauseMissing(fields={"use_cause": "必填，不超过 200 字"})
    body = {"holderCode": holder_code, "useCause": use_cause.strip(), "certTypeCode": type_code, "certNo": number}
    rows = _call("POST", "/licences/query", body).get("data")
    return rows if isinstance(rows, list) else []


def fetch(identifier: str, use_cause: str) -> dict[str, Any]:
    """从市平台取一张证照的全部要素。异常：同 `query`；Invalid: 市平台没有。"""
    answer = _call("POST", "/licences/fetch", {"certIdentifier": identifier, "useCause": use_cause.strip()})
    if not isinstance(answer.get("data"), dict):
        raise Invalid("市级平台没有这张证照。")
    return dict(answer["data"])


def check(identifier: str, digest: str = "") -> dict[str, Any]:
    """向市平台核验一张证照：状态与文件摘要是否一致。异常：CityUnavailable。"""
    answer = _call("POST", "/licences/verify", {"certIdentifier": identifier, "fileDigest": digest}).get("data")
    return answer if isinstance(answer, dict) else {}


def ping(config: Mapping[str, Any]) -> str:
    """试连：地址通、签名被认就是 ok。"""
    try:
        answer = _request(config, "POST", "/ping", {})
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return "接口地址写得不对，应为 http(s):// 开头的完整网址"
    except httpx.HTTPError as error:
        return f"连不上市级平台：{type(error).__name__}"
    if answer.status_code in (401, 403):
        return "市级平台不认签名，请核对应用标识与密钥"
    return "ok" if answer.status_code == 200 else f"市级平台返回 {answer.status_code}"


def _call(method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    config = adapters.config(KEY)
    if config is None:
        raise CityUnavailable(detail="还没有启用")
    try:
        answer = _request(config, method, path, body)
        data = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CityUnavailable(detail=type(error).__name__) from error
    except ValueError as error:
        raise CityUnavailable(detail="应答看不懂") from error
    if answer.status_code >= 500 or answer.status_code in (401, 403, 408, 425, 429):
        raise CityUnavailable(detail=f"返回 {answer.status_code}")
    return data if isinstance(data, dict) else {}


def _request(config: Mapping[str, Any], method: str, path: str, payload: Mapping[str, Any]) -> httpx.Response:
    url = str(config["url"]).rstrip("/") + path
    body = json.dumps(payload, ensure_ascii=False).encode()
    stamp, nonce = str(int(time.time())), secrets.token_hex(8)
    text = "\n".join((method, urlsplit(url).path, stamp, nonce, sm3(body).hex()))
    headers = {
        "Content-Type": "application/json",
        "X-App": str(config["app"]),
        "X-Timestamp": stamp,
        "X-Nonce": nonce,
        "X-Signature": hmac_sm3(str(config["secret"]).encode(), text.encode()).hex(),
    }
    return httpx.request(method, url, content=body, headers=headers, timeout=TIMEOUT)
