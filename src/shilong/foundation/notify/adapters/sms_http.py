"""短信 HTTP 网关：JSON 报文，HMAC-SM3 签名（方法、路径、时间戳、随机数、报文摘要）。"""

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from shilong.foundation.adapters.base import Setting
from shilong.foundation.gm import hmac_sm3, sm3
from shilong.foundation.notify.adapters.base import Parcel, PermanentFailure, TemporaryFailure

TIMEOUT = 10.0
RETRYABLE = (408, 425, 429)
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, f"{TIMEOUT:.0f} 秒内没有连上，请核对地址与网络"),
    (httpx.TimeoutException, f"{TIMEOUT:.0f} 秒内没有应答"),
    (httpx.ConnectError, "对方没有应答或拒绝连接，请核对地址、端口与网络"),
    (httpx.UnsupportedProtocol, "发送地址应以 http:// 或 https:// 开头"),
    (httpx.ProxyError, "代理服务器不通"),
    (httpx.NetworkError, "连接中断"),
    (httpx.RemoteProtocolError, "对方的应答不合协议，请核对地址是不是短信网关"),
    (httpx.HTTPError, "网络出错"),
)


class SmsHttp:
    """通用短信网关。应答 200 `{"code": 0, "id": "回执号"}`；其他 code 视为网关拒收。"""

    key = "sms_http"
    name = "短信网关（HTTP）"
    schema = (
        Setting("url", "发送地址", required=True, kind="url", help="https:// 开头的完整网址"),
        Setting("app", "应用标识", required=True),
        Setting("secret", "签名密钥", required=True, secret=True),
    )

    def check_config(self, config: Mapping[str, Any]) -> str:
        """连得上、认得签名就算通：发一个空号码的探测，网关应拒收而不是报签名错误。"""
        missing = [item.label for item in self.schema if item.required and not config.get(item.name)]
        if missing:
            return f"没有填写：{'、'.join(missing)}"
        try:
            response = self._post(config, {"id": "probe", "probe": True})
        except (httpx.InvalidURL, UnicodeError, ValueError):
            return "发送地址写得不对，应为 https:// 开头的完整网址"
        except httpx.HTTPError as error:
            return f"连不上短信网关：{_reason(error)}"
        if response.status_code in (401, 403):
            return "网关不认签名，请核对应用标识与密钥"
        return "ok" if response.status_code < 500 else f"网关返回 {response.status_code}"

    def deliver(self, config: Mapping[str, Any], parcel: Parcel) -> str:
        try:
            response = self._post(config, {"id": parcel.number, "mobile": parcel.target, "content": parcel.text})
        except httpx.HTTPError as error:
            raise TemporaryFailure(f"连不上短信网关：{_reason(error)}") from None
        if response.status_code >= 500 or response.status_code in RETRYABLE:
            raise TemporaryFailure(f"短信网关返回 {response.status_code}")
        if response.status_code != 200:
            raise PermanentFailure(f"短信网关拒绝（{response.status_code}）：{response.text[:200]}")
        return _receipt(response)

    def _post(self, config: Mapping[str, Any], payload: Mapping[str, Any]) -> httpx.Response:
        body = json.dumps(payload, ensure_ascii=False).encode()
        stamp, nonce = str(int(time.time())), secrets.token_hex(8)
        text = "\n".join(("POST", urlsplit(config["url"]).path or "/", stamp, nonce, sm3(body).hex()))
        headers = {
            "Content-Type": "application/json",
            "X-App": config["app"],
            "X-Timestamp": stamp,
            "X-Nonce": nonce,
            "X-Signature": hmac_sm3(str(config["secret"]).encode(), text.encode()).hex(),
        }
        return httpx.post(config["url"], content=body, headers=headers, timeout=TIMEOUT)


def _reason(error: httpx.HTTPError) -> str:
    """连不上的原因，给管理员看的中文。"""
    return next(text for kind, text in _REASONS if isinstance(error, kind))


def _receipt(response: httpx.Response) -> str:
    try:
        answer = response.json()
        code = answer["code"]
    except (ValueError, KeyError, TypeError):
        raise TemporaryFailure("短信网关的应答看不懂") from None
    if code != 0:
        raise PermanentFailure(f"短信网关拒收：{answer.get('message', code)}")
    return str(answer.get("id", ""))[:80]
