"""登记市级电子证照平台适配器。"""

from collections.abc import Mapping
from typing import Any

from shilong.foundation.adapters.base import Adapter, Setting
from shilong.foundation.adapters.registry import register
from shilong.service.licences import city


def check_config(config: Mapping[str, Any]) -> str:
    """试连。"""
    missing = [one.label for one in SCHEMA if one.required and not config.get(one.name)]
    return f"没有填写：{'、'.join(missing)}" if missing else city.ping(config)


SCHEMA = (
    Setting("url", "接口地址", required=True, help="如 https://市平台/api"),
    Setting("app", "应用标识", required=True),
    Setting("secret", "签名密钥", required=True, secret=True),
)
register(Adapter(city.KEY, "市级电子证照平台", SCHEMA, check_config))
