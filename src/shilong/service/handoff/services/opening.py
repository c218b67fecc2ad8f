"""电脑端：出码、作废。"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.gm import sm3
from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Actor
from shilong.service.handoff import rules
from shilong.service.handoff.models import Handoff
from shilong.service.materials import selectors as materials
from shilong.service.materials import services as drafts
from shilong.service.materials.refusals import NoSuchMaterial


@dataclass(frozen=True, slots=True)
class Ticket:
    """出好的码。`token` 只在这时见得到。"""

    uid: UUID
    token: str = field(repr=False)
    expires_at: datetime


def create(kind: str, draft_id: object, *, actor: Actor, session_key: str, material_code: str = "") -> Ticket:
    """给自己的一份材料（或一次签名）出码；同一份材料先前没用的码作废。

    参数：
        session_key: 出码的登录会话；它退出或超时，码随之失效。

    异常：
        DraftNotFound: 不是自己的草稿。NoSuchMaterial: 没有这份材料。
        SigningForbidden: 婚姻、收养、继承等事项不得用电子签名。
    """
    view = materials.draft(draft_id, actor)
    if kind == Handoff.Kind.SIGN:
        drafts.require_signable(view)
        title = view.item.name
    elif kind == Handoff.Kind.PHOTO:
        state = view.material(material_code)
        if state is None or state.view.generated:
            raise NoSuchMaterial
        title = state.view.name
    else:
        raise Invalid("不知道要做什么。")
    token, now = secrets.token_urlsafe(24), timezone.now()
    with transaction.atomic():
        open_ones = _live(actor).filter(draft_id=view.id, kind=kind, material_code=material_code)
        open_ones.update(revoked_at=now)
        row = Handoff.objects.create(
            kind=kind,
            digest=token_digest(token),
            account_id=actor.account_id or 0,
            agent_for=actor.agent_for,
            session_key=session_key,
            draft_id=view.id,
            material_code=material_code,
            title=title[:300],
            item_name=view.item.name[:200],
            created_at=now,
            expires_at=now + rules.WAITING,
        )
        audit.record(
            "handoff.create", actor=actor, object_type="draft", object_id=view.id, detail={"kind": kind, "material": material_code}
        )
    return Ticket(row.uid, token, row.expires_at)


def revoke(uid: UUID | str, *, actor: Actor) -> None:
    """电脑端作废；手机上立刻用不了。别人的、已经结束的都不动。"""
    _live(actor).filter(uid=uid).update(revoked_at=timezone.now())


def token_digest(token: str) -> str:
    """令牌与手机凭据都只存散列。"""
    return sm3(token.strip()[:100].encode()).hex()


def _live(actor: Actor) -> QuerySet[Handoff]:
    mine = Q(account_id=actor.account_id, agent_for=actor.agent_for)
    return Handoff.objects.filter(mine, revoked_at=None, done_at=None, expires_at__gt=timezone.now())
