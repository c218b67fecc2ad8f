"""制证：办件准予后生成待签发的证照。"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.gm.fields import blind_index
from shilong.foundation.numbering import services as numbering
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import SYSTEM
from shilong.service.cases import selectors as cases
from shilong.service.cases import services as case_services
from shilong.service.cases.selectors import CaseView
from shilong.service.licences import journal
from shilong.service.licences.models import Licence, LicenceType, TypeItem
from shilong.service.licences.rules import identifiers
from shilong.service.licences.rules.states import LIVE, Act, State
from shilong.service.licences.services.lifecycle import act, next_version

REASON = "准予决定后制证"
Effect = TypeItem.Effect


def make_for_case(case_no: str) -> Licence | None:
    """办件准予后制证，返回待签发的证照；不出电子证照的返回 None。

    同一办件同一类型只有一张：重复调用得到同一张。准予注销的事项不制证，注销原证。
    """
    view = cases.case(case_no, actor=SYSTEM)
    link = TypeItem.objects.select_related("type").filter(item_code=view.item_code).first()
    if view.result != "grant" or link is None or not link.type.active or not link.type.electronic:
        return None
    made = Licence.objects.filter(case_no=case_no, type=link.type).first()
    if made is not None:
        return made
    holder = _holder(case_no, view)
    current = _current(link.type, holder["holder_index"])
    if link.effect == Effect.CANCEL:
        _cancel(current, case_no)
        return None
    try:
        with transaction.atomic():
            return _make(link, view, holder, current)
    except IntegrityError:  # 两个工作进程同时处理同一事件：唯一约束挡住后到的
        return Licence.objects.get(case_no=case_no, type=link.type)


def face_of(fields: Sequence[Mapping[str, Any]], form: Mapping[str, Any]) -> dict[str, str]:
    """从申请表取照面项。`source` 用 `|` 分开几个字段，取第一个有值的；`=` 开头是固定文字。"""
    return {row["key"]: text for row in fields if (text := _source(row["source"], form))}


def draft(kind: LicenceType, holder: Mapping[str, str], **values: Any) -> Licence:
    """建一张待签发的证照并编号。"""
    issuer = organizations.department(values["department"])
    at = timezone.now()
    serial = numbering.next_number("licence", at=at, word=kind.code)
    year = f"{timezone.localtime(at):%Y}"
    row = Licence(
        identifier=identifiers.build(kind.code, issuer.code, serial, 1),
        type=kind,
        type_code=kind.code,
        name=kind.name,
        number=values.pop("number", "") or f"{kind.word}〔{year}〕{serial.removeprefix(year)}号",
        serial=serial,
        issuer_name=issuer.name,
        issuer_code=issuer.code,
        area_code=settings.REGION_CODE,
        created_at=at,
        **holder,
        **values,
    )
    row.save()
    return row


def _make(link: TypeItem, view: CaseView, holder: Mapping[str, str], current: Licence | None) -> Licence:
    face = face_of(link.type.fields, view.form)
    values = {"case_no": view.case_no, "item_code": view.item_code, "created_by": SYSTEM.name}
    if current is not None and link.effect in (Effect.CHANGE, Effect.RENEW):
        row = next_version(current, Act(link.effect), face={**json.loads(current.face or "{}"), **face}, **values)
        row.holder_name = holder["holder_name"]
        row.save(update_fields=["holder_name"])
    else:
        row = draft(link.type, holder, department=view.department, face=json.dumps(face, ensure_ascii=False), **values)
    journal.record(row, "make", "", SYSTEM, reason=REASON, document_no=view.case_no)
    return row


def _cancel(current: Licence | None, case_no: str) -> None:
    if current is not None and current.state in {*LIVE, State.EXPIRED}:
        act(current.uid, Act.CANCEL, actor=SYSTEM, reason="申请人申请注销并获准", document_no=case_no)


def _current(kind: LicenceType, index: str) -> Licence | None:
    """这个主体现在的那一张：有效的优先，其次是过期待延续的。"""
    rows = Licence.objects.filter(type=kind, holder_index=index, state__in=[*LIVE, State.EXPIRED])
    return rows.order_by("state", "-issue_date").first()


def _holder(case_no: str, view: CaseView) -> dict[str, str]:
    code = case_services.reveal(case_no, "id_no", actor=SYSTEM, reason=REASON)
    return {
        "holder_name": case_services.reveal(case_no, "name", actor=SYSTEM, reason=REASON),
        "holder_kind": view.applicant.kind,
        "holder_code": code,
        "holder_code_type": view.applicant.id_type,
        "holder_index": blind_index(code),
    }


def _source(source: str, form: Mapping[str, Any]) -> str:
    if source.startswith("="):
        return source[1:]
    return next((text for key in source.split("|") if (text := _text(form.get(key.strip())))), "")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(one) for one in value if isinstance(one, (str, int, float)))
    return "" if value is None or isinstance(value, dict) else str(value).strip()


__all__ = ["draft", "face_of", "make_for_case"]
