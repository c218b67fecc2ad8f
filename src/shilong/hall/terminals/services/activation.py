"""激活码换设备令牌、认令牌、吊销、停用。令牌与激活码只存散列，明文只出现这一次。"""

import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from shilong.foundation.gm import sm3
from shilong.foundation.refusals import Invalid, NotFound
from shilong.hall.terminals import journal, rules
from shilong.hall.terminals.models import Terminal
from shilong.hall.terminals.permissions import MANAGERS
from shilong.hall.terminals.refusals import NotActivated, WrongActivationCode
from shilong.hall.terminals.selectors.rows import TerminalView, view_of
from shilong.hall.terminals.services.locking import locked
from shilong.identity.roles.actor import Actor, require


def issue_code(number: str, *, actor: Actor) -> str:
    """生成激活码，半小时内用一次；旧码随即作废。换机也用它：新机激活之后旧机的令牌失效。

    异常：
        TerminalNotFound、TerminalRetired；NotAllowed: 不是系统管理员。
    """
    require(actor, *MANAGERS)
    code = "".join(secrets.choice(rules.CODE_CHARS) for _ in range(rules.CODE_LENGTH))
    with transaction.atomic():
        row = locked(number)
        row.code_digest, row.code_expires_at = _digest(code), timezone.now() + rules.CODE_LIFE
        row.save(update_fields=["code_digest", "code_expires_at"])
        journal.record(row, "code", actor)
    return rules.shown_code(code)


def activate(typed: str, ip: str) -> str:
    """终端上输入激活码，换得设备令牌；返回令牌，只此一次。

    异常：
        WrongActivationCode: 不对、用过、过期（同一句话）。
    """
    code = rules.clean_code(typed)
    with transaction.atomic():
        row = Terminal.objects.select_for_update().filter(code_digest=_digest(code)).exclude(state=rules.State.RETIRED).first()
        if not code or row is None or row.code_expires_at is None or row.code_expires_at <= timezone.now():
            raise WrongActivationCode(fields={"code": WrongActivationCode.message})
        return _bind(row, journal.device(row, ip))


def open_demo(ip: str) -> str:
    """演示：不用激活码，直接把这个浏览器当成第一台演示一体机；生产模式没有这个入口。

    异常：
        NotFound: 生产模式，或没有演示终端。
    """
    if settings.MODE == "production":
        raise NotFound
    with transaction.atomic():
        wanted = Terminal.objects.select_for_update().filter(kind=rules.Kind.KIOSK, reader=rules.Reader.DEMO)
        row = wanted.exclude(state__in=[rules.State.RETIRED, rules.State.REVOKED]).order_by("pk").first()
        if row is None:
            raise NotFound("没有演示用的一体机：请在“系统管理—终端设备”登记一台，读卡器选“模拟”。")
        return _bind(row, journal.device(row, ip))


def authenticate(token: str) -> TerminalView:
    """凭设备令牌认终端；吊销、停用、换机之后旧令牌立刻不认。

    异常：
        NotActivated: 不认识。
    """
    row = Terminal.objects.filter(token_digest=_digest(token), state=rules.State.ACTIVE).first() if token else None
    if row is None:
        raise NotActivated
    return view_of(row)


def revoke(number: str, reason: str, *, actor: Actor) -> None:
    """吊销令牌与激活码：下一个请求起这台终端就什么也打不开。丢失、换机、维修外送时用。"""
    _close(number, rules.State.REVOKED, "revoke", reason, actor)


def retire(number: str, reason: str, *, actor: Actor) -> None:
    """停用：不再统计、不再告警，不能恢复。"""
    _close(number, rules.State.RETIRED, "retire", reason, actor)


def _close(number: str, state: rules.State, action: str, reason: str, actor: Actor) -> None:
    require(actor, *MANAGERS)
    if len(reason.strip()) < 2:
        raise Invalid("请写明原因，至少两个字。", fields={"reason": "请写明原因，至少两个字。"})
    with transaction.atomic():
        row = locked(number)
        row.state, row.token_digest, row.code_digest, row.code_expires_at = state, "", "", None
        row.online, row.shot_wanted = False, None
        row.save()
        journal.record(row, action, actor, reason)


def _bind(row: Terminal, actor: Actor) -> str:
    token = secrets.token_urlsafe(32)
    row.token_digest, row.code_digest, row.code_expires_at = _digest(token), "", None
    row.state, row.activated_at = rules.State.ACTIVE, timezone.now()
    row.online, row.seen_at, row.offline_at, row.ip = True, timezone.now(), None, actor.ip or None
    row.save()
    journal.record(row, "activate", actor)
    return token


def _digest(secret: str) -> str:
    return sm3(secret.encode()).hex() if secret else ""
