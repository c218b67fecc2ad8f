"""登记处：模块在 AppConfig.ready() 里登记自己的适配器。"""

from shilong.foundation.adapters.base import Adapter
from shilong.foundation.refusals import NotFound

_adapters: dict[str, Adapter] = {}


def register(adapter: Adapter) -> Adapter:
    """登记；同一个键重复登记是编程错误。"""
    if _adapters.setdefault(adapter.key, adapter) != adapter:
        raise ValueError(f"适配器 {adapter.key} 已登记")
    return adapter


def get(key: str) -> Adapter:
    """按键取。

    异常：
        NotFound: 没有登记。
    """
    if key not in _adapters:
        raise NotFound(f"没有名为“{key}”的适配器。")
    return _adapters[key]


def all_adapters() -> list[Adapter]:
    """全部，按键排序。"""
    return [_adapters[key] for key in sorted(_adapters)]
