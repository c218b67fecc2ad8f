"""第二因素：动态口令（TOTP，RFC 6238），工作人员生产模式强制。"""

from base64 import b32encode

import segno
from django.conf import settings
from django.db import transaction

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid, NotAllowed, TooMany
from shilong.identity.accounts.models import Account, Kind, OtpDevice, new_otp_key
from shilong.identity.roles.actor import Actor, Role, require


class WrongOtp(Invalid):
    code = "wrong_otp"
    message = "动态口令不正确。请确认手机时间准确，输入最新的 6 位数字。"


class OtpThrottled(TooMany):
    code = "otp_throttled"
    message = "动态口令连续输错，请稍等片刻再试。"


def bound(account: Account) -> bool:
    return OtpDevice.objects.filter(user_id=account.pk, confirmed=True).exists()


def mandatory(account: Account) -> bool:
    """这个账号登录是否必须先绑定：生产模式的工作人员。"""
    return account.kind == Kind.STAFF and settings.MODE == "production"


def verify(account: Account, code: str, ip: str = "") -> None:
    """核对动态口令；一个口令只能用一次，连续输错逐次加长等待（由 django-otp 计）。"""
    device = OtpDevice.objects.filter(user_id=account.pk, confirmed=True).first()
    if device is None:
        raise WrongOtp
    allowed, _ = device.verify_is_allowed()
    if not allowed:
        raise OtpThrottled
    if not device.verify_token(code.strip()):
        raise WrongOtp


def begin(account: Account) -> OtpDevice:
    """开始绑定：生成（或取回未完成的）设备。"""
    defaults = {"name": "动态口令", "key": new_otp_key()}
    device, _ = OtpDevice.objects.get_or_create(user_id=account.pk, confirmed=False, defaults=defaults)
    return device


def qr_data_uri(account: Account) -> str:
    """绑定用二维码，直接嵌在页面里：密钥不出现在任何可单独访问的地址上。"""
    return str(segno.make(begin(account).config_url, error="m").png_data_uri(scale=5, border=2))


def bound_ids() -> list[int]:
    """绑定了动态口令的账号。"""
    return list(OtpDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))


def secret(account: Account) -> str:
    """扫不了码时手工输入的密钥（Base32，四位一组）。"""
    text = b32encode(begin(account).bin_key).decode()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def confirm(account: Account, code: str, ip: str = "") -> None:
    """输入一次口令完成绑定；旧设备同时作废。"""
    device = begin(account)
    allowed, _ = device.verify_is_allowed()
    if not allowed:
        raise OtpThrottled
    if not device.verify_token(code.strip()):
        raise WrongOtp
    with transaction.atomic():
        OtpDevice.objects.filter(user_id=account.pk, confirmed=True).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        actor = Actor(account_id=account.pk, name=account.name, username=account.username, ip=ip)
        audit.record("otp.bind", actor=actor, object_type="account", object_id=str(account.pk))


def reset(account_id: int, *, actor: Actor) -> None:
    """解除绑定（换手机、丢失）：由安全管理员执行，不能解除自己的。"""
    require(actor, Role.SECADMIN)
    if account_id == actor.account_id:
        raise NotAllowed("不能解除自己的动态口令，请另一位安全管理员处理。")
    with transaction.atomic():
        OtpDevice.objects.filter(user_id=account_id).delete()
        audit.record("otp.reset", actor=actor, object_type="account", object_id=str(account_id))
