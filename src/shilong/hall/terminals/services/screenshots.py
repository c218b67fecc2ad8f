"""远程截屏：管理员要，终端自己把页面画成图传上来；页面上有个人信息时不截，只回原因。"""

import uuid
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from shilong.foundation.files import services as files
from shilong.foundation.files.kinds import JPEG, PNG
from shilong.hall.terminals import journal, rules
from shilong.hall.terminals.models import Screenshot, Terminal
from shilong.hall.terminals.permissions import MANAGERS
from shilong.hall.terminals.refusals import NoSuchShot, NotOnline
from shilong.hall.terminals.selectors.rows import TerminalView
from shilong.hall.terminals.services.locking import locked
from shilong.identity.roles.actor import Actor, require

LARGEST = 4 * 1024 * 1024
REASONS = {"private": "有人正在使用，页面上有个人信息，没有截", "failed": "终端没能把页面画成图"}


def ask_shot(number: str, *, actor: Actor) -> None:
    """要一张截屏；终端下一次心跳时收到。上一次还没回的算作废。

    异常：
        NotOnline: 不在线。
    """
    require(actor, *MANAGERS)
    with transaction.atomic():
        row = locked(number)
        if not row.online:
            raise NotOnline
        shot = Screenshot.objects.create(terminal=row, requested_by=actor.name, requested_at=timezone.now())
        row.shot_wanted = shot.pk
        row.save(update_fields=["shot_wanted"])
        journal.record(row, "shot", actor)


def store_shot(terminal: TerminalView, shot_id: uuid.UUID, stream: BinaryIO, page_url: str) -> None:
    """终端传来图。

    异常：
        NoSuchShot: 没要过，或已作废。文件不合格的各种拒绝。
    """
    _pending(terminal, shot_id)
    stored = files.store(stream, "截屏.png", owner_id=None, max_bytes=LARGEST, kinds=(PNG, JPEG))
    _finish(terminal, shot_id, file_id=stored.pk, page_url=page_url.partition("?")[0][:200])


def skip_shot(terminal: TerminalView, shot_id: uuid.UUID, reason: str) -> None:
    """终端说没有截，`reason` 是 private 或 failed。"""
    _finish(terminal, shot_id, reason=REASONS.get(reason, REASONS["failed"]))


def prune_shots() -> int:
    """清掉七天前的截屏，返回条数。"""
    old = Screenshot.objects.filter(requested_at__lt=timezone.now() - rules.SHOTS_KEPT)
    return old.delete()[0]


def _pending(terminal: TerminalView, shot_id: uuid.UUID) -> Screenshot:
    row = Screenshot.objects.filter(pk=shot_id, terminal_id=terminal.pk, taken_at=None, terminal__shot_wanted=shot_id).first()
    if row is None:
        raise NoSuchShot
    return row


def _finish(terminal: TerminalView, shot_id: uuid.UUID, **values: object) -> None:
    with transaction.atomic():
        wanted = Terminal.objects.select_for_update().get(pk=terminal.pk)
        row = _pending(terminal, shot_id)
        for name, value in {**values, "taken_at": timezone.now()}.items():
            setattr(row, name, value)
        row.save()
        wanted.shot_wanted = None
        wanted.save(update_fields=["shot_wanted"])
