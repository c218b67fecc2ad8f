"""心跳与离线判定。"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.calendar import services as calendars
from shilong.foundation.notify import services as notify
from shilong.hall.terminals import journal, rules
from shilong.hall.terminals.models import Terminal
from shilong.hall.terminals.selectors.rows import TerminalView
from shilong.identity.roles.actor import SYSTEM, Role
from shilong.identity.roles.services import holders


@dataclass(frozen=True, slots=True)
class Beat:
    """给终端的回话：现在的配置版本，要不要截屏。"""

    config_version: int
    shot: uuid.UUID | None


def beat(terminal: TerminalView, report: Mapping[str, Any], ip: str) -> Beat:
    """收一次心跳：记下终端自报的情况。没报的、不合理的按空记，不因此拒绝——心跳断了比内容错了要紧。

    参数：
        report: version url screen printer card latency。
    """
    latency = report.get("latency")
    values = {
        "online": True,
        "seen_at": timezone.now(),
        "offline_at": None,
        "ip": ip or None,
        "page_version": _text(report, "version", 40),
        "page_url": _text(report, "url", 200).partition("?")[0],  # 查询串里会有群众搜的词
        "screen": _text(report, "screen", 20),
        "printer": _device(report, "printer"),
        "card": _device(report, "card"),
        "latency": latency if isinstance(latency, int) and 0 <= latency < 600_000 else None,
    }
    with transaction.atomic():
        row = Terminal.objects.select_for_update().get(pk=terminal.pk)
        back = not row.online
        Terminal.objects.filter(pk=row.pk).update(**values)
        if back:
            journal.record(row, "online", journal.device(row, ip))
    return Beat(row.config_version, row.shot_wanted)


def watch() -> int:
    """把久没心跳的标为离线，开放时间里告诉系统管理员；返回新离线的台数。重复执行无害。"""
    now = timezone.now()
    local = timezone.localtime(now)
    found = 0
    silent = Terminal.objects.filter(state=rules.State.ACTIVE, online=True, seen_at__lt=now - rules.OFFLINE_AFTER)
    for pk in silent.values_list("pk", flat=True):
        with transaction.atomic():
            row = Terminal.objects.select_for_update().get(pk=pk)
            if not row.online or not rules.is_offline(row.seen_at, now):
                continue
            row.online, row.offline_at = False, now
            row.save(update_fields=["online", "offline_at"])
            journal.record(row, "offline", SYSTEM, f"最后一次心跳 {timezone.localtime(row.seen_at):%H:%M:%S}" if row.seen_at else "")
            if rules.should_alarm(local, workday=calendars.load().is_workday(local.date())):
                _alarm(row)
            found += 1
    return found


def _alarm(row: Terminal) -> None:
    last = timezone.localtime(row.seen_at) if row.seen_at else None
    context = {"number": row.number, "name": row.name, "place": row.hall + row.place, "seen": f"{last:%m-%d %H:%M}" if last else "没有"}
    for account_id in holders(Role.SYSADMIN):
        notify.send("terminal_offline", context=context, account_id=account_id, subject_no=row.number)


def _text(report: Mapping[str, Any], key: str, longest: int) -> str:
    return str(report.get(key) or "").replace("\x00", "")[:longest]


def _device(report: Mapping[str, Any], key: str) -> str:
    state = str(report.get(key) or "")
    return state if state in rules.DEVICE_STATES else ""
