"""身份翼测试的公共现场。"""

from typing import Any

import pytest

from shilong.foundation.audit import services as audit
from shilong.foundation.notify import services as notify


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any], str]]:
    """截下发出的消息：[(模板, 上下文, 手机号)]。"""
    messages: list[tuple[str, dict[str, Any], str]] = []

    def send(template: str, *, context: dict[str, Any], mobile: str = "", **_: Any) -> None:
        messages.append((template, context, mobile))

    monkeypatch.setattr(notify, "send", send)
    return messages


@pytest.fixture
def audited(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None, str, str]]:
    """截下审计：[(动作, 操作人账号, 对象, 结果)]，仍照常写入。"""
    lines: list[tuple[str, int | None, str, str]] = []
    record = audit.record

    def spy(action: str, *, actor: Any, object_type: str = "", object_id: str = "", result: str = "ok", detail: Any = None) -> None:
        lines.append((action, actor.account_id, object_id, result))
        record(action, actor=actor, object_type=object_type, object_id=object_id, result=result, detail=detail)

    monkeypatch.setattr(audit, "record", spy)
    return lines
