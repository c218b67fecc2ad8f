"""推送的门：地址里的口令先对，再交给这家快递公司验签解析。"""

from hmac import compare_digest

from shilong.service.delivery import adapters
from shilong.service.delivery.adapters.base import Notice, Push
from shilong.service.delivery.refusals import CourierUnknown, PushRefused


def opened(courier_key: str, token: str, push: Push) -> list[Notice]:
    """异常：PushRefused（没有启用、口令或签名不对，说同一句话）、PushInvalid。"""
    try:
        courier, config = adapters.choose(courier_key)
    except CourierUnknown:
        raise PushRefused from None
    expected = str(config.get("push_token", ""))
    if len(expected) < 16 or not compare_digest(expected.encode(), token.encode()):
        raise PushRefused
    return courier.parse_push(config, push)
