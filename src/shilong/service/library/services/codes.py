"""出示码：本人出码，窗口扫码调用。五分钟有效、一次性、可撤销；重放、过期、撤销、越权都不认，也都留痕。"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.files import services as file_services
from shilong.foundation.gm import sm3
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Refused
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor, require
from shilong.service.catalog.views import ItemView
from shilong.service.library import permissions, rules, usage
from shilong.service.library.models import Paper, PaperCode, PaperUse
from shilong.service.library.refusals import CodeUnusable, NotTheApplicant, PaperExpired, PaperInvalid, PaperNotFound
from shilong.service.licences import guessing

T = TypeVar("T")
SECONDS = 300
MAX_PURPOSE = 100
OPEN_FOR = timedelta(minutes=15)  # 扫码后工作人员能查看多久
PREFIX = "SLZM-"  # 扫码枪扫进来的是这串文字；带前缀好与办件编号、证照码区分


def show(uid: UUID | str, purpose: str, *, actor: Actor) -> tuple[str, datetime]:
    """出示一份自己的证明，返回（码，失效时间）；先前没用的码作废。

    异常：
        PaperNotFound: 不是自己的。PaperInvalid: 没写用途。PaperExpired: 证明过期。
    """
    row = permissions.owned(uid, actor)
    why = purpose.replace("\x00", "").strip()
    if not why or len(why) > MAX_PURPOSE:
        raise PaperInvalid(fields={"purpose": f"请写明办什么事，不超过 {MAX_PURPOSE} 字"})
    _require_valid(row)
    token, now = PREFIX + secrets.token_urlsafe(18), timezone.now()
    until = now + timedelta(seconds=SECONDS)
    with transaction.atomic():
        _open_codes(row).update(revoked_at=now)
        PaperCode.objects.create(
            digest=_digest(token), paper=row, account_id=actor.account_id or 0, purpose=why, created_at=now, expires_at=until
        )
        audit.record("library.show", actor=actor, object_type="paper", object_id=str(row.uid), detail={"purpose": why})
    return token, until


def revoke(uid: UUID | str, *, actor: Actor) -> int:
    """作废这份证明所有没用的码，返回作废了几个。异常：PaperNotFound。"""
    return _open_codes(permissions.owned(uid, actor)).update(revoked_at=timezone.now())


def redeem(token: str, *, actor: Actor) -> UUID:
    """窗口扫码调用，返回使用记录编号；凭它在十五分钟内查看内容。

    异常：
        NotSignedIn、NotAllowed: 只有窗口、审批人员能扫。
        CodeUnusable: 没有这个码、用过、过期、撤销。PaperExpired: 证明过期。Guessing: 猜得太多。
    """
    return _spend(token, actor, lambda row, code: _record(row, "scan", code.purpose, actor))


def attach(token: str, profile: ApplicantProfile, item: ItemView, *, actor: Actor) -> list[UUID]:
    """窗口收件时扫码，取一份内容放进申请；返回归操作人的文件编号。

    异常：
        同 `redeem`；NotTheApplicant: 是别人的证明（码不算用掉，但记一笔被拒绝）。
    """

    def take(row: Paper, code: PaperCode) -> list[UUID]:
        _record(row, "attach", f"收取“{item.name}”的材料", actor, item.code)
        return [file_services.copy(one, owner_id=actor.account_id).pk for one in row.file_ids]

    return _spend(token, actor, take, holder=blind_index(profile.id_no), item_code=item.code)


def check_original(use_uid: UUID | str, *, actor: Actor) -> None:
    """扫码之后当面核对了原件：记为“窗口核过原件”。异常：PaperNotFound（不是自己刚扫的，或本人已删）。"""
    require(actor, *permissions.SCANNERS)
    used = fresh_use(use_uid, actor)
    with transaction.atomic():
        row = Paper.objects.select_for_update().filter(uid=used.paper_uid).first()
        if row is None:
            raise PaperNotFound
        row.checked, row.checked_at = Paper.Checked.WINDOW, timezone.now()
        record = usage.record(row, "check", "当面核对原件", actor)
        row.checked_by = f"{record.department_name} {actor.name}".strip()[:160]
        row.save(update_fields=["checked", "checked_by", "checked_at"])
        audit.record("library.check", actor=actor, object_type="paper", object_id=str(row.uid), detail={"way": "window"})


def fresh_use(use_uid: UUID | str, actor: Actor) -> PaperUse:
    """自己十五分钟内扫到的那一次。异常：PaperNotFound。"""
    try:
        known = PaperUse.objects.filter(uid=UUID(str(use_uid)), user_id=actor.account_id, action="scan", result="ok")
    except ValueError as error:
        raise PaperNotFound from error
    found = known.filter(at__gt=timezone.now() - OPEN_FOR).first()
    if found is None:
        raise PaperNotFound("这次查看已经结束，请申请人重新出示。")
    return found


def _spend(token: str, actor: Actor, use: Callable[[Paper, PaperCode], T], *, holder: str = "", item_code: str = "") -> T:
    require(actor, *permissions.SCANNERS)
    source = f"paper:{actor.account_id}"
    guessing.refuse_locked(source)
    code = PaperCode.objects.select_related("paper").filter(digest=_digest(token)).first()
    if code is None:
        guessing.failed(source)
        raise CodeUnusable(detail="不对")
    row, now = code.paper, timezone.now()
    refusal = _refusal(code, now, holder)
    if refusal is None:
        with transaction.atomic():
            usable = PaperCode.objects.filter(pk=code.pk, used_at=None, revoked_at=None, expires_at__gt=now)
            if usable.update(used_at=now):
                return use(row, code)
        refusal = CodeUnusable(detail="已经用过")
    usage.record(row, "scan", code.purpose, actor, item_code=item_code, result="denied")
    raise refusal


def _refusal(code: PaperCode, now: datetime, holder: str) -> Refused | None:
    """为什么不认；认的为 None。过期的证明也在这里拦下，码不算用掉。"""
    if code.used_at or code.revoked_at or code.expires_at <= now:
        return CodeUnusable(detail="已经用过" if code.used_at else "已被本人作废" if code.revoked_at else "已经过期")
    if holder and code.paper.holder_index != holder:
        return NotTheApplicant()
    if rules.expired(code.paper.valid_until, timezone.localdate()):
        return PaperExpired(name=code.paper.name, until=code.paper.valid_until)
    return None


def _record(row: Paper, action: str, cause: str, actor: Actor, item_code: str = "") -> UUID:
    Paper.objects.filter(pk=row.pk).update(times=F("times") + 1)
    return usage.record(row, action, cause, actor, item_code=item_code).uid


def _require_valid(row: Paper) -> None:
    if rules.expired(row.valid_until, timezone.localdate()):
        raise PaperExpired(name=row.name, until=row.valid_until)


def _open_codes(row: Paper) -> QuerySet[PaperCode]:
    return row.codes.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now())


def _digest(token: str) -> str:
    return sm3(token.strip()[:100].encode()).hex()
