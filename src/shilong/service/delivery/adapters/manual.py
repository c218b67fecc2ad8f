"""手工登记：没有接口的快递公司（邮政窗口、同城跑腿），物流单号与轨迹由窗口人员填。"""

from collections.abc import Mapping, Sequence
from typing import Any

from shilong.foundation.adapters.base import Setting
from shilong.service.delivery.adapters.base import HALL_SETTINGS, Declined, Notice, Order, Push, Route
from shilong.service.delivery.refusals import PushRefused


class Manual:
    """没有接口。"""

    key = "courier_manual"
    name = "手工登记"
    online = False
    schema: tuple[Setting, ...] = HALL_SETTINGS

    def check_config(self, config: Mapping[str, Any]) -> str:
        """没有要连的。"""
        return "ok"

    def place(self, config: Mapping[str, Any], order: Order) -> str:
        raise Declined("手工登记的要由窗口填写物流单号")

    def cancel(self, config: Mapping[str, Any], number: str, waybill_no: str) -> None:
        """没有要通知的。"""

    def routes(self, config: Mapping[str, Any], waybills: Sequence[str]) -> dict[str, list[Route]]:
        return {}

    def parse_push(self, config: Mapping[str, Any], push: Push) -> list[Notice]:
        raise PushRefused
