"""统一身份认证的配置：签发者、客户端、声明名与等级映射。"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.conf import settings

from shilong.foundation.adapters import selectors as adapters
from shilong.foundation.adapters.base import Adapter, Setting

KEY = "oidc"


@dataclass(frozen=True, slots=True)
class Provider:
    """一个 OpenID 提供方。

    `level_map` 把对方的等级值（字符串）换算成本地 0–4；没列出的按 `default_level`。等级声明缺失视为 0。
    """

    issuer: str
    client_id: str
    client_secret: str
    label: str = "统一身份认证"
    scope: str = "openid profile"
    claim_name: str = "name"
    claim_id_no: str = "id_no"
    claim_mobile: str = "phone_number"
    claim_level: str = "realname_level"
    level_map: dict[str, int] = field(default_factory=lambda: {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4})
    default_level: int = 0
    timeout: float = 5.0

    def level(self, claims: Mapping[str, Any]) -> int:
        """本地实名等级 0–4；映射出界的值按 0，不把配置错误当成高等级。"""
        if self.claim_level not in claims:
            return 0
        level = int(self.level_map.get(str(claims[self.claim_level]), self.default_level))
        return level if 0 <= level <= 4 else 0


def load() -> Provider | None:
    """读取配置；没有配置或停用时返回 None。"""
    values = adapters.config(KEY)
    return build(values) if values else None


def build(values: Mapping[str, Any]) -> Provider:
    """由配置造出；未知键忽略，空值用默认。等级映射写作 `对方值=本地等级`，逗号分隔，如 `1=1,2=2,3=3`。"""
    known = {name: values[name] for name in Provider.__dataclass_fields__ if values.get(name) not in (None, "")}
    if isinstance(known.get("level_map"), str):
        known["level_map"] = _level_map(known["level_map"])
    return Provider(**known)


def _level_map(text: str) -> dict[str, int]:
    pairs = (part.split("=") for part in text.replace("，", ",").split(",") if part.strip())
    return {theirs.strip(): int(ours) for theirs, ours in pairs}


def check(values: Mapping[str, Any]) -> str:
    """试连：取一次发现文档，核对签发者；返回 "ok" 或一句怎样改的说明。"""
    try:
        provider = build(values)
    except ValueError:
        return "等级映射应写作“对方值=本地等级”，逗号分隔，如 1=1,2=2,3=3。"
    if settings.MODE == "production" and not provider.issuer.startswith("https://"):
        return "生产环境的签发者地址须为 https。"
    try:
        response = httpx.get(provider.issuer.rstrip("/") + "/.well-known/openid-configuration", timeout=provider.timeout)
        response.raise_for_status()
        found = response.json().get("issuer")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
        return "连不上签发者地址，请核对地址与网络。"
    return "ok" if found == provider.issuer else f"对方的签发者是 {found}，与填写的不一致。"


ADAPTER = Adapter(
    key=KEY,
    name="统一身份认证（OpenID Connect）",
    schema=(
        Setting("issuer", "签发者地址", required=True, kind="url", help="与对方发现文档里的 issuer 完全一致，生产环境须为 https。"),
        Setting("client_id", "客户端编号", required=True),
        Setting("client_secret", "客户端密钥", required=True, secret=True),
        Setting("label", "登录页入口名", help="默认“统一身份认证”。"),
        Setting("scope", "申请范围", help="默认 openid profile。"),
        Setting("claim_name", "姓名声明", help="默认 name。"),
        Setting("claim_id_no", "身份证号声明", help="默认 id_no。"),
        Setting("claim_mobile", "手机号声明", help="默认 phone_number。"),
        Setting("claim_level", "实名等级声明", help="默认 realname_level。"),
        Setting("level_map", "等级映射", help="对方值=本地等级（0–4），逗号分隔，如 1=1,2=2,3=3；没列出的按 0。"),
    ),
    check_config=check,
)
