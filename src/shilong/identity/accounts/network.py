"""来源地址：审计、锁定、限频都要用真实的来源，不能被请求头伪造。"""

from ipaddress import ip_address

from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """请求的来源地址。

    只有直连方是本机反向代理（回环地址）时才看 X-Forwarded-For，且取最后一段——前面的段客户端可以随便写。
    """
    direct = _clean(request.META.get("REMOTE_ADDR", ""))
    if direct and ip_address(direct).is_loopback:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1]
        return _clean(forwarded) or direct
    return direct


def _clean(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""
