"""更正申请的状态表与脱敏。"""

import pytest

from shilong.service.amendments import rules
from shilong.service.amendments.rules import Status, StepNotPossible

pytestmark = pytest.mark.req("P04")
ALLOWED = {
    ("authorise", "pending"): "authorised",
    ("refuse", "pending"): "refused",
    ("execute", "authorised"): "executed",
    ("cancel", "pending"): "cancelled",
    ("cancel", "authorised"): "cancelled",
}


@pytest.mark.parametrize("step", ["authorise", "refuse", "execute", "cancel"])
@pytest.mark.parametrize("status", list(Status))
def test_every_step_from_every_status(step, status):
    target = ALLOWED.get((step, str(status)))
    if target:
        assert rules.advance(step, status) == target
    else:
        with pytest.raises(StepNotPossible):
            rules.advance(step, status)


@pytest.mark.parametrize(
    ("kind", "value", "choices", "text"),
    [
        ("name", "王建国", {}, "王*国"),
        ("idcard", "410404190001010010", {}, "410404********0010"),
        ("mobile", "13000000001", {}, "130****0001"),
        ("select", "3", {"3": "窗口"}, "窗口"),
        ("text", "测试路1号", {}, "测试路1号"),
        ("mobile", "", {}, "（空）"),
    ],
)
def test_values_are_shown_masked(kind, value, choices, text):
    assert rules.shown(kind, value, choices) == text
