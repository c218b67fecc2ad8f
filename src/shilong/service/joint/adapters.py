"""登记企业登记信息接口（市场监管部门）。"""

from collections.abc import Mapping
from typing import Any

from shilong.foundation.adapters import signing
from shilong.foundation.adapters.base import Adapter
from shilong.foundation.adapters.registry import register
from shilong.service.joint.enterprises import KEY


def check_config(config: Mapping[str, Any]) -> str:
    """试连。"""
    return signing.check(SCHEMA, config)


SCHEMA = signing.settings(url_help="如 https://登记部门/api；按统一社会信用代码取企业信息，用于自动填表")
register(Adapter(KEY, "企业登记信息（市场监管）", SCHEMA, check_config))
