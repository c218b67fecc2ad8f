"""经办人手写签名：轨迹、时间、设备与 SM3 摘要，绑定办件与文书。单独一个对象，写下就不能改。

电子签名法第十三条要求签署后的改动能被发现：摘要把轨迹、时间、设备、文书摘要连在一起。
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.gm import hmac_sm3, sm3
from shilong.foundation.numbering import services as numbering
from shilong.foundation.refusals import NotAllowed, NotFound, NotSignedIn
from shilong.identity.roles.actor import Actor, Role
from shilong.service.cases import selectors as cases
from shilong.service.catalog import selectors as catalog
from shilong.service.seals import rules
from shilong.service.seals.models import PersonalSignature
from shilong.service.seals.refusals import SigningForbidden, TraceInvalid

MAX_STROKES, MIN_POINTS, MAX_POINTS = 200, 8, 20_000
MAX_COORDINATE = 10_000
DEVICE_KEYS = ("user_agent", "platform", "screen", "pointer")


@dataclass(frozen=True, slots=True)
class Handwriting:
    """手写的内容。

    属性：
        strokes: 笔画，每笔若干点，点是 {"x", "y", "time", "pressure"}；signature_pad 的 toData() 里每笔的 points。
        device: 设备信息，只留 user_agent、platform、screen、pointer。
    """

    strokes: Sequence[Sequence[Mapping[str, Any]]] = field(repr=False)
    device: Mapping[str, Any] = field(default_factory=dict)


def sign_by_hand(case_no: str, *, doc_type: str, doc_id: str, document: bytes, writing: Handwriting, actor: Actor, signer: str = "") -> str:
    """记下一次手写签名，返回签名编号。

    参数：
        document: 所签文书的内容，只留它的 SM3。
        signer: 窗口代办时当面签名的申请人；空为操作人自己签。

    异常：
        NotSignedIn: 没有登录。NotAllowed: 不是窗口而代收别人的签名。OthersCase: 不是自己的、也不在自己经办范围内的办件。
        SigningForbidden: 婚姻、收养、继承等事项（电子签名法第三条）。
        TraceInvalid: 轨迹不是手写得出来的样子。
    """
    if actor.account_id is None:
        raise NotSignedIn
    if signer and not actor.has(Role.WINDOW):
        raise NotAllowed("只有窗口可以当面收取申请人的签名。")
    view = cases.case(case_no, actor=actor)
    if not rules.signature_allowed(catalog.item(view.item_code)):
        raise SigningForbidden(item=view.item_name)
    trace = checked_trace(writing.strokes)
    device = {name: str(writing.device[name])[:200] for name in DEVICE_KEYS if writing.device.get(name)}
    with transaction.atomic():
        row = PersonalSignature(
            number=numbering.next_number("signature"),
            case_no=case_no,
            doc_type=doc_type[:32],
            doc_id=doc_id[:80],
            doc_hash=sm3(document).hex(),
            account_id=actor.account_id,
            signer_name=signer or actor.name,
            trace=trace,
            device=device,
            ip=actor.ip,
            signed_at=timezone.now(),
        )
        row.digest = _digest(row)
        row.save()
        audit.record("seal.handwriting", actor=actor, object_type="case", object_id=case_no, detail={"number": row.number, "doc": doc_id})
    return row.number


def check_handwriting(number: str, document: bytes) -> bool:
    """这次签名没有被改过，而且签的就是这份文书。异常：NotFound。"""
    row = PersonalSignature.objects.filter(number=number).first()
    if row is None:
        raise NotFound("没有这次签名。")
    return intact(row) and row.doc_hash == sm3(document).hex()


def intact(row: PersonalSignature) -> bool:
    """这次签名的各列没有被改过。"""
    return row.digest == _digest(row)


def _digest(row: PersonalSignature) -> str:
    """SM3-HMAC：只有本平台算得出，连轨迹带摘要一起换掉也会被发现。"""
    content = {
        "number": row.number,
        "case_no": row.case_no,
        "doc_type": row.doc_type,
        "doc_id": row.doc_id,
        "doc_hash": row.doc_hash,
        "account_id": row.account_id,
        "signer": row.signer_name,
        "trace": sm3(row.trace.encode()).hex(),
        "device": row.device,
        "at": _micros(row.signed_at),
    }
    return hmac_sm3(settings.AUDIT_KEY, json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hex()


def _micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000 + 0.5)


def checked_trace(strokes: Sequence[Sequence[Mapping[str, Any]]]) -> str:
    """轨迹换成落库的样子 [[[x, y, 毫秒, 压力]…]…]。异常：TraceInvalid: 不是手写得出来的样子。"""
    if not isinstance(strokes, list) or not 1 <= len(strokes) <= MAX_STROKES or not all(isinstance(one, list) for one in strokes):
        raise TraceInvalid
    points = [[_point(point) for point in stroke] for stroke in strokes]
    flat = [point for stroke in points for point in stroke]
    if not MIN_POINTS <= len(flat) <= MAX_POINTS:
        raise TraceInvalid("签名太短，请把姓名完整写一遍。" if len(flat) < MIN_POINTS else "签名的轨迹太长，请清除后重新书写。")
    if len({(point[0], point[1]) for point in flat}) < MIN_POINTS // 2:
        raise TraceInvalid("签名没有笔迹，请把姓名完整写一遍。")
    return json.dumps(points, separators=(",", ":"))


def _point(point: Mapping[str, Any]) -> list[float]:
    """[x, y, 时间毫秒, 压力]。"""
    try:
        values = [float(point["x"]), float(point["y"]), float(point.get("time", 0)), float(point.get("pressure", 0))]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TraceInvalid from None
    if not all(abs(value) <= MAX_COORDINATE for value in values[:2]) or not 0 <= values[2] <= 1e14 or not 0 <= values[3] <= 1:
        raise TraceInvalid
    return [round(value, 2) for value in values]
