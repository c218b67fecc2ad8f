"""评价器：登记、换令牌、停用、认出一台。"""

import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.gm import sm3
from shilong.foundation.refusals import NotFound
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, require
from shilong.service.ratings.models import Terminal
from shilong.service.ratings.permissions import INSTALLERS
from shilong.service.ratings.refusals import TerminalInvalid, TerminalUnknown

SEEN_EVERY = 30  # 秒；评价器每不到一秒问一次，不必每次都写库


def register(name: str, window: str, department: str, *, actor: Actor) -> str:
    """登记一台评价器，返回令牌原文（只显示这一次）。

    异常：
        TerminalInvalid: 没填全、部门不存在或名称重复。
    """
    require(actor, *INSTALLERS)
    name, window = name.replace("\x00", "").strip(), window.replace("\x00", "").strip()
    known = {one.key for one in organizations.departments()}
    errors = {"name": "请填写名称，不超过 60 字"} if not 0 < len(name) <= 60 else {}
    errors |= {"window": "请填写窗口，不超过 20 字"} if not 0 < len(window) <= 20 else {}
    errors |= {"department": "请选择部门"} if department not in known else {}
    if errors:
        raise TerminalInvalid(fields=errors)
    token = _token()
    try:
        with transaction.atomic():
            row = Terminal.objects.create(
                name=name,
                window=window,
                department=department,
                digest=_digest(token),
                registered_at=timezone.now(),
                registered_by=actor.name,
            )
            _audit("rating_terminal.register", row, actor)
    except IntegrityError:
        raise TerminalInvalid(fields={"name": "已有同名的评价器"}) from None
    return token


def renew(pk: int, *, actor: Actor) -> str:
    """换一个令牌（设备换过、令牌可能泄露），旧的立即失效；停用的同时恢复启用。"""
    token = _token()
    with transaction.atomic():
        row = _get(pk, actor)
        row.digest, row.active = _digest(token), True
        row.save(update_fields=["digest", "active"])
        _audit("rating_terminal.renew", row, actor)
    return token


def deactivate(pk: int, *, actor: Actor) -> None:
    """停用。"""
    with transaction.atomic():
        row = _get(pk, actor)
        row.active = False
        row.save(update_fields=["active"])
        _audit("rating_terminal.deactivate", row, actor)


def recognise(token: str) -> Terminal:
    """凭令牌认出评价器。异常：TerminalUnknown（401）。"""
    row = Terminal.objects.filter(digest=_digest(token[:80]), active=True).first() if token else None
    if row is None:
        raise TerminalUnknown
    now = timezone.now()
    if row.seen_at is None or (now - row.seen_at).total_seconds() > SEEN_EVERY:
        Terminal.objects.filter(pk=row.pk).update(seen_at=now)
    return row


def _token() -> str:
    return secrets.token_urlsafe(18)


def _digest(token: str) -> str:
    return sm3(f"rating-terminal:{token}".encode()).hex()


def _get(pk: int, actor: Actor) -> Terminal:
    require(actor, *INSTALLERS)
    row = Terminal.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound("没有这台评价器。")
    return row


def _audit(action: str, row: Terminal, actor: Actor) -> None:
    audit.record(action, actor=actor, object_type="rating_terminal", object_id=str(row.pk), detail={"window": row.window})
