"""领取方式：申报时选，下单前可改。"""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.identity.roles.actor import SYSTEM, Actor, Role, Scope
from shilong.service.cases import selectors as cases
from shilong.service.cases.rules import DECIDED, FINAL
from shilong.service.cases.rules import State as CaseState
from shilong.service.cases.selectors import CaseView
from shilong.service.delivery import journal, permissions
from shilong.service.delivery.models import Address, Choice, Shipment
from shilong.service.delivery.refusals import WayClosed, WayInvalid, WayLocked
from shilong.service.delivery.rules import address
from shilong.service.delivery.rules.address import Contact
from shilong.service.delivery.rules.states import (
    FORM_WAYS,
    OPEN_ADDRESS,
    OVER,
    STATE_NAMES,
    WAY_NAMES,
    Kind,
    State,
    Trouble,
    Way,
)
from shilong.service.delivery.services import addresses, creating

_CLOSED = FINAL | {CaseState.DELIVERED}


FROM_FORM = "form"  # 代替地址编号：用申请表里填的收件人


def check_choice(way: str, uid: str, *, form: Mapping[str, object] | None = None, actor: Actor) -> Contact | None:
    """提交前先看选得对不对；选快递的返回收件地址。

    参数：
        uid: 地址簿里的一个，或 `FROM_FORM`（这时要给 `form`）。

    异常：
        WayInvalid、AddressNotFound。
    """
    if way not in set(Way):
        raise WayInvalid(fields={"way": "请选择领取方式"})
    if way != Way.COURIER:
        return None
    if uid == FROM_FORM and form is not None and (typed := address.from_form(form)):
        return typed
    if not uid:
        raise WayInvalid(fields={"address": "选快递寄送的，请选一个收件地址；没有的先新增一个"})
    return addresses.pick(uid, actor)


@transaction.atomic
def choose(case_no: str, way: str, *, uid: str = "", contact: Contact | None = None, actor: Actor) -> None:
    """申请人选（改）领取方式；窗口可以替申请人改，地址由窗口填写。

    还没下单的寄递单跟着换地址或撤掉；已经下单的不能再改。

    参数：
        way: `Way` 的值。uid: 申请人地址簿里的一个。contact: 窗口代填的地址。

    异常：
        WayInvalid、AddressNotFound: 选得不对。WayLocked: 已经下单。WayClosed: 办件已了结。
        CaseNotFound、OthersCase、NotSignedIn: 不是他的办件。
    """
    view = _case(case_no, actor)
    if CaseState(view.status) in _CLOSED:
        raise WayClosed(state=view.status_name)
    contact = contact if contact is not None and way == Way.COURIER else check_choice(way, uid, actor=actor)
    # 先写领取方式（占住这一行）再看寄递单与办件：与 `prepare` 同时发生时，后到的一个看得见先到的。
    _save(case_no, way, contact, actor.name)
    row = Shipment.objects.select_for_update().filter(case_no=case_no, kind=Kind.RESULT).exclude(state__in=OVER).first()
    if row is not None and not _changeable(row):
        raise WayLocked(state=STATE_NAMES[State(row.state)])
    audit.record("delivery.choose", actor=actor, object_type="case", object_id=case_no, detail={"way": way})
    _follow(_case(case_no, actor), row, way, contact, actor)


def settle_case(case_no: str) -> None:
    """办件已经另行送达（如本人到窗口领走）：还没下单的待寄件撤掉。由 `case.deliver` 触发，重复执行无害。"""
    with transaction.atomic():
        rows = Shipment.objects.select_for_update().filter(case_no=case_no, kind=Kind.RESULT, state=State.PENDING)
        for row in rows:
            row.state, row.trouble = State.CANCELLED, ""
            row.note = "办件已另行送达，不再寄出"
            journal.record(row, "cancel", SYSTEM, row.note)


def from_form(case_no: str) -> None:
    """申请表里选了领取方式、又没有另外选的，照表记下；选邮寄的用表里的地址，拆不出的用默认地址。由 `case.submit` 触发，重复执行无害。"""
    view = cases.case(case_no, actor=SYSTEM)
    way = FORM_WAYS.get(str(view.form.get("delivery_way", "")))
    if way is None or Choice.objects.filter(case_no=case_no).exists():
        return
    text = ""
    if way is Way.COURIER:
        contact = address.from_form(view.form)
        held = Address.objects.filter(owner_id=view.account_id or 0, is_default=True).first()
        text = contact.dump() if contact else (held.contact if held else "")
    values = {"way": way, "contact": text, "chosen_by": "申请表", "updated_at": timezone.now()}
    Choice.objects.get_or_create(case_no=case_no, defaults=values)


def _case(case_no: str, actor: Actor) -> CaseView:
    view = cases.case(case_no, actor=actor)
    window = actor.has(Role.WINDOW) and (actor.scope is not Scope.DEPARTMENT or actor.covers(view.department))
    return view if window else permissions.own_case(case_no, actor)


def _changeable(row: Shipment) -> bool:
    return row.state in OPEN_ADDRESS or (row.state == State.PROBLEM and row.trouble == Trouble.ADDRESS)


def _save(case_no: str, way: str, contact: Contact | None, who: str) -> None:
    values = {"way": way, "contact": contact.dump() if contact else "", "chosen_by": who, "updated_at": timezone.now()}
    Choice.objects.update_or_create(case_no=case_no, defaults=values)


def _follow(view: CaseView, row: Shipment | None, way: str, contact: Contact | None, actor: Actor) -> None:
    """待寄件跟着领取方式走。"""
    if row is None:
        if way == Way.COURIER and CaseState(view.status) in DECIDED:
            creating.build_result(view, contact, actor)
        return
    if way != Way.COURIER:
        row.state, row.trouble, row.note = State.CANCELLED, "", f"改为{WAY_NAMES[Way(way)]}"
        journal.record(row, "cancel", actor, row.note)
        return
    creating.readdress(row, contact)
    row.state, row.trouble, row.note = State.PENDING, "", "收件地址已更新"
    journal.record(row, "address", actor, row.note)
