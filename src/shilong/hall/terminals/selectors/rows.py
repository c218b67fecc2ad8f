"""一台终端给人看、给页面用的样子。"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shilong.hall.terminals import rules
from shilong.hall.terminals.models import Terminal
from shilong.hall.terminals.rules import Kind, Reader, State


@dataclass(frozen=True, slots=True)
class TerminalView:
    """一台终端。`fresh` 是“页面已是下发的配置”；没上报过的不算。"""

    pk: int
    number: str
    name: str
    kind: str
    kind_name: str
    hall: str
    place: str
    window: str
    state: str
    state_name: str
    tone: str
    status: str
    reader: str
    reader_name: str
    config: dict[str, Any]
    config_version: int
    version: int
    online: bool
    seen_at: datetime | None
    offline_at: datetime | None
    activated_at: datetime | None
    code_expires_at: datetime | None
    ip: str
    page_version: str
    page_url: str
    screen: str
    printer: str
    card: str
    latency: int | None
    shot_pending: bool

    @property
    def idle(self) -> int:
        """多少秒没操作就清空回首页。"""
        return int(self.config.get("idle") or rules.IDLE_DEFAULT)

    @property
    def notice(self) -> str:
        return str(self.config.get("notice") or "")

    @property
    def start(self) -> str:
        """等候屏、评价器、取号机要显示的页面；没有设置为空串。"""
        return str(self.config.get("start") or "")

    @property
    def queue(self) -> str:
        """能取哪个大厅的号（service.queueing 的大厅键）；空串是不能取号。"""
        return str(self.config.get("queue") or "")

    @property
    def pattern(self) -> str:
        return rules.reader_pattern(self.config)

    @property
    def fresh(self) -> bool:
        """页面版本的末段是配置版本（见 web.kiosk）。"""
        return self.page_version.rpartition("-")[2] == str(self.config_version)


def view_of(row: Terminal) -> TerminalView:
    """由表行构造。"""
    status, tone = _status(row)
    return TerminalView(
        pk=row.pk,
        number=row.number,
        name=row.name,
        kind=row.kind,
        kind_name=rules.KIND_NAMES[Kind(row.kind)],
        hall=row.hall,
        place=row.place,
        window=row.window,
        state=row.state,
        state_name=rules.STATE_NAMES[State(row.state)],
        tone=tone,
        status=status,
        reader=row.reader,
        reader_name=rules.READER_NAMES[Reader(row.reader)],
        config=row.config,
        config_version=row.config_version,
        version=row.version,
        online=row.online,
        seen_at=row.seen_at,
        offline_at=row.offline_at,
        activated_at=row.activated_at,
        code_expires_at=row.code_expires_at,
        ip=row.ip or "",
        page_version=row.page_version,
        page_url=row.page_url,
        screen=row.screen,
        printer=rules.DEVICE_STATES[row.printer],
        card=rules.DEVICE_STATES[row.card],
        latency=row.latency,
        shot_pending=row.shot_wanted is not None,
    )


def _status(row: Terminal) -> tuple[str, str]:
    if row.state != State.ACTIVE:
        return rules.STATE_NAMES[State(row.state)], "o" if row.state == State.WAITING else ""
    return ("在线", "g") if row.online else ("离线", "r")
