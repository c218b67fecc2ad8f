"""快递公司的接口。实现不碰数据库，只管报文；配置由 `foundation.adapters` 保管，键与实现的 `key` 相同。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shilong.foundation.adapters.base import Setting
from shilong.service.delivery.rules.address import Contact
from shilong.service.delivery.rules.states import Move

# 大厅的寄件（收件）地址：每家快递公司的配置里都有，寄付时就是寄件人。
HALL_SETTINGS = (
    Setting("hall_name", "大厅联系人", help="面单上的寄件人，如 石龙区政务服务大厅"),
    Setting("hall_mobile", "大厅联系电话", help="手机或固定电话"),
    Setting("hall_province", "大厅所在省"),
    Setting("hall_city", "大厅所在市"),
    Setting("hall_county", "大厅所在区县"),
    Setting("hall_detail", "大厅详细地址"),
    Setting("hall_postcode", "大厅邮政编码"),
)
HALL = Contact("石龙区政务服务大厅", "0375-0000101", "河南省", "平顶山市", "石龙区", "龙兴街道政务服务中心一楼寄递窗口", "467045")


def hall(config: Mapping[str, Any] | None) -> Contact:
    """配置里的大厅地址；没填的用缺省。"""
    values = config or {}
    return Contact(**{name: str(values.get(f"hall_{name}") or getattr(HALL, name)) for name in Contact.__slots__})


class Unreachable(Exception):
    """连不上、超时、对方内部错误：过一会儿再试。文字不含个人信息与密钥。"""


class Declined(Exception):
    """对方收到了但不办（地址不可派、已揽收不能取消）：重试没有用，要人看。"""


class NotTheirs(Exception):
    """对方没有这份订单。"""


@dataclass(frozen=True, slots=True)
class Order:
    """下单要的全部内容。"""

    number: str
    sender: Contact
    receiver: Contact
    goods: tuple[str, ...]
    pays: str
    remark: str = ""
    slot_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """一条轨迹。`code` 是对方的操作码，`move` 是它说明什么。"""

    move: Move
    at: datetime
    code: str = ""
    place: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    """收到的推送：原始报文与查询串。"""

    body: bytes
    query: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """推送里关于一份寄递单的内容；`trusted` 为假时只当提醒，要去查询核实。"""

    number: str
    waybill_no: str
    routes: tuple[Route, ...] = ()
    trusted: bool = field(default=True)


class Courier(Protocol):
    """一家快递公司。`online` 为假的没有接口，靠人登记。"""

    @property
    def key(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def online(self) -> bool: ...

    @property
    def schema(self) -> tuple[Setting, ...]: ...

    def check_config(self, config: Mapping[str, Any]) -> str:
        """试连：`"ok"` 或一句说明；不真的下单。"""

    def place(self, config: Mapping[str, Any], order: Order) -> str:
        """下单，返回物流单号；同一 `order.number` 重复下单得到同一个物流单号。异常：Unreachable、Declined。"""

    def cancel(self, config: Mapping[str, Any], number: str, waybill_no: str) -> None:
        """取消；已经取消的再取消无害。异常：Unreachable、Declined、NotTheirs。"""

    def routes(self, config: Mapping[str, Any], waybills: Sequence[str]) -> dict[str, list[Route]]:
        """按物流单号查轨迹。异常：Unreachable、Declined。"""

    def parse_push(self, config: Mapping[str, Any], push: Push) -> list[Notice]:
        """验签并解析推送。异常：PushRefused、PushInvalid。"""
