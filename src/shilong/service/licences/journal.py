"""记一笔证照履历并发事件；状态与履历在同一事务里。"""

from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.events import services as events
from shilong.identity.roles.actor import Actor
from shilong.service.licences.models import Licence, LicenceEvent
from shilong.service.licences.refusals import LicenceNotFound

PUSHED = frozenset({"issue", "suspend", "resume", "revoke", "cancel", "expire", "supersede", "import"})


def lock(uid: UUID | str) -> Licence:
    """锁住一张证照，须在事务里。异常：LicenceNotFound。"""
    if not connection.in_atomic_block:
        raise RuntimeError("锁证照须在事务里")
    row = Licence.objects.select_for_update(of=("self",)).select_related("type").filter(uid=uid).first()
    if row is None:
        raise LicenceNotFound
    return row


def record(row: Licence, action: str, source: str, actor: Actor, *, reason: str = "", document_no: str = "") -> int:
    """追加履历、审计、事件，返回履历序号。"""
    seq = (row.history.aggregate(last=Max("seq"))["last"] or 0) + 1
    LicenceEvent.objects.create(
        licence=row,
        seq=seq,
        action=action,
        source=source,
        target=row.state,
        reason=reason,
        document_no=document_no,
        actor_id=actor.account_id,
        actor_name=actor.name,
        at=timezone.now(),
    )
    detail = {"number": row.number, "state": row.state, "reason": reason, "document_no": document_no}
    audit.record(f"licence.{action}", actor=actor, object_type="licence", object_id=str(row.uid), detail=detail)
    if action in PUSHED:
        events.emit(f"licence.{action}", key=str(row.uid), uid=str(row.uid), seq=seq, state=row.state)
    return seq
