"""登录凭据与会话。凡是拿到就能冒充人的东西（令牌、验证码）只存散列。"""

from binascii import unhexlify

from django.db import models
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from shilong.foundation.gm.fields import PREFIX, decrypt_bytes, encrypt_bytes
from shilong.identity.accounts.models.account import Account


class PasswordHistory(models.Model):
    """用过的密码（散列），防止改回旧密码。"""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="password_history")
    password = models.CharField(max_length=256)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.account_id}@{self.created_at:%F}"


class SignIn(models.Model):
    """一次登录会话。`session_key` 指向 Django 会话；结束（退出、被踢、改密）后留作记录。"""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    method = models.CharField("方式", max_length=12)
    ip = models.GenericIPAddressField("来源地址", null=True)
    user_agent = models.CharField("浏览器", max_length=255, blank=True, default="")
    at = models.DateTimeField("登录时间", default=timezone.now)
    seen_at = models.DateTimeField("最近活动", default=timezone.now)
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.CharField("结束原因", max_length=32, blank=True, default="")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["account", "ended_at"], name="signin_active")]

    def __str__(self) -> str:
        return f"{self.account_id}@{self.at:%F %T}"


class Token(models.Model):
    """接口令牌，只存 SM3 散列。"""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    ip = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "expires_at"], name="token_active")]

    def __str__(self) -> str:
        return f"{self.account_id}@{self.created_at:%F %T}"


class LoginCode(models.Model):
    """一次短信验证码。手机号与验证码都只存带密钥散列。"""

    mobile_index = models.CharField(max_length=64)
    purpose = models.CharField(max_length=12, default="login")
    digest = models.CharField(max_length=64)
    ip = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["mobile_index", "created_at"], name="login_code_mobile"),
            models.Index(fields=["ip", "created_at"], name="login_code_ip"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}@{self.created_at:%F %T}"


def new_otp_key() -> str:
    """一把新的动态口令密钥（20 字节），已加密。"""
    return encrypt_bytes(unhexlify(default_key()))


class OtpDevice(TOTPDevice):
    """动态口令设备。算法、限频与表沿用 django-otp，只是 `key` 存密文：拿到数据库的人也算不出口令。

    加密之前写下的密钥是十六进制明文，照样可用；迁移把它们换成密文。
    """

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        return decrypt_bytes(self.key) if self.key.startswith(PREFIX) else unhexlify(self.key)


class ExternalIdentity(models.Model):
    """统一身份认证的外部身份与本地账号的绑定。"""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="external_identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="external_identity_once")]

    def __str__(self) -> str:
        return f"{self.issuer} {self.subject}"
