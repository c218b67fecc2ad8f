"""渠道适配器的接口。配置来自适配器登记处（`foundation.adapters`），按 `key` 取。"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shilong.foundation.adapters.base import Setting


class TemporaryFailure(Exception):
    """这次没发成，过一会儿再试。"""


class PermanentFailure(Exception):
    """再试也没有用（号码不存在、签名不对）。"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """要投递的一份。`number` 是去重号：同一号重复投递，网关只发一次。"""

    number: str
    channel: str
    target: str
    masked: str
    title: str
    text: str


class ChannelAdapter(Protocol):
    """一种投递办法。"""

    @property
    def key(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> tuple[Setting, ...]: ...

    def check_config(self, config: Mapping[str, Any]) -> str:
        """测试连接：`"ok"` 或一句说明；不真的发消息。"""

    def deliver(self, config: Mapping[str, Any], parcel: Parcel) -> str:
        """投递，返回对方的回执号（没有则空串）。

        异常：
            TemporaryFailure、PermanentFailure。
        """
