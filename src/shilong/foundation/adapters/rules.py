"""一项配置的值合不合样子。纯函数；每一种不合都说清怎样改。"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from shilong.foundation.adapters.base import Adapter, Setting

LONGEST = 500
_email = EmailValidator()


def problems(adapter: Adapter, values: Mapping[str, Any]) -> dict[str, str]:
    """填了的项里写得不对的：配置项名到怎样改。没填的不算。"""
    found = {setting.name: problem(setting, str(values.get(setting.name) or "")) for setting in adapter.schema}
    return {name: text for name, text in found.items() if text}


def missing(adapter: Adapter, values: Mapping[str, Any]) -> dict[str, str]:
    """必填而没有填的项。"""
    return {s.name: f"请填写{s.label}。" for s in adapter.schema if s.required and values.get(s.name) in (None, "")}


def problem(setting: Setting, value: str) -> str:
    """一项的值哪里不对；没有问题返回空串。"""
    if not value:
        return ""
    if len(value) > LONGEST:
        return f"{setting.label}最多 {LONGEST} 个字。"
    if setting.choices:
        return "" if value in setting.choices else f"{setting.label}只能是：{'、'.join(setting.choices.values())}。"
    return _CHECKS[setting.kind](setting, value)


def _text(setting: Setting, value: str) -> str:
    return ""


def _url(setting: Setting, value: str) -> str:
    advice = f"{setting.label}写得不对，应为 http:// 或 https:// 开头的完整网址。"
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  端口不是数字时在这里报错
    except ValueError:
        return advice
    sound = parts.scheme in ("http", "https") and parts.hostname and not any(mark.isspace() for mark in value)
    return "" if sound else advice


def _port(setting: Setting, value: str) -> str:
    sound = value.isascii() and value.isdecimal() and len(value) <= 5 and 1 <= int(value) <= 65535
    return "" if sound else f"{setting.label}应为 1 到 65535 的数字，如 465、587、25。"


def _host(setting: Setting, value: str) -> str:
    return f"{setting.label}只填主机名或地址，如 mail.example.cn，不带协议、路径与空格。" if set(value) & set(" \t/\\@") else ""


def _mail(setting: Setting, value: str) -> str:
    try:
        _email(value)
    except ValidationError:
        return f"{setting.label}应是一个邮箱地址，如 notice@example.cn。"
    return ""


_CHECKS = {"text": _text, "url": _url, "port": _port, "host": _host, "email": _mail}
