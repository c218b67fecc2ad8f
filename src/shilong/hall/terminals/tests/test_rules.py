"""终端的规则。"""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from shilong.foundation.refusals import Invalid
from shilong.hall.terminals import rules
from shilong.hall.terminals.rules import FaultState

pytestmark = pytest.mark.req("P11", "P12")
NOW = timezone.make_aware(datetime(2026, 11, 24, 10, 0))
CARD = "410404190001010010"


@pytest.mark.parametrize(
    ("preset", "text", "found"),
    [
        ("plain", CARD, True),
        ("plain", "41040419000101001X", True),
        ("plain", f"测试甲,{CARD}", False),
        ("plain", CARD[:-1], False),
        ("id_first", f"{CARD}|测试甲|男", True),
        ("name_first", f"测试甲,{CARD}", True),
        ("name_first", f"测试甲|{CARD}|男|汉", True),
        ("name_first", CARD, False),
        ("any", f"&&姓名测试甲号码{CARD}有效期", True),
        ("any", f"12345{CARD}67", False),  # 一长串数字里截一段不算
    ],
)
def test_reader_formats(preset, text, found):
    pattern = rules.reader_pattern({"format": preset}).replace("(?<id>", "(?P<id>")
    match = re.search(pattern, text)
    assert (match is not None and len(match["id"]) == 18) is found


@pytest.mark.parametrize(
    ("seen", "offline"), [(None, True), (NOW - timedelta(seconds=89), False), (NOW - timedelta(seconds=91), True), (NOW, False)]
)
def test_offline_after_three_lost_beats(seen, offline):
    assert rules.is_offline(seen, NOW) is offline


@pytest.mark.parametrize(
    ("clock", "workday", "alarm"),
    [((8, 29), True, False), ((8, 30), True, True), ((17, 30), True, True), ((17, 31), True, False), ((10, 0), False, False)],
)
def test_alarms_only_while_the_hall_is_open(clock, workday, alarm):
    assert rules.should_alarm(datetime(2026, 11, 24, *clock), workday=workday) is alarm


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"idle": 5}, "idle"),
        ({"idle": "90"}, "idle"),
        ({"notice": "长" * 121}, "notice"),
        ({"start": "https://example.com/"}, "start"),
        ({"start": "//example.com/"}, "start"),
        ({"start": "/\\example.com"}, "start"),
        ({"format": "magic"}, "format"),
        ({"format": "custom", "pattern": "abc"}, "pattern"),
        ({"format": "custom", "pattern": "(?<id>[0-9"}, "pattern"),
        ({"format": "custom", "pattern": "(?<id>" + "1" * 130 + ")"}, "pattern"),
    ],
)
def test_bad_config_names_the_field(raw, field):
    with pytest.raises(Invalid) as refusal:
        rules.clean_config(raw, "screen")
    assert field in refusal.value.fields


def test_config_keeps_only_known_keys():
    kept = rules.clean_config(
        {"idle": 60, "junk": 1, "start": "/screen/hall/", "format": "custom", "pattern": "^ID(?<id>.{18})$"}, "screen"
    )
    assert kept == {"idle": 60, "notice": "", "format": "custom", "pattern": "^ID(?<id>.{18})$", "start": "/screen/hall/"}
    assert "start" not in rules.clean_config({"start": "/x/"}, "kiosk")


@pytest.mark.parametrize(
    ("state", "keeper", "assignee", "steps"),
    [
        (FaultState.OPEN, True, False, ["assign", "cancel"]),
        (FaultState.OPEN, False, False, []),
        (FaultState.ASSIGNED, True, False, ["assign", "start", "resolve", "cancel"]),
        (FaultState.ASSIGNED, False, True, ["start", "resolve"]),
        (FaultState.WORKING, False, True, ["resolve"]),
        (FaultState.WORKING, False, False, []),
        (FaultState.RESOLVED, True, False, ["reopen"]),
        (FaultState.RESOLVED, False, True, []),
        (FaultState.CANCELLED, True, True, []),
    ],
)
def test_who_can_do_which_step(state, keeper, assignee, steps):
    assert rules.steps_for(state, keeper=keeper, assignee=assignee) == steps


@pytest.mark.parametrize(("seconds", "text"), [(59, "0 分钟"), (3599, "59 分钟"), (3660, "1 小时 1 分"), (200_000, "2 天 7 小时")])
def test_durations(seconds, text):
    assert rules.duration(seconds) == text


def test_activation_code_is_forgiving_about_case_and_dashes():
    assert rules.clean_code(" abcd-2345 ") == "ABCD2345"
    assert rules.shown_code("ABCD2345") == "ABCD-2345"
