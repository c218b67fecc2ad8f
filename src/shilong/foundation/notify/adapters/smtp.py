"""邮件：标准 SMTP。"""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from shilong.foundation.adapters.base import Setting
from shilong.foundation.notify.adapters.base import Parcel, PermanentFailure, TemporaryFailure

TIMEOUT = 15.0


class Smtp:
    """SMTP 服务器；`security` 取 none、starttls、ssl。"""

    key = "smtp"
    name = "邮件（SMTP）"
    schema = (
        Setting("host", "服务器", required=True),
        Setting("port", "端口", required=True),
        Setting("security", "加密方式", help="starttls、ssl 或 none；默认 starttls"),
        Setting("username", "用户名"),
        Setting("password", "密码", secret=True),
        Setting("sender", "发件人地址", required=True),
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
            return f"连不上邮件服务器：{type(error).__name__}"
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
            raise TemporaryFailure(f"邮件没有发出：{type(error).__name__}") from None
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
