"""适配器的样子。"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """一项配置。`secret` 的值不回显。

    `kind` 说明值的样子：text、url、host、port、email；有 `choices`（值到叫法）就只能取其中之一。
    """

    name: str
    label: str
    required: bool = False
    secret: bool = False
    help: str = ""
    kind: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Adapter:
    """一个外部系统。`check_config` 试连，返回 "ok" 或一句说明。"""

    key: str
    name: str
    schema: tuple[Setting, ...]
    check_config: Callable[[Mapping[str, Any]], str]
