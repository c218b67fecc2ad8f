"""身份翼测试的公共现场。"""

import pytest

from shilong.foundation.audit import services as audit
from shilong.foundation.notify import services as notify


@pytest.fixture
def sent(monkeypatch):
    """截下发出的消息：[(模板, 上下文, 手机号)]。"""
    messages = []

    def send(template, *, context, account_id=None, mobile="", email="", subject_no=""):
        messages.append((template, context, mobile))

    monkeypatch.setattr(notify, "send", send)
    return messages


@pytest.fixture
def audited(monkeypatch):
    """截下审计：[(动作, 操作人账号, 对象, 结果)]，仍照常写入。"""
    lines = []
    record = audit.record

    def spy(action, *, actor, object_type="", object_id="", result="ok", detail=None):
        lines.append((action, actor.account_id, object_id, result))
        return record(action, actor=actor, object_type=object_type, object_id=object_id, result=result, detail=detail)

    monkeypatch.setattr(audit, "record", spy)
    return lines
