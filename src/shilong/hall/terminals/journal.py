"""记一笔终端履历，连同审计与事件；都在业务事务里。"""

from typing import Any

from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.events import services as events
from shilong.hall.terminals.models import Terminal, TerminalEvent
from shilong.identity.roles.actor import Actor

PUBLISHED = frozenset({"register", "activate", "revoke", "retire", "offline", "online"})
UNAUDITED = frozenset({"offline", "online"})  # 设备自己的变化，不是谁做的动作


def device(terminal: Terminal, ip: str = "") -> Actor:
    """终端自己作为操作人：没有账号、没有角色。"""
    return Actor(account_id=None, name=f"终端 {terminal.number}", ip=ip)


def record(terminal: Terminal, action: str, actor: Actor, note: str = "", **detail: Any) -> None:
    """追加履历；该审计的审计，该发布的发布。"""
    TerminalEvent.objects.create(
        terminal=terminal, action=action, note=note[:300], actor_id=actor.account_id, actor_name=actor.name, at=timezone.now()
    )
    if action not in UNAUDITED:
        detail = {"note": note, **detail} if note else detail
        audit.record(f"terminal.{action}", actor=actor, object_type="terminal", object_id=terminal.number, detail=detail)
    if action in PUBLISHED:
        events.emit(f"terminal.{action}", key=terminal.number, number=terminal.number)
