"""手机端：凭码领取，之后凭设备凭据进来。"""

import secrets
from uuid import UUID

from django.utils import timezone

from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts import sessions
from shilong.identity.roles.actor import Actor
from shilong.service.handoff import rules
from shilong.service.handoff.models import Handoff
from shilong.service.handoff.refusals import HandoffUnusable, OtherDevice
from shilong.service.handoff.services.opening import token_digest
from shilong.service.licences import guessing

_WHY = {"done": "对应的事已经完成", "revoked": "已经作废", "expired": "已经过期"}


def claim(token: str, *, user_agent: str, ip: str, known: str = "") -> tuple[UUID, str]:
    """手机凭码领取这次接力，返回（编号，设备凭据）；第一台领走后别的设备再用不了。

    参数：
        known: 这台手机上已有的凭据；同一台手机重复扫同一个码接着用。

    异常：
        HandoffUnusable: 码不对、过期、作废、已完成，或出码的会话已退出。
        OtherDevice: 已被另一台手机领走。Guessing: 猜得太多。
    """
    source = f"handoff:{ip}"
    guessing.refuse_locked(source)
    row = Handoff.objects.filter(digest=token_digest(token)).first()
    if row is None:
        guessing.failed(source)
        raise HandoffUnusable(detail="不对")
    _require_live(row)
    if row.device:
        if known and row.device == token_digest(known):
            return row.uid, known
        raise OtherDevice
    secret, now = secrets.token_urlsafe(24), timezone.now()
    taken = Handoff.objects.filter(pk=row.pk, device="").update(
        device=token_digest(secret),
        user_agent=user_agent[:200],
        ip=ip[:45],
        opened_at=now,
        expires_at=now + rules.WORKING,
    )
    if not taken:
        raise OtherDevice
    return row.uid, secret


def opened(uid: UUID | str, secret: str, *, kind: str = "", lock: bool = False) -> Handoff:
    """手机带着凭据回来：还能用就给出这次接力。

    参数：
        kind: 要求是这一种；lock: 锁住这一行（须在事务里），同一次接力的动作一个一个来。

    异常：
        HandoffUnusable、OtherDevice。
    """
    rows = Handoff.objects.select_for_update() if lock else Handoff.objects.all()
    row = rows.filter(uid=uid).first()
    if row is None or (kind and row.kind != kind):
        raise HandoffUnusable(detail="不对")
    if not secret or row.device != token_digest(secret):
        raise OtherDevice
    _require_live(row)
    return row


def actor_of(row: Handoff, ip: str = "") -> Actor:
    """以出码人的身份办：账号停用、代办授权撤销的当场失效。"""
    return accounts.actor_on_behalf(row.account_id, row.agent_for, ip)


def state_of(row: Handoff) -> str:
    """见 `rules.state`；出码的会话没了也算作废。"""
    found = rules.state(opened=row.opened_at, done=row.done_at, revoked=row.revoked_at, expires=row.expires_at, now=timezone.now())
    return "revoked" if found in rules.LIVE and not sessions.alive(row.session_key) else found


def _require_live(row: Handoff) -> None:
    found = state_of(row)
    if found not in rules.LIVE:
        raise HandoffUnusable(detail=_WHY[found])
