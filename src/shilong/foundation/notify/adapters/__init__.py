"""各渠道用哪个适配器；导入时登记到适配器登记处（它的 ready() 自动发现本包）。"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from shilong.foundation.adapters.base import Adapter
from shilong.foundation.adapters.registry import register
from shilong.foundation.notify.adapters.base import ChannelAdapter, PermanentFailure
from shilong.foundation.notify.adapters.devbox import Devbox
from shilong.foundation.notify.adapters.sms_http import SmsHttp
from shilong.foundation.notify.adapters.smtp import Smtp

BY_CHANNEL: Mapping[str, ChannelAdapter] = {"sms": SmsHttp(), "email": Smtp()}
DEVBOX = Devbox()
for _adapter in BY_CHANNEL.values():
    register(Adapter(_adapter.key, _adapter.name, _adapter.schema, _adapter.check_config))


def choose(channel: str) -> tuple[ChannelAdapter, Mapping[str, Any]]:
    """某渠道的适配器与配置；没有配置时演示与测试环境用开发信箱。

    异常：
        PermanentFailure: 生产环境没有配置网关。
    """
    from shilong.foundation.adapters import selectors as registry

    adapter = BY_CHANNEL[channel]
    config = registry.config(adapter.key)
    if config:
        return adapter, config
    if settings.MODE == "production":
        raise PermanentFailure(f"没有配置“{adapter.name}”，请系统管理员在“适配器”中填写")
    return DEVBOX, {}
