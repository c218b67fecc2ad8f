"""页面看到的寄递单，已脱敏。"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shilong.foundation.codes import masks
from shilong.service.delivery import adapters
from shilong.service.delivery.models import Shipment, ShipmentLog, Track
from shilong.service.delivery.rules import address
from shilong.service.delivery.rules.address import Contact
from shilong.service.delivery.rules.states import (
    KIND_NAMES,
    MOVE_NAMES,
    PAYS_NAMES,
    STATE_NAMES,
    TONES,
    TROUBLE_NAMES,
    Kind,
    Move,
    Pays,
    State,
    Trouble,
)

ACTION_NAMES = {
    "create": "生成寄递单",
    "address": "更新收件地址",
    "place": "打包核对、提交下单",
    "order": "下单成功",
    "declined": "快递公司没有接受",
    "cancel": "取消",
    "cancelled": "快递公司已取消",
    "kept": "快递公司不同意取消",
    "move": "轨迹更新",
    "sign": "签收",
    "problem": "异常",
    "handle": "处理异常",
    "fee": "登记邮费",
    "write_back": "回写送达",
    "late": "了结后又有动静",
}
SOURCES = {"push": "快递公司推送", "query": "补查", "manual": "窗口登记", "applicant": "申请人确认"}
_MOBILE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
_RELATIONS = frozenset({"本人", "家人", "同事", "前台", "门卫", "物业", "他人", "代收点", "快递柜", "丰巢", "菜鸟驿站"})
_NAMED = re.compile(r"((?:快递员|派件人|收派员|签收人)[是为]?\s*[：:]\s*)([^\s，,。；;（）()]{1,20})")


def soften(remark: str) -> str:
    """轨迹说明里的手机号与人名遮住。"""
    hidden = _MOBILE.sub(r"\1****\2", remark)
    return _NAMED.sub(lambda found: found.group(1) + hide(found.group(2)), hidden)


def hide(name: str) -> str:
    """签收人、快递员的名字；“本人”“家人”之类不是名字，照写。"""
    return name if not name or name in _RELATIONS else masks.mask_name(name)


@dataclass(frozen=True, slots=True)
class TrackRow:
    """一条轨迹，已脱敏。"""

    at: datetime
    move: str
    name: str
    place: str
    remark: str
    source: str


@dataclass(frozen=True, slots=True)
class LogRow:
    """一条履历。"""

    at: datetime
    name: str
    note: str
    who: str


@dataclass(frozen=True, slots=True)
class Row:
    """列表的一行，已脱敏。"""

    number: str
    kind: str
    kind_name: str
    case_no: str
    item_name: str
    department: str
    state: str
    state_name: str
    tone: str
    trouble_name: str
    note: str
    receiver: str
    region: str
    courier: str
    waybill_no: str
    pays_name: str
    fee: Decimal | None
    created_at: datetime
    ordered_at: datetime | None
    moved_at: datetime | None
    signed_at: datetime | None
    slot_start: datetime | None


def row_of(one: Shipment) -> Row:
    """一行。对方是谁：证照寄送看收件人，上门取件看寄件人。"""
    contact = address.load(one.receiver if one.kind == Kind.RESULT else one.sender)
    return Row(
        number=one.number,
        kind=one.kind,
        kind_name=KIND_NAMES[Kind(one.kind)],
        case_no=one.case_no,
        item_name=one.item_name,
        department=one.department,
        state=one.state,
        state_name=STATE_NAMES[State(one.state)],
        tone=TONES.get(State(one.state), ""),
        trouble_name=TROUBLE_NAMES[Trouble(one.trouble)] if one.trouble else "",
        note=one.note,
        receiver=f"{contact.masked_name} {contact.masked_mobile}" if contact else "还没有地址",
        region=contact.region if contact else "",
        courier=adapters.name_of(one.courier),
        waybill_no=one.waybill_no,
        pays_name=PAYS_NAMES[Pays(one.pays)],
        fee=one.fee,
        created_at=one.created_at,
        ordered_at=one.ordered_at,
        moved_at=one.moved_at,
        signed_at=one.signed_at,
        slot_start=one.slot_start,
    )


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """一份寄递单的全部，已脱敏。`online` 为假的要人工登记轨迹。"""

    row: Row
    version: int
    contents: list[dict[str, object]]
    sender: Contact | None
    receiver: Contact | None
    pays: str
    courier_key: str
    online: bool
    prints: int
    trouble: str
    signer: str
    created_by: str
    slot_end: datetime | None
    written_at: datetime | None
    resent_from: str
    tracks: list[TrackRow]
    logs: list[LogRow]


def view_of(one: Shipment, *, logs: bool) -> ShipmentView:
    """一份；给申请人看的不带履历。"""
    courier = adapters.COURIERS.get(one.courier)
    return ShipmentView(
        row=row_of(one),
        version=one.version,
        contents=one.contents,
        sender=address.load(one.sender),
        receiver=address.load(one.receiver),
        pays=one.pays,
        courier_key=one.courier,
        online=courier is None or courier.online,
        prints=one.prints,
        trouble=one.trouble,
        signer=hide(one.signer),
        created_by=one.created_by,
        slot_end=one.slot_end,
        written_at=one.written_at,
        resent_from=one.resent_from.number if one.resent_from else "",
        tracks=[_track(row) for row in Track.objects.filter(shipment=one).order_by("-at", "-pk")],
        logs=[_log(row) for row in ShipmentLog.objects.filter(shipment=one).order_by("-at", "-pk")] if logs else [],
    )


def _track(row: Track) -> TrackRow:
    return TrackRow(row.at, row.move, MOVE_NAMES[Move(row.move)], row.place, soften(row.remark), SOURCES.get(row.source, row.source))


def _log(row: ShipmentLog) -> LogRow:
    return LogRow(row.at, ACTION_NAMES.get(row.action, row.action), row.note, row.actor_name)
