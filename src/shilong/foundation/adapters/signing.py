"""带签名的 JSON 报文：发出去的签名，收进来的验签。HMAC-SM3，含时间戳与一次性随机数，防篡改、防重放。

签名串：方法、路径、时间戳、随机数、正文 SM3 摘要，换行相连。
"""

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.core.cache import cache

from shilong.foundation.adapters.base import Setting
from shilong.foundation.gm import hmac_sm3, sm3
from shilong.foundation.refusals import Refused

TIMEOUT = 10.0
SKEW = 300  # 秒；两边时钟差得再多就不认


class PeerUnavailable(Exception):
    """连不上对端，或对端出错、不认签名：稍后再试。文字给运维看，不含报文。"""


class BadSignature(Refused):
    """签名、时间戳或随机数不对（401）。"""

    code = "bad_signature"
    message = "签名验证没有通过：{reason}。"
    status = 401


def settings(url_help: str) -> tuple[Setting, ...]:
    """这类对端都要配的三项。"""
    return (
        Setting("url", "接口地址", required=True, help=url_help, kind="url"),
        Setting("app", "应用标识", required=True),
        Setting("secret", "签名密钥", required=True, secret=True),
    )


def request(
    config: Mapping[str, Any],
    method: str,
    path: str,
    payload: Mapping[str, Any],
    *,
    timeout: float = TIMEOUT,
    headers: Mapping[str, str] = {},
) -> httpx.Response:
    """签名后发一次，应答原样返回。异常：httpx 的各种网络错误。"""
    url = str(config["url"]).rstrip("/") + path
    body = json.dumps(payload, ensure_ascii=False).encode()
    stamp, nonce = str(int(time.time())), secrets.token_hex(8)
    signed = {
        "Content-Type": "application/json",
        "X-App": str(config["app"]),
        "X-Timestamp": stamp,
        "X-Nonce": nonce,
        "X-Signature": sign(str(config["secret"]), method, urlsplit(url).path, stamp, nonce, body),
    }
    return httpx.request(method, url, content=body, headers={**headers, **signed}, timeout=timeout)


def post(config: Mapping[str, Any], path: str, payload: Mapping[str, Any], *, timeout: float = TIMEOUT) -> dict[str, Any]:
    """签名后 POST，返回应答对象。

    异常：
        PeerUnavailable: 连不上、对端 5xx、不认签名、应答看不懂。
    """
    try:
        answer = request(config, "POST", path, payload, timeout=timeout)
        data = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PeerUnavailable(type(error).__name__) from error
    except ValueError as error:
        raise PeerUnavailable("应答看不懂") from error
    if answer.status_code >= 500 or answer.status_code in (401, 403, 408, 425, 429):
        raise PeerUnavailable(f"返回 {answer.status_code}")
    return data if isinstance(data, dict) else {}


def check(schema: tuple[Setting, ...], config: Mapping[str, Any]) -> str:
    """试连 `/ping`：地址通、签名被认就是 ok。"""
    missing = [one.label for one in schema if one.required and not config.get(one.name)]
    if missing:
        return f"没有填写：{'、'.join(missing)}"
    try:
        answer = request(config, "POST", "/ping", {})
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return "接口地址写得不对，应为 http(s):// 开头的完整网址"
    except httpx.HTTPError as error:
        return f"连不上对端：{type(error).__name__}"
    if answer.status_code in (401, 403):
        return "对端不认签名，请核对应用标识与密钥"
    return "ok" if answer.status_code == 200 else f"对端返回 {answer.status_code}"


def sign(secret: str, method: str, path: str, stamp: str, nonce: str, body: bytes) -> str:
    """签名值，十六进制。"""
    text = "\n".join((method, path, stamp, nonce, sm3(body).hex()))
    return hmac_sm3(secret.encode(), text.encode()).hex()


def verify(config: Mapping[str, Any], headers: Mapping[str, str], method: str, path: str, body: bytes) -> None:
    """验收到的报文；随机数十分钟内只认一次。

    异常：
        BadSignature: 应用标识、时间戳、签名不对，或重放。
    """
    stamp, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
    if headers.get("X-App", "") != str(config["app"]):
        raise BadSignature(reason="应用标识不对")
    if not stamp.isdecimal() or len(stamp) > 12 or abs(time.time() - int(stamp)) > SKEW:
        raise BadSignature(reason="时间戳不对，请校准时钟")
    expected = sign(str(config["secret"]), method, path, stamp, nonce, body)
    if not secrets.compare_digest(expected, headers.get("X-Signature", "")):
        raise BadSignature(reason="签名不对")
    if not 8 <= len(nonce) <= 64 or not cache.add(f"nonce:{config['app']}:{sm3(nonce.encode()).hex()}", 1, 2 * SKEW):
        raise BadSignature(reason="请求重放")
