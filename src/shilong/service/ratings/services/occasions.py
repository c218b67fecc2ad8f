"""可评的服务：由办件的步骤、叫号结束产生；评价链接也在这里发。"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.documents.services import site_url
from shilong.foundation.events import services as events
from shilong.foundation.gm import sm3
from shilong.foundation.notify import services as notify
from shilong.foundation.numbering import services as numbering
from shilong.identity.organizations import selectors as organizations
from shilong.service.cases.selectors import served as cases
from shilong.service.cases.selectors.served import Served, Step
from shilong.service.ratings.models import Occasion, Token
from shilong.service.ratings.refusals import ServiceNotFound
from shilong.service.ratings.services import policies

DONE, ONSITE = "6", "9"
NODES: Mapping[str, str] = {
    "submit": "2",
    "receive": "2",
    "accept": "3",
    "auto_accept": "3",
    "resubmit": "4",
    "decide": DONE,
    "reject": DONE,
    "deliver": DONE,
}
ENDS = ("decide", "reject")
AGAIN = timedelta(minutes=30)  # 同一窗口这么短的时间里办结又叫号结束，算一次服务


def open_onsite(
    window: str,
    staff: int | str | None,
    case_no: str | None = None,
    *,
    source: str = "",
    at: datetime | None = None,
) -> Occasion:
    """一次现场服务结束，请窗口的评价器弹出评价（现场“一次一评”）。重复调用同一 `source` 只算一次。

    参数：
        window: 窗口名，与人员任职、评价器登记的写法一致，如“03 号窗口”。
        staff: 窗口人员的账号主键；不是数字的当作姓名或工号只作显示。
        case_no: 有办件的给出，评价就记在它的办结环节，不另记一次。
        source: 去重键，如 `queueing:事件号`；不给就每次都是新的一次。
        at: 服务结束的时刻，默认现在。
    """
    moment = at or timezone.now()
    account_id, name, department, department_name = _staff(staff)
    case = cases.served(case_no) if case_no else None
    with transaction.atomic():
        if case is not None and (row := _recent(case.case_no, window, moment)) is not None:
            return _prompt(row, window, account_id, name, moment)
        fields: dict[str, Any] = {"department": department, "department_name": department_name}
        key = source or f"onsite:{secrets.token_hex(12)}"
        if case is not None:
            return _prompt(_open(f"case:{case.case_no}:{ONSITE}:{key}"[:100], ONSITE, moment, case=case), window, account_id, name, moment)
        return _prompt(_open(key[:100], ONSITE, moment, **fields), window, account_id, name, moment)


def from_step(event_id: int) -> Occasion | None:
    """办件的一步发生后：办结的一定要评；其他环节只在窗口当面办的才弹评价器，网上办的想评时再建。"""
    step = cases.step(event_id)
    if step is None or step.action not in NODES:
        return None
    return from_known_step(step)


def from_known_step(step: Step) -> Occasion | None:
    """同上，步骤已取到。"""
    node = NODES[step.action]
    window = _window_of(step.actor_id)
    if not window and (node != DONE or step.action == "deliver"):
        return None
    with transaction.atomic():
        row = open_node(step.case, node, step.at, required=node == DONE)
        if row.staff_id is None and row.rated == 0:
            row.staff_id, row.staff_name = step.actor_id, step.actor_name
            row.save(update_fields=["staff_id", "staff_name"])
        return _prompt(row, window, step.actor_id, step.actor_name, step.at) if window else row


def open_node(case: Served, node: str, at: datetime, *, required: bool) -> Occasion:
    """办件的一个环节；已有的直接返回（一办件一环节一条）。须在事务里。"""
    return _open(f"case:{case.case_no}:{node}", node, at, case=case, required=required)


def reached(case_no: str) -> dict[str, Step]:
    """办件走到过的环节：环节码 → 最后那一步。"""
    found: dict[str, Step] = {}
    for step in cases.steps(case_no):
        node = NODES.get(step.action)
        if node and not (node == DONE and step.action == "deliver" and DONE in found):
            found[node] = step
    return found


def invite(event_id: int) -> None:
    """办结后请申请人评价：站内信与短信，短信里是一次性链接。"""
    step = cases.step(event_id)
    if step is None or step.action not in ENDS:
        return
    row = from_known_step(step)
    if row is None or row.rated:
        return
    contact = cases.contacts([row.case_no]).get(row.case_no)
    rules = policies.current()
    until = timezone.localtime(row.opened_at + timedelta(days=rules["token_days"]))
    with transaction.atomic():
        context = {
            "item_name": row.item_name,
            "case_no": row.case_no,
            "link": link_for(row, "6"),
            "until": f"{until:%m月%d日}",
            "default": f"{timezone.localtime(row.default_due):%m月%d日}" if row.default_due else "",
        }
        mobile = contact.mobile if contact else ""
        notify.send("rating_invite", context=context, account_id=row.account_id, mobile=mobile, subject_no=row.case_no)


def link_for(row: Occasion, pf: str) -> str:
    """发一个一次性评价链接（短信 6、二维码 3……）；原文只在这里出现一次，库里存摘要。"""
    secret = secrets.token_urlsafe(12)
    token = f"{row.number}-{secret}"
    expires = timezone.now() + timedelta(days=policies.current()["token_days"])
    Token.objects.create(digest=digest(token), occasion=row, pf=pf, expires_at=expires)
    return f"{site_url()}/r/{token}/"


def link_on_screen(window: str, uid: UUID) -> str:
    """评价器上“用手机评”的二维码链接；只给这个窗口刚结束、还没评的那次。异常：ServiceNotFound。"""
    row = Occasion.objects.filter(uid=uid, window=window, rated=0).first()
    if row is None:
        raise ServiceNotFound
    return link_for(row, "3")


def digest(token: str) -> str:
    """令牌摘要。"""
    return sm3(f"rating:{token}".encode()).hex()


def _open(source: str, node: str, at: datetime, *, case: Served | None = None, required: bool = True, **fields: Any) -> Occasion:
    row = Occasion.objects.select_for_update().filter(source=source).first()
    if row is not None:
        if required and not row.required:  # 先有人评了这一环节，后来它成了应评的
            row.required = True
            row.save(update_fields=["required"])
        return row
    due = at + timedelta(days=policies.current()["default_days"]) if required else None
    if case is not None:
        fields |= {
            "case_no": case.case_no,
            "item_code": case.item_code,
            "item_name": case.item_name,
            "department": case.department,
            "department_name": case.department_name,
            "person": case.person,
            "person_kind": case.applicant_kind,
            "account_id": case.account_id,
        }
    number = numbering.next_number("rating", at=at)
    row = Occasion.objects.create(number=number, source=source, node=node, opened_at=at, required=required, default_due=due, **fields)
    events.emit("rating.opened", key=row.number, occasion=row.pk)
    return row


def _prompt(row: Occasion, window: str, staff_id: int | None, name: str, at: datetime) -> Occasion:
    if row.rated:
        return row
    row.onsite, row.window, row.prompted_at = True, window[:20], at
    row.staff_id, row.staff_name = staff_id or row.staff_id, name or row.staff_name
    row.save(update_fields=["onsite", "window", "prompted_at", "staff_id", "staff_name"])
    events.emit("rating.opened", key=row.number, occasion=row.pk)
    return row


def _recent(case_no: str, window: str, at: datetime) -> Occasion | None:
    """这件办件的办结环节，或同一窗口刚弹过的环节：叫号结束不再另算一次。"""
    rows = Occasion.objects.select_for_update().filter(case_no=case_no)
    done = rows.filter(node=DONE).first()
    if done is not None:
        return done
    return rows.filter(window=window, prompted_at__gte=at - AGAIN).order_by("-prompted_at").first()


def _window_of(account_id: int | None) -> str:
    found = organizations.staff(account_id) if account_id is not None else None
    return found.window if found else ""


def _staff(staff: int | str | None) -> tuple[int | None, str, str, str]:
    number = int(staff) if isinstance(staff, int) or (isinstance(staff, str) and staff.isdecimal() and len(staff) < 19) else None
    found = organizations.staff(number) if number is not None else None
    if found is None:
        return None, str(staff or "")[:100] if number is None else "", "", ""
    return found.account_id, found.name, found.department, found.department_name
