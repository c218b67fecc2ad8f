"""适配器的样子。"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """一项配置。`secret` 的值不回显。"""

    name: str
    label: str
    required: bool = False
    secret: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Adapter:
    """一个外部系统。`check_config` 试连，返回 "ok" 或一句说明。"""

    key: str
    name: str
    schema: tuple[Setting, ...]
    check_config: Callable[[Mapping[str, Any]], str]
