"""邮件：标准 SMTP。"""

import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from shilong.foundation.adapters.base import Setting
from shilong.foundation.notify.adapters.base import Parcel, PermanentFailure, TemporaryFailure

TIMEOUT = 15.0
SECURITY = {"starttls": "STARTTLS", "ssl": "SSL/TLS", "none": "不加密"}
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, f"{TIMEOUT:.0f} 秒内没有应答"),
    (ConnectionRefusedError, "对方拒绝连接，请核对服务器与端口"),
    (socket.gaierror, "找不到这个服务器，请核对名称"),
    (ssl.SSLError, "加密握手失败，请核对加密方式与证书"),
    (ConnectionError, "连接被对方断开，请核对加密方式与端口"),
    (smtplib.SMTPServerDisconnected, "连接被对方断开，请核对加密方式与端口"),
    (smtplib.SMTPNotSupportedError, "对方不支持所选的加密方式或登录"),
    (smtplib.SMTPSenderRefused, "对方不接受这个发件人地址"),
    (smtplib.SMTPException, "对方没有按邮件协议应答"),
    (OSError, "网络不通"),
)


class Smtp:
    """SMTP 服务器；`security` 取 none、starttls、ssl。"""

    key = "smtp"
    name = "邮件（SMTP）"
    schema = (
        Setting("host", "服务器", required=True, kind="host"),
        Setting("port", "端口", required=True, kind="port", help="常用 465、587、25"),
        Setting("security", "加密方式", choices=SECURITY, help="不选按 STARTTLS"),
        Setting("username", "用户名"),
        Setting("password", "密码", secret=True),
        Setting("sender", "发件人地址", required=True, kind="email"),
    )

    def check_config(self, config: Mapping[str, Any]) -> str:
        """登录一次；不发信。"""
        missing = [item.label for item in self.schema if item.required and not config.get(item.name)]
        if missing:
            return f"没有填写：{'、'.join(missing)}"
        port = str(config["port"])
        if not port.isdecimal() or len(port) > 5 or not 1 <= int(port) <= 65535:
            return "端口应为 1 到 65535 的数字，如 465、587、25"
        try:
            self._connect(config).quit()
        except smtplib.SMTPAuthenticationError:
            return "用户名或密码不对"
        except (OSError, smtplib.SMTPException) as error:
            return f"连不上邮件服务器：{_reason(error)}"
        return "ok"

    def deliver(self, config: Mapping[str, Any], parcel: Parcel) -> str:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = parcel.title, config["sender"], parcel.target
        mail["Date"] = formatdate(localtime=True)
        mail["Message-ID"] = f"<{parcel.number}@{str(config['sender']).rpartition('@')[2]}>"
        mail.set_content(parcel.text)
        try:
            link = self._connect(config)
            try:
                link.send_message(mail)
            finally:
                with suppress(OSError, smtplib.SMTPException):
                    link.quit()
        except smtplib.SMTPRecipientsRefused as error:
            code = max((reply[0] for reply in error.recipients.values()), default=550)
            raise (PermanentFailure if code >= 500 else TemporaryFailure)(f"收件人被拒（{code}）") from None
        except smtplib.SMTPAuthenticationError:
            raise TemporaryFailure("邮件服务器登录失败，请管理员核对用户名与密码") from None
        except (OSError, smtplib.SMTPException) as error:
            raise TemporaryFailure(f"邮件没有发出：{_reason(error)}") from None
        return str(mail["Message-ID"])[:80]

    def _connect(self, config: Mapping[str, Any]) -> smtplib.SMTP:
        host, port, security = str(config["host"]), int(config["port"]), config.get("security") or "starttls"
        context = ssl.create_default_context()
        link: smtplib.SMTP
        if security == "ssl":
            link = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        else:
            link = smtplib.SMTP(host, port, timeout=TIMEOUT)
        if security == "starttls":
            link.starttls(context=context)
        if config.get("username"):
            link.login(str(config["username"]), str(config.get("password", "")))
        return link


def _reason(error: Exception) -> str:
    """没连上的原因，给管理员看的中文。"""
    return next(text for kind, text in _REASONS if isinstance(error, kind))
