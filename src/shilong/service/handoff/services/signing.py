"""手机手写签名：轨迹、时间、设备存进这份申请，提交时成为办件的签名对象。"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.service.handoff.models import Handoff
from shilong.service.handoff.services.devices import actor_of, opened
from shilong.service.materials import services as drafts


def sign(uid: UUID | str, secret: str, strokes: Sequence[Any], device: Mapping[str, Any], *, ip: str = "") -> None:
    """收下签名，接力结束。

    参数：
        strokes: 笔画，每笔若干 {"x", "y", "time", "pressure"}。
        device: platform、screen、pointer；浏览器标识取领取时的。

    异常：
        HandoffUnusable、OtherDevice；TraceInvalid: 不像手写；SigningForbidden。
    """
    with transaction.atomic():
        row = opened(uid, secret, kind=Handoff.Kind.SIGN, lock=True)
        actor = actor_of(row, ip)
        drafts.sign(row.draft_id, strokes, {**device, "user_agent": row.user_agent}, actor=actor)
        row.done_at = timezone.now()
        row.save(update_fields=["done_at"])
