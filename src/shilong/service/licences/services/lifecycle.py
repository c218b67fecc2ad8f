"""状态变更、下一版、过期。理由、文号、操作人、时间都要有（standards §4.5）。"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.licences import journal, permissions
from shilong.service.licences.models import Licence
from shilong.service.licences.refusals import FieldMissing, PendingVersion, ReasonMissing
from shilong.service.licences.rules import identifiers, validity
from shilong.service.licences.rules.states import LIVE, MOVES, Act, State, move

MIN_REASON, MAX_REASON, MAX_NUMBER = 4, 500, 100
CHUNK = 200
DIRECT = (Act.SUSPEND, Act.RESUME, Act.REVOKE, Act.CANCEL, Act.DISCARD)
NEXT = (Act.CHANGE, Act.RENEW, Act.REISSUE)


def act(uid: UUID | str, action: Act, *, actor: Actor, reason: str, document_no: str = "") -> Licence:
    """暂停、恢复、撤销、注销、作废草稿。

    参数：
        reason: 理由，4–500 字。
        document_no: 决定文书的文号；作废草稿可不填。

    异常：
        LicenceNotFound、NotSignedIn、NotAllowed。
        ReasonMissing: 没有理由或文号。
        NotPossible: 现在的状态不能这样做（409）。
    """
    if action not in DIRECT:
        raise ValueError(f"{action} 有单独的入口")
    with transaction.atomic():
        row = journal.lock(uid)
        permissions.require_act(actor, action, row)
        step = move(action, State(row.state))
        why, number = check_reason(reason, document_no, formal=step.formal)
        source, row.state = row.state, step.target or row.state
        row.revision += 1
        row.save(update_fields=["state", "revision"])
        journal.record(row, action, source, actor, reason=why, document_no=number)
    return row


def prepare_next(
    uid: UUID | str, action: Act, *, actor: Actor, reason: str, document_no: str = "", changes: Mapping[str, str] | None = None
) -> Licence:
    """变更、延续、补证：生成下一版待签发；签发时旧版作废。

    参数：
        changes: {照面项代码: 新值}，键 CZZT 改持证主体名称；补证、延续可不给。

    异常：
        同 `act`，另有 PendingVersion：上一次的还没签发。
    """
    if action not in NEXT:
        raise ValueError(f"{action} 不生成下一版")
    with transaction.atomic():
        row = journal.lock(uid)
        permissions.require_act(actor, action, row)
        move(action, State(row.state))
        why, number = check_reason(reason, document_no, formal=True)
        wanted = {key: str(value).replace("\x00", "").strip()[:500] for key, value in (changes or {}).items()}
        name = wanted.pop("CZZT", "") or row.holder_name
        known = {one["key"] for one in row.type.fields}
        if unknown := sorted(set(wanted) - known):
            raise FieldMissing(f"没有这些照面项：{'、'.join(unknown)}。")
        made = next_version(row, action, face={**json.loads(row.face or "{}"), **wanted}, created_by=actor.name)
        made.holder_name = name[:200]
        made.save(update_fields=["holder_name"])
        journal.record(made, "make", "", actor, reason=f"{MOVES[action].name}：{why}", document_no=number)
    return made


def next_version(row: Licence, action: Act, *, face: Mapping[str, str], **values: Any) -> Licence:
    """下一版，版本号加一，编号与流水不变。异常：PendingVersion。"""
    version = row.version + 1
    while Licence.objects.filter(type=row.type, serial=row.serial, version=version).exists():
        version += 1  # 作废过的草稿占着版本号，不重复用
    copied = ("department", "issuer_name", "issuer_code", "area_code", "holder_name", "holder_kind", "holder_code")
    made = Licence(
        identifier=identifiers.build(row.type_code, row.issuer_code, row.serial, version),
        type=row.type,
        type_code=row.type_code,
        name=row.type.name,
        number=row.number,
        serial=row.serial,
        version=version,
        previous=row,
        origin=action,
        face=json.dumps(dict(face), ensure_ascii=False),
        holder_code_type=row.holder_code_type,
        holder_index=row.holder_index,
        created_at=timezone.now(),
        **{name: getattr(row, name) for name in copied},
        **{"item_code": row.item_code, **values},
    )
    if action is not Act.RENEW:
        made.valid_start, made.valid_end = row.valid_start, row.valid_end
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        if Licence.objects.filter(previous=row, state=State.DRAFT).exists():
            raise PendingVersion from error
        raise
    return made


def expire_due(today: date | None = None) -> int:
    """把过了有效期的证照改为过期，返回张数；重复执行无害。"""
    day = today or timezone.localdate()
    done = 0
    while uids := list(Licence.objects.filter(state__in=sorted(LIVE), valid_end__lt=day).values_list("uid", flat=True)[:CHUNK]):
        for uid in uids:
            done += _expire(uid, day)
    return done


def _expire(uid: UUID | str, day: date) -> int:
    with transaction.atomic():
        row = journal.lock(uid)
        if row.state not in LIVE or row.valid_end is None or row.valid_end >= day:
            return 0
        source, row.state = row.state, State.EXPIRED
        row.revision += 1
        row.save(update_fields=["state", "revision"])
        journal.record(row, Act.EXPIRE, source, SYSTEM, reason=f"有效期至{validity.chinese(row.valid_end)}")
    return 1


def check_reason(reason: str, document_no: str, *, formal: bool) -> tuple[str, str]:
    """核对理由与文号，返回规范写法。异常：ReasonMissing。"""
    why, number = reason.replace("\x00", "").strip(), document_no.replace("\x00", "").strip()
    errors = {}
    if not MIN_REASON <= len(why) <= MAX_REASON:
        errors["reason"] = f"请写明理由，{MIN_REASON} 到 {MAX_REASON} 个字"
    if len(number) > MAX_NUMBER or (formal and not number):
        errors["document_no"] = f"请填写决定文书的文号，不超过 {MAX_NUMBER} 字"
    if errors:
        raise ReasonMissing(fields=errors)
    return why, number
