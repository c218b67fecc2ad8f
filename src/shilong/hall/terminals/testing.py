"""测试与演示用：一行造出一台激活着的终端；补历史的心跳与统计。"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shilong.hall.terminals import rules, services
from shilong.hall.terminals.models import Terminal, Usage
from shilong.identity.roles.actor import Actor


def make_terminal(
    admin: Actor, name: str = "1 号一体机", *, kind: str = "kiosk", reader: str = "keyboard", **config: Any
) -> tuple[str, str]:
    """登记并激活一台，返回 (编号, 设备令牌)。"""
    number = services.register(services.Profile(name, kind, "测试大厅", reader=reader), config, actor=admin)
    return number, services.activate(services.issue_code(number, actor=admin), "127.0.0.1")


def simulate_beat(number: str, token: str) -> None:
    """替一台没有真机的演示终端报一次心跳；之后没有心跳，就会像真的一样变成离线。"""
    view = services.authenticate(token)
    report = {
        "version": f"demo-{view.config_version}",
        "url": "/self/",
        "screen": "1080×1920",
        "printer": "ok",
        "card": "ok",
        "latency": 12,
    }
    services.beat(view, report, "127.0.0.1")


def seed_usage(number: str, day: date, counts: Mapping[str, int]) -> None:
    """补某天的统计；已有的不动。"""
    terminal = Terminal.objects.get(number=number)
    rows = [Usage(terminal=terminal, day=day, feature=key, count=count) for key, count in counts.items() if key in rules.FEATURES and count]
    Usage.objects.bulk_create(rows, ignore_conflicts=True)
