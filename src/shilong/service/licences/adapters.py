"""登记市级电子证照平台适配器。"""

from collections.abc import Mapping
from typing import Any

from shilong.foundation.adapters import signing
from shilong.foundation.adapters.base import Adapter
from shilong.foundation.adapters.registry import register
from shilong.service.licences import city


def check_config(config: Mapping[str, Any]) -> str:
    """试连。"""
    return signing.check(SCHEMA, config)


SCHEMA = signing.settings(url_help="如 https://市平台/api")
register(Adapter(city.KEY, "市级电子证照平台", SCHEMA, check_config))
