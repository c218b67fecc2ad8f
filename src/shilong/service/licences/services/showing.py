"""亮证：持证人出示 60 秒一次性的码，工作人员扫码查看；绑定持证人与用途，重放、过期都不认。"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.gm import sm3
from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Actor, require
from shilong.service.licences import guessing, journal, permissions, usage
from shilong.service.licences.models import Licence, ShowCode
from shilong.service.licences.refusals import CodeUnusable
from shilong.service.licences.rules.states import LIVE
from shilong.service.licences.services.sharing import department_name

SECONDS = 60
MAX_PURPOSE = 100


def show(uid: UUID | str, purpose: str, *, actor: Actor) -> tuple[str, datetime]:
    """出示一张自己的证照，返回（码，失效时间）；先前出示还没用的码作废。

    异常：
        OthersLicence: 不是自己的。Invalid: 没有写用途，或证照不是有效状态。
    """
    row = permissions.owned(uid, actor)
    why = purpose.replace("\x00", "").strip()
    if not why or len(why) > MAX_PURPOSE:
        raise Invalid("请写明给谁看、办什么事。", fields={"purpose": f"必填，不超过 {MAX_PURPOSE} 字"})
    if row.state not in LIVE:
        raise Invalid("这张证照现在不是有效状态，不能出示。")
    token, now = secrets.token_urlsafe(24), timezone.now()
    with transaction.atomic():
        ShowCode.objects.filter(licence=row, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
        ShowCode.objects.create(
            digest=_digest(token),
            licence=row,
            account_id=actor.account_id or 0,
            purpose=why,
            created_at=now,
            expires_at=now + timedelta(seconds=SECONDS),
        )
        audit.record("licence.show", actor=actor, object_type="licence", object_id=str(row.uid), detail={"purpose": why})
    return token, now + timedelta(seconds=SECONDS)


def redeem(token: str, *, actor: Actor) -> tuple[Licence, str]:
    """扫码查看，返回（证照，持证人写的用途）；记入用证日志。

    异常：
        NotSignedIn、NotAllowed: 只有窗口、审批人员能扫。
        CodeUnusable: 没有这个码、用过了、过了 60 秒。Guessing: 猜得太多。
    """
    found = known(token, actor=actor)
    with transaction.atomic():
        row = take(found, actor=actor)
        used = usage.Usage("show", found.purpose, "show", channel="qr")
        usage.record(row, used, actor, department_name=department_name(actor))
    return row, found.purpose


def known(token: str, *, actor: Actor) -> ShowCode:
    """认这个码，不用掉。不要放在事务里：猜错要记下来，不能随拒绝回滚。异常：同 `redeem`。"""
    require(actor, *permissions.USERS)
    source = f"show:{actor.account_id}"
    guessing.refuse_locked(source)
    found = ShowCode.objects.filter(digest=_digest(token)).select_related("licence").first()
    if found is None:
        guessing.failed(source)
        raise CodeUnusable(detail="不对")
    return found


def take(found: ShowCode, *, actor: Actor) -> Licence:
    """用掉这个码，返回锁住的证照；须在事务里，由调用处记用证日志。异常：CodeUnusable。"""
    now = timezone.now()
    unused = ShowCode.objects.filter(pk=found.pk, used_at__isnull=True, expires_at__gt=now)
    if not unused.update(used_at=now, used_by=actor.name):
        found.refresh_from_db()
        raise CodeUnusable(detail="已经用过" if found.used_at else "已经过了 60 秒")
    return journal.lock(found.licence.uid)


def _digest(token: str) -> str:
    return sm3(token[:100].encode()).hex()
