"""登记快递公司；按键取用。"""

from typing import Any

from shilong.foundation.adapters import selectors as registry
from shilong.foundation.adapters.base import Adapter
from shilong.foundation.adapters.registry import register
from shilong.service.delivery.adapters.base import Contact, Courier, hall
from shilong.service.delivery.adapters.manual import Manual
from shilong.service.delivery.adapters.sf import SF
from shilong.service.delivery.refusals import CourierUnknown

COURIERS: dict[str, Courier] = {one.key: one for one in (SF(), Manual())}
MANUAL = Manual.key

for _courier in COURIERS.values():
    register(Adapter(_courier.key, f"快递·{_courier.name}", _courier.schema, _courier.check_config))


def usable() -> list[Courier]:
    """现在能用的：启用了接口的，加上总能用的手工登记。"""
    return [one for one in COURIERS.values() if not one.online or registry.config(one.key) is not None]


def choose(key: str) -> tuple[Courier, dict[str, Any]]:
    """一家快递公司与它的配置。异常：CourierUnknown（没有这家，或没有启用）。"""
    courier = COURIERS.get(key)
    config = registry.config(key)
    if courier is None or (courier.online and config is None):
        raise CourierUnknown(fields={"courier": "请选择已启用的快递公司"})
    return courier, config or {}


def hall_address(key: str = MANUAL) -> Contact:
    """大厅的地址：先用这家快递公司配置里的。"""
    return hall(registry.config(key))


def name_of(key: str) -> str:
    """快递公司的名字。"""
    return COURIERS[key].name if key in COURIERS else ""
