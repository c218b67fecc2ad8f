"""账号规则：期限、次数、登录名写法。数值出处：等保三级常用值与 standards §6.4、§10.1。"""

import re
from datetime import datetime, timedelta

from shilong.foundation.refusals import Invalid
from shilong.identity.accounts.models.account import Kind

TOKEN_LIFE = timedelta(hours=12)
CODE_LIFE = timedelta(minutes=5)
CODE_INTERVAL = timedelta(seconds=60)
CODE_DAILY = 10
CODE_DAILY_PER_IP = 100  # 大厅一个出口地址后面有很多人，按地址的上限要宽
CODE_ATTEMPTS = 5
PASSWORD_LIFE = timedelta(days=90)  # 工作人员口令定期更换
PASSWORD_WARN = timedelta(days=7)
PASSWORD_REMEMBER = 5
AGENCY_MAX = timedelta(days=3 * 366)
PENDING_LIFE = 600  # 秒：通过密码之后，须在十分钟内完成第二步

_USERNAME = re.compile(r"^[a-z0-9][a-z0-9._-]{2,31}$")


def clean_username(value: str) -> str:
    """登录名统一小写去空白；3–32 位字母、数字、点、横线、下划线。"""
    name = value.strip().lower()
    if not _USERNAME.match(name):
        raise Invalid("登录名为 3–32 位小写字母、数字、点、横线或下划线，以字母或数字开头。", fields={"username": "登录名不合规则"})
    if name.isdecimal():
        raise Invalid("登录名不能全是数字，以免与手机号混淆。", fields={"username": "登录名不能全是数字"})
    return name


def password_due(kind: str, changed_at: datetime) -> datetime | None:
    """密码到期时刻；群众账号不强制定期更换，返回 None。"""
    return changed_at + PASSWORD_LIFE if kind == Kind.STAFF else None


def password_expired(kind: str, changed_at: datetime, now: datetime) -> bool:
    due = password_due(kind, changed_at)
    return due is not None and now >= due


def password_warning(kind: str, changed_at: datetime, now: datetime) -> int | None:
    """到期前 7 天内返回剩余天数（提醒用），否则 None。"""
    due = password_due(kind, changed_at)
    if due is None or now >= due or due - now > PASSWORD_WARN:
        return None
    return (due - now).days + 1
