"""材料库的规则。不碰数据库。"""

from collections.abc import Iterable
from datetime import date, timedelta

from shilong.foundation.gm import sm3

SOON = timedelta(days=30)
REUSED = ("licence", "library", "proof")  # 这几种来源的材料就是“少交了一份”
SOURCE_NAMES = {"licence": "电子证照", "library": "材料库", "proof": "我的证明"}


def expired(valid_until: date | None, today: date) -> bool:
    """有效期至当日为止（民法典第二百零三条：期间最后一日的截止时间为二十四时）；没写有效期的长期有效。"""
    return valid_until is not None and valid_until < today


def freshness(valid_until: date | None, today: date) -> str:
    """valid 有效、soon 三十日内到期、expired 已过期。"""
    if expired(valid_until, today):
        return "expired"
    return "soon" if valid_until is not None and valid_until - today <= SOON else "valid"


def content_digest(sha256s: Iterable[str]) -> str:
    """一份材料的内容摘要：各页 SHA-256 按次序连起来再取 SM3；页序不同算不同的材料。"""
    return sm3("\n".join(sha256s).encode()).hex()


def reused_sources(sources: Iterable[str]) -> str:
    """一份材料的各页取自哪里；全部都是复用来的才算少交，混了新上传的不算。没有复用为空串。"""
    found = list(sources)
    return found[0] if found and all(one in REUSED for one in found) else ""
