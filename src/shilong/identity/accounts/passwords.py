"""密码策略：复杂度、历史不复用。设置里的其余校验器见 `AUTH_PASSWORD_VALIDATORS`。"""

from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from shilong.identity.accounts import rules
from shilong.identity.accounts.models import Account, PasswordHistory
from shilong.identity.accounts.refusals import WeakPassword

_CLASSES = (str.islower, str.isupper, str.isdecimal)


class LengthValidator:
    """最短长度。Django 自带的同名校验器在 5.2 改了英文原文，中文译文对不上，会露出英文。"""

    def __init__(self, min_length: int = 8) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.min_length:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return f"密码至少 {self.min_length} 位。"


class CharacterClassValidator:
    """大写、小写、数字、符号至少三类（等保三级口令复杂度）。"""

    def validate(self, password: str, user: Any = None) -> None:
        classes = sum(any(test(char) for char in password) for test in _CLASSES)
        classes += any(not char.isalnum() for char in password)
        if classes < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return "密码须包含大写字母、小写字母、数字、符号中的至少三类。"


def check(password: str, account: Account, *, field: str = "password") -> None:
    """新密码是否合策略。异常：`WeakPassword`，逐条说明。"""
    problems = _policy(password, account) + _reuse(password, account)
    if problems:
        text = "".join(problems)
        raise WeakPassword(text, fields={field: text})


def store(account: Account, password: str) -> None:
    """写入新密码与历史；调用方负责事务与审计。"""
    account.set_password(password)
    account.password_changed_at = timezone.now()
    account.must_change_password = False
    account.save(update_fields=["password", "password_changed_at", "must_change_password"])
    remember(account)


def remember(account: Account) -> None:
    """把当前密码记入历史，只留最近几次。"""
    PasswordHistory.objects.create(account=account, password=account.password)
    old = account.password_history.values_list("pk", flat=True)[rules.PASSWORD_REMEMBER :]
    PasswordHistory.objects.filter(pk__in=list(old)).delete()


def _policy(password: str, account: Account) -> list[str]:
    try:
        validate_password(password, account)
    except ValidationError as error:
        return list(error.messages)
    return []


def _reuse(password: str, account: Account) -> list[str]:
    if account.pk is None:
        return []
    used = account.password_history.values_list("password", flat=True)[: rules.PASSWORD_REMEMBER]
    if any(check_password(password, old) for old in used):
        return [f"不能使用最近 {rules.PASSWORD_REMEMBER} 次用过的密码。"]
    return []
