"""告诉持证人：签发、状态变化、快到期；站内信加短信，同一件事只说一次。"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.events.registry import EventView
from shilong.foundation.notify import services as notify
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import SYSTEM
from shilong.service.cases import services as cases
from shilong.service.licences.models import Licence, LicenceEvent, LicenceType, Notice
from shilong.service.licences.rules import validity
from shilong.service.licences.rules.states import MOVES, Act, State

# 动作 → 消息模板。换发作废不另说（新证签发已经说了），存量入库不说（持证人没有办事，成千上万条只会打扰）。
TEMPLATES = {
    Act.ISSUE: "licence_issued",
    Act.EXPIRE: "licence_expired",
    **dict.fromkeys((Act.SUSPEND, Act.RESUME, Act.REVOKE, Act.CANCEL), "licence_changed"),
}
CHUNK = 200


def tell(event: EventView) -> bool:
    """证照变化告诉持证人，返回这次是不是说了；重复投递无害。"""
    action = event.topic.removeprefix("licence.")
    template = TEMPLATES.get(Act(action)) if action in set(Act) else None
    if template is None:
        return False
    row = Licence.objects.get(uid=event.payload["uid"])
    entry = LicenceEvent.objects.get(licence=row, seq=event.payload["seq"])
    change = MOVES[Act(action)].name
    return _send(row, f"seq:{entry.seq}", template, change=change, reason=entry.reason, document_no=entry.document_no)


def remind_due() -> int:
    """有效期快满的提醒一次，返回提醒张数；提前几天由证照类型定，0 为不提醒。"""
    today, told = timezone.localdate(), 0
    for kind in LicenceType.objects.filter(remind_days__gt=0):
        last = today + timedelta(days=kind.remind_days)
        rows = Licence.objects.filter(type=kind, state=State.VALID, valid_end__range=(today, last))
        for uid in rows.order_by("valid_end").values_list("uid", flat=True).iterator(chunk_size=CHUNK):
            told += _remind(uid)
    return told


def _remind(uid: UUID) -> bool:
    row = Licence.objects.get(uid=uid)
    if row.valid_end is None or row.state != State.VALID:
        return False
    left = (row.valid_end - timezone.localdate()).days
    return _send(row, f"due:{row.valid_end}", "licence_expiring", days=left)


def _send(row: Licence, what: str, template: str, **values: object) -> bool:
    """记下“说过了”与发消息同一事务。已经说过的不再说。"""
    if Notice.objects.filter(licence=row, what=what).exists():
        return False
    account, mobile = _reach(row)
    context = {"name": row.name, "number": row.number, "until": validity.chinese(row.valid_end), "issuer": row.issuer_name, **values}
    with transaction.atomic():
        message = None
        if account or mobile:
            message = notify.send(template, context=context, account_id=account, mobile=mobile, subject_no=row.number[:40])
        Notice.objects.create(licence=row, what=what, message_id=message, at=timezone.now())
    return message is not None


def _reach(row: Licence) -> tuple[int | None, str]:
    """持证人的账号与手机：有账号用账号留的；没有账号而经办件取得的，用申请时留的手机。"""
    account = accounts.account_by_id_no(row.holder_code_type, row.holder_code)
    if account is not None:
        return account, accounts.applicant(account).mobile
    if row.case_no:
        return None, cases.reveal(row.case_no, "mobile", actor=SYSTEM, reason="告知持证人")
    return None, ""
