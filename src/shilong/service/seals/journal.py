"""每一步留痕：印章履历与安全审计各记一次。"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.identity.roles.actor import Actor
from shilong.service.seals.models import Seal, SealEvent


def record(
    seal: Seal, step: str, actor: Actor, *, reason: str = "", document: str = "", application: str = "", at: datetime | None = None
) -> None:
    """记一步；与业务同一个事务。

    参数：
        step: 动作，如 apply、approve、activate；页面按它显示中文名。
        at: 生效时间，默认现在。
    """
    SealEvent.objects.create(
        seal=seal,
        at=at or timezone.now(),
        step=step,
        status=seal.status,
        version=seal.version,
        actor_id=actor.account_id,
        actor_name=actor.name,
        reason=reason,
        document=document,
        application=application,
    )
    detail: dict[str, Any] = {"reason": reason, "document": document, "application": application}
    kept = {name: value for name, value in detail.items() if value}
    audit.record(f"seal.{step}", actor=actor, object_type="seal", object_id=seal.seal_no, detail=kept)
