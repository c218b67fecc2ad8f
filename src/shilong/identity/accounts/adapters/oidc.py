"""统一身份认证的配置：签发者、客户端、声明名与等级映射。"""

from dataclasses import dataclass, field
from typing import Any

import httpx

from shilong.foundation.adapters import selectors as adapters

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

    def level(self, claims: dict[str, Any]) -> int:
        """本地实名等级 0–4；映射出界的值按 0，不把配置错误当成高等级。"""
        if self.claim_level not in claims:
            return 0
        level = int(self.level_map.get(str(claims[self.claim_level]), self.default_level))
        return level if 0 <= level <= 4 else 0


def load() -> Provider | None:
    """读取配置；没有配置或停用时返回 None。"""
    values = adapters.config(KEY)
    return build(values) if values else None


def build(values: dict[str, Any]) -> Provider:
    """由配置字典造出；未知键忽略，空值用默认。"""
    known = {name: values[name] for name in Provider.__dataclass_fields__ if values.get(name) not in (None, "")}
    return Provider(**known)


def check(values: dict[str, Any]) -> str:
    """测试连接：取一次发现文档，返回 "ok" 或说明。"""
    provider = build(values)
    try:
        response = httpx.get(provider.issuer.rstrip("/") + "/.well-known/openid-configuration", timeout=provider.timeout)
        response.raise_for_status()
        found = response.json().get("issuer")
    except (httpx.HTTPError, ValueError):
        return "连不上签发者地址，请核对地址与网络。"
    return "ok" if found == provider.issuer else f"对方的签发者是 {found}，与填写的不一致。"
