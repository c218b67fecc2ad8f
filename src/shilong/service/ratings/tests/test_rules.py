"""规则逐条：级别与标签、规则参数、工单流转、预警统计、指标、脱敏、上报字段。"""

import json
from datetime import datetime

import pytest

from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.codes import redaction
from shilong.foundation.codes.tables import RATING_TAG
from shilong.foundation.gm.provider import provider
from shilong.service.ratings.refusals import BadLevel, BadTags, PolicyInvalid, ReasonNeeded, StepNotPossible, TextTooLong
from shilong.service.ratings.rules import alarms, indicators, policy, scores, standard, tickets
from shilong.service.ratings.rules.indicators import COLUMNS, Scores
from shilong.service.ratings.rules.tickets import Stage, Step

pytestmark = pytest.mark.req("W03", "P07")


def test_each_level_has_eight_tags_and_the_retired_codes_are_gone():
    assert {level: len(scores.tags_of(level)) for level in scores.LEVELS} == {5: 8, 4: 8, 3: 8, 2: 8, 1: 8}
    assert not {str(code) for code in range(501, 510)} & set(RATING_TAG.entries)
    assert scores.tags_of(5)[: scores.SHOWN_FIRST] == [
        ("510", "一窗受理一次办结"),
        ("511", "可以先受理后补材料"),
        ("512", "不用提交证明"),
    ]


@pytest.mark.parametrize(
    ("level", "tags", "text", "result"),
    [
        (5, [], "", (5, [], "")),
        ("4", ["413", "406", "413"], " 好 ", (4, ["406", "413"], "好")),
        (1, ["108"], "", (1, ["108"], "")),
        (2, [], "等了三个小时", (2, [], "等了三个小时")),
        (3, [], "字" * 500, (3, [], "字" * 500)),
        (2, [], "", ReasonNeeded),
        (1, [], " \x00 ", ReasonNeeded),
        (5, ["108"], "", BadTags),
        (5, ["501"], "", BadTags),
        (0, [], "", BadLevel),
        (6, [], "", BadLevel),
        ("很好", [], "", BadLevel),
        (5, [], "字" * 501, TextTooLong),
    ],
)
def test_content_of_a_rating(level, tags, text, result):
    if isinstance(result, tuple):
        assert scores.check(level, tags, text) == result
        return
    with pytest.raises(result):
        scores.check(level, tags, text)


@pytest.mark.parametrize(("ours", "theirs"), [(5, "1"), (4, "2"), (3, "3"), (2, "4"), (1, "5")])
def test_national_result_table_counts_the_other_way(ours, theirs):
    assert scores.pro_result_satisfaction(ours) == theirs


def test_policy_fills_gaps_and_points_at_each_bad_value():
    assert policy.check({"default_days": "7"})["default_days"] == 7
    assert policy.check({})["rectify_days"] == 15
    with pytest.raises(PolicyInvalid) as refused:
        policy.check({"default_days": "0", "token_days": "x", "contact_days": "1"})
    assert set(refused.value.fields) == {"default_days", "token_days"}


@pytest.mark.parametrize(
    ("stage", "step", "target"),
    [
        ("10", "take", "20"),
        ("10", "assign", "10"),
        ("20", "assign", "10"),
        ("20", "contact", None),
        ("20", "appeal", "30"),
        ("20", "rectify", "40"),
        ("30", "uphold", "90"),
        ("30", "dismiss", "40"),
        ("40", "feedback", "50"),
        ("50", "visit", None),
        ("50", "redo", "40"),
        ("50", "close", "60"),
    ],
)
def test_every_move_of_a_ticket(stage, step, target):
    assert tickets.move(stage, Step(step)).target == target


def test_moves_not_in_the_table_are_refused():
    legal = {(stage, move.step) for move in tickets.MOVES for stage in move.sources}
    assert len(legal) == 12
    for stage in Stage:
        for step in Step:
            if (stage, step) not in legal:
                with pytest.raises(StepNotPossible):
                    tickets.move(stage, step)


def test_appeals_and_visits_are_done_by_someone_else():
    apart = {move.step: move.apart for move in tickets.MOVES if move.apart}
    assert apart == {Step.UPHOLD: "appealed_by_id", Step.DISMISS: "appealed_by_id", Step.VISIT: "handler_id"}


@pytest.mark.parametrize(
    ("total", "least", "p", "chance"),
    [(10, 0, 0.5, 1.0), (10, 11, 0.5, 0.0), (1, 1, 0.25, 0.25), (2, 1, 0.5, 0.75), (10, 10, 0.5, 0.5**10), (3, 2, 0.5, 0.5)],
)
def test_binomial_tail(total, least, p, chance):
    assert alarms.tail(total, least, p) == pytest.approx(chance, abs=1e-9)


@pytest.mark.parametrize(
    ("window", "raised"),
    [
        (alarms.Window("突然变差", 40, 10, 160, 4), True),
        (alarms.Window("一直就差", 40, 10, 160, 40), False),
        (alarms.Window("差评太少", 3, 2, 160, 0), False),
        (alarms.Window("新开的窗口", 10, 8, 0, 0), True),
        (alarms.Window("略有上升", 100, 6, 400, 20), False),
        (alarms.Window("没有评价", 0, 0, 100, 3), False),
    ],
)
def test_which_rises_raise_an_alarm(window, raised):
    others = [alarms.Window("其余", 400, 12, 1600, 48)]
    assert (window.key in [one.key for one in alarms.find([window, *others], least=3)]) is raised


