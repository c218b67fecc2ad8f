"""使用计数、刷卡留痕、打印留痕。"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.numbering.services import next_number
from shilong.hall.terminals import journal, rules
from shilong.hall.terminals.models import PrintRecord, Terminal, TerminalEvent, Usage
from shilong.hall.terminals.refusals import TooManyCards
from shilong.hall.terminals.selectors.rows import TerminalView
from shilong.identity.roles.actor import Actor

PRINT_KINDS = {"document": "文书", "licence": "证照副本", "notice": "一次性告知单"}


def count(terminal: TerminalView, feature: str) -> None:
    """某功能用了一次。"""
    row, _ = Usage.objects.get_or_create(terminal_id=terminal.pk, day=timezone.localdate(), feature=feature)
    Usage.objects.filter(pk=row.pk).update(count=F("count") + 1)


def card_read(terminal: TerminalView, *, matched: bool, ip: str) -> None:
    """记一次刷卡：只记有没有匹配到账号，不记号码。单独成事务，后面的步骤失败也留着。

    异常：
        TooManyCards: 这台终端十分钟里刷得太多（有人在试号码）。
    """
    since = timezone.now() - rules.CARD_WINDOW
    if TerminalEvent.objects.filter(terminal_id=terminal.pk, action="card", at__gte=since).count() >= rules.CARD_LIMIT:
        raise TooManyCards
    with transaction.atomic():
        row = Terminal.objects.get(pk=terminal.pk)
        journal.record(row, "card", journal.device(row, ip), "匹配到账号" if matched else "没有匹配到账号")
    count(terminal, "identify")


def record_print(terminal: TerminalView, kind: str, reference: str, title: str, pages: int, *, actor: Actor) -> str:
    """打印之前留痕，返回印在水印里的打印编号。

    参数：
        kind: `PRINT_KINDS` 的键。
        reference: 文号、证照编号等。
        pages: 页数。
    """
    with transaction.atomic():
        serial = next_number("terminal_print")
        PrintRecord.objects.create(
            serial=serial,
            terminal_id=terminal.pk,
            kind=kind,
            reference=reference[:80],
            title=title[:200],
            pages=pages,
            account_id=actor.account_id,
            at=timezone.now(),
        )
        detail = {"terminal": terminal.number, "serial": serial, "kind": PRINT_KINDS[kind], "pages": pages}
        audit.record("terminal.print", actor=actor, object_type=kind, object_id=reference, detail=detail)
    count(terminal, "print")
    return serial
