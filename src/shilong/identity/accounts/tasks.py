"""定时清理：过期的令牌、验证码、会话。登录记录（SignIn）留作追溯，不删。"""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from shilong.foundation.jobs.registry import schedule
from shilong.identity.accounts.models import LoginCode, Token

KEEP_CODES = timedelta(days=2)  # 每日次数限制要数当天的，留两天足够


@schedule("accounts.cleanup", at="03:10")
def cleanup() -> None:
    """每天清理一次；重复执行无害。"""
    now = timezone.now()
    Token.objects.filter(expires_at__lt=now).delete()
    LoginCode.objects.filter(created_at__lt=now - KEEP_CODES).delete()
    Session.objects.filter(expire_date__lt=now).delete()
