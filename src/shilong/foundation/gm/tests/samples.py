"""测试共用：一套三级证书链与常用输入。"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shilong.foundation.gm.certificates import Certificate, issue, self_signed
from shilong.foundation.gm.provider import KeyHandle, provider

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def named(common_name: str) -> dict[str, str]:
    return {"country_name": "CN", "organization_name": "石龙区某局", "common_name": common_name}


@dataclass(frozen=True)
class Chain:
    """根 → 签发机构 → 签章人。"""

    root: Certificate
    root_key: KeyHandle
    issuing: Certificate
    issuing_key: KeyHandle
    signer: Certificate
    signer_key: KeyHandle


def authority(name: str, parent: Certificate, parent_key: KeyHandle, **options) -> tuple[Certificate, KeyHandle]:
    key = provider().generate()
    options = {"not_before": START, "not_after": START + timedelta(days=3000), "ca": True, **options}
    return issue(subject=named(name), public_key=key.public, issuer_cert=parent, issuer_key=parent_key, **options), key


def holder(name: str, parent: Certificate, parent_key: KeyHandle, **options) -> tuple[Certificate, KeyHandle]:
    return authority(name, parent, parent_key, **{"ca": False, "not_after": START + timedelta(days=365), **options})


def root(name: str = "测试根") -> tuple[Certificate, KeyHandle]:
    key = provider().generate()
    return self_signed(subject=named(name), key=key, not_before=START, not_after=START + timedelta(days=9000)), key


def chain() -> Chain:
    top, top_key = root()
    issuing, issuing_key = authority("测试签发机构", top, top_key)
    signer, signer_key = holder("张三", issuing, issuing_key)
    return Chain(top, top_key, issuing, issuing_key, signer, signer_key)