def test_alarms_come_most_unusual_first():
    found = alarms.find([alarms.Window("甲", 40, 10, 160, 4), alarms.Window("乙", 40, 20, 160, 4)], least=3)
    assert [one.key for one in found] == ["乙", "甲"]
    assert (found[0].rate, found[0].usual) == (50.0, 2.8)


def _scores(**counts) -> Scores:
    return Scores({**dict.fromkeys(COLUMNS, 0), **counts})


def test_both_ways_of_counting():
    found = _scores(due=20, a5=6, a3=1, a2=2, a1=1, d5=10, named=2, excluded=1)
    assert (found.active, found.defaults, found.bad) == (10, 10, 3)
    assert (found.active_rate, found.good_rate, found.good_rate_whole) == (50.0, 70.0, 85.0)
    assert (found.bad_rate, found.bad_rate_whole, found.named_rate) == (30.0, 15.0, 66.7)
    assert found.average == 3.8


def test_rates_without_a_denominator_are_unknown_not_zero():
    found = _scores()
    assert (found.active_rate, found.good_rate, found.bad_rate, found.named_rate, found.average) == (None,) * 5
    assert indicators.Handling(0, 0, 0, 0, 0, 0).visit_rate is None


def test_suggestions_say_which_tag_costs_how_many_points():
    scored = {"甲事项": _scores(a5=6, a2=4)}
    losses = {("甲事项", "213"): (4, 1200), ("甲事项", "214"): (2, 300), ("乙事项", "213"): (9, 900)}
    found = indicators.suggestions(scored, losses)
    assert [(one.item_code, one.tag, one.points) for one in found] == [("甲事项", "213", 1.2)]


def test_a_rating_shares_its_loss_among_its_tags():
    assert indicators.shares(2, ["213", "214"]) == {"213": 150, "214": 150}
    assert indicators.shares(5, ["510"]) == {"510": 0}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13900000001联系", "电话***联系"),
        ("0375-7000 101", "***"),
        ("证件410404190001010010", "证件***"),
        ("邮箱a.b@example.com谢谢", "邮箱***谢谢"),
        ("车牌豫D12345", "车牌***"),
        ("我是王建国，找李敏办的", "我是王**，找李*办的"),
        ("排队 45 分钟，来了 3 次", "排队 45 分钟，来了 3 次"),
        ("坏\x00字符", "坏字符"),
    ],
)
def test_public_text_hides_personal_information(text, shown):
    assert redaction.redact(text, ["王建国", "李敏"]) == shown


def _source(**changes) -> standard.Source:
    at = datetime(2026, 11, 3, 10, 20, 30, tzinfo=ZONE)
    values = {
        "rating_uid": "u",
        "department": "scjg",
        "department_name": "区市场监管局",
        "department_code": "11410404TTTT00014P",
        "manager": "赵审批",
        "item_code": "1" * 33,
        "item_name": "食品经营许可",
        "project_no": "41040426110300210001X",
        "project_type": "2",
        "status": "3",
        "accepted_at": at,
        "result_at": None,
        "service_number": "FW202600000001",
        "service_name": "办结",
        "service_at": at,
        "user_name": "王建国",
        "user_kind": "1",
        "id_type": "111",
        "id_no": "410404190001010010",
        "mobile": "13900000001",
        "page": "",
        "pf": "2",
        "satisfaction": 2,
        "tags": ["213", "214"],
        "text": "说不清",
        "rated_at": at,
        "number": 1,
    }
    return standard.Source(**{**values, **changes})


@pytest.mark.parametrize(("project_type", "promise_time"), [("2", "1"), ("1", "2"), ("9", "")])
def test_promise_time_is_the_reverse_of_project_type(project_type, promise_time):
    assert standard.record(_source(project_type=project_type))["promiseTime"] == promise_time


def test_standard_record_fields():
    row = standard.record(_source())
    assert (row["satisfaction"], row["evalDetail"], row["assessTime"], row["resultDate"]) == ("2", "213,214", "20261103T102030", "")
    assert (row["areaCode"], row["dataSource"], row["userProp"], len(row["certKey"])) == ("410404000000", "141", "1", 64)
    assert "410404190001010010" not in json.dumps(row)
    assert list(row)[:3] == ["areaCode", "areaName", "deptCode"]
    assert len(row) == 31


def test_signed_packet_verifies_with_sm2():
    key = provider().generate()
    at = datetime(2026, 11, 3, tzinfo=ZONE)
    packet = standard.signed([{"a": "甲"}], app_mark="MARK", at=at, sign=lambda data: provider().sign(key, data))
    assert set(packet) == {"appMark", "params", "time", "sign"}
    content = standard.to_sign(packet["appMark"], packet["time"], packet["params"])
    assert provider().verify(key.public, content, bytes.fromhex(packet["sign"]))
    assert not provider().verify(key.public, content + b"x", bytes.fromhex(packet["sign"]))
