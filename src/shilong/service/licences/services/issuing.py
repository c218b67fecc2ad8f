"""签发：定日期、生成 OFD、盖章，都在一个事务里；签不成就什么都没有。PDF 副本见 `copies`。"""

import json
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.codes import masks
from shilong.foundation.gm import sm3
from shilong.foundation.refusals import Refused
from shilong.identity.roles.actor import Actor
from shilong.service.licences import journal, permissions, sealing, store
from shilong.service.licences.copies import verify_url
from shilong.service.licences.faces import ofd, values, xml
from shilong.service.licences.models import Licence
from shilong.service.licences.refusals import AlreadyValid, FieldMissing, PaperOnly
from shilong.service.licences.rules import identifiers, validity
from shilong.service.licences.rules.states import LIVE, Act, State, move


def issue(uid: UUID | str, *, actor: Actor, stamp: sealing.Stamp = sealing.stamp) -> Licence:
    """签发一张待签发的证照。

    参数：
        stamp: 盖章的办法，批量签发用 `sealing.stamp_in_bulk`。

    异常：
        LicenceNotFound、NotSignedIn、NotAllowed。
        NotPossible: 已经签发过或已作废（409）。
        PaperOnly、FieldMissing、AlreadyValid: 见各类的说明。
        印章房间的拒绝：没有可用的章，或没有用章权。
    """
    try:
        with transaction.atomic():
            row = journal.lock(uid)
            permissions.require_act(actor, Act.ISSUE, row)
            move(Act.ISSUE, State(row.state))
            _require_complete(row)
            _supersede(row, actor)
            _require_only(row)
            _date(row)
            row.state, row.issued_by = State.VALID, actor.name
            produce(row, actor=actor, stamp=stamp)
            journal.record(row, Act.ISSUE, State.DRAFT, actor, reason=_why(row), document_no=row.case_no)
    except IntegrityError as error:  # 同一主体同一类型的两张同时签发：唯一约束挡住后到的
        raise _already(row) from error
    return row


def issue_by_system(uid: UUID | str, *, actor: Actor) -> None:
    """自动签发；签不成把原因记在证照上，等人处理。"""
    try:
        issue(uid, actor=actor)
    except Refused as refusal:
        Licence.objects.filter(uid=uid, state=State.DRAFT).update(problem=refusal.text[:300])


def produce_missing(uid: UUID | str, *, actor: Actor, stamp: sealing.Stamp = sealing.stamp) -> Licence:
    """给存量导入的有效证照补制电子文件；已有文件的原样返回。

    异常：
        LicenceNotFound、NotAllowed；NotPossible：不是有效的证照。
    """
    with transaction.atomic():
        row = journal.lock(uid)
        permissions.require_act(actor, Act.ISSUE, row)
        if row.ofd_digest:
            return row
        if row.state != State.VALID:
            move(Act.SUSPEND, State(row.state))  # 借这一步的来源状态说明“现在是什么”
        produce(row, actor=actor, stamp=stamp)
        journal.record(row, "produce", row.state, actor, reason="补制电子证照")
    return row


def produce(row: Licence, *, actor: Actor, stamp: sealing.Stamp) -> None:
    """生成文件并写上摘要，保存本行。须在事务里、已锁住。"""
    if not row.type.electronic:
        raise PaperOnly(name=row.name)
    at = timezone.now()
    code = identifiers.new_code()
    seal = sealing.seal_for(row)
    row.issued_at, row.seal_name = row.issued_at or at, seal.name
    row.code, row.code_digest = code, sm3(code.encode()).hex()
    face = values.of(row)
    plain = ofd.compose(row.type.template, face, verify_url=verify_url(code), at=at, metadata=xml.dump(values.metadata(row)))
    original = stamp(plain, row, seal, actor=actor)
    row.ofd_digest = store.save(row, "ofd", original)
    row.pdf_digest = ""
    row.problem = ""
    row.revision += 1
    row.save()


def _require_complete(row: Licence) -> None:
    face = json.loads(row.face or "{}")
    missing = [one["label"] for one in row.type.fields if one["required"] and not face.get(one["key"])]
    if missing:
        raise FieldMissing(labels="、".join(missing))


def _supersede(row: Licence, actor: Actor) -> None:
    """签发新版，旧版作废。"""
    if row.previous_id is None:
        return
    old = Licence.objects.select_for_update().get(pk=row.previous_id)
    source = State(old.state)
    old.state = move(Act.SUPERSEDE, source).target or old.state
    old.revision += 1
    old.save(update_fields=["state", "revision"])
    journal.record(old, Act.SUPERSEDE, source, actor, reason=f"{_why(row)}，由第 {row.version} 版取代", document_no=row.case_no)


def _require_only(row: Licence) -> None:
    rival = Licence.objects.filter(type=row.type, holder_index=row.holder_index, state__in=sorted(LIVE)).exclude(pk=row.pk).first()
    if rival is not None:
        raise _already(rival)


def _already(row: Licence) -> AlreadyValid:
    name = masks.mask_name(row.holder_name) if row.holder_kind == "1" else row.holder_name
    return AlreadyValid(holder=name, name=row.name, number=row.number)


def _date(row: Licence) -> None:
    today = timezone.localdate()
    row.issue_date = today
    if row.origin == Act.RENEW and row.previous is not None:
        row.valid_start, row.valid_end = validity.renewed(row.type.validity, row.previous.valid_end, today)
    elif row.valid_start is None:
        row.valid_start, row.valid_end = today, validity.end_of(row.type.validity, today)


def _why(row: Licence) -> str:
    names = {Act.CHANGE: "变更", Act.RENEW: "延续", Act.REISSUE: "补证"}
    return names.get(row.origin, "新发")  # type: ignore[call-overload]
