"""叫号规则：状态机、顺序、归组、统计、播报词。"""

from datetime import datetime, timedelta

import pytest

from shilong.foundation.calendar.rules import ZONE
from shilong.service.queueing.rules import (
    Action,
    NotPossible,
    Place,
    Policy,
    Sample,
    State,
    Waiting,
    choose,
    move,
    percentile,
    place_for,
    summarise,
)
from shilong.service.queueing.voice import sentence

pytestmark = pytest.mark.req("W01")
NINE = datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)


def one(number, kind="w", minute=0, **extra):
    """第 `minute` 分钟起排队的一个号：w 现场、b 预约、p 优先。"""
    return Waiting(number, NINE + timedelta(minutes=minute), booked=kind == "b", priority=kind == "p", **extra)


@pytest.mark.parametrize(
    ("waiting", "recent", "calls", "expected"),
    [
        ([], "", 0, None),
        ([one(2, minute=5), one(1, minute=1)], "", 0, 1),  # 先到先叫
        ([one(1), one(2, "b", 5)], "", 0, 2),  # 一开始先叫预约
        ([one(1), one(2, "b", 5)], "b", 0, 2),  # 2 比 1：预约还能再叫一个
        ([one(1), one(2, "b", 5)], "bb", 0, 1),  # 满两个，轮到现场
        ([one(1), one(2, "b", 5)], "bbw", 0, 2),  # 现场满一个，又轮到预约
        ([one(1)], "wwww", 0, 1),  # 轮到预约但没人，现场补上
        ([one(1), one(2, "p", 9)], "", 0, 2),  # 优先在前
        ([one(1), one(2, "p", 9)], "ppp", 0, 1),  # 连叫三个优先后让一个普通号
        ([one(2, "p", 9)], "ppp", 0, 2),  # 没有普通号就接着叫优先
        ([one(1, "p"), one(2, "w", 9, moved=True)], "", 0, 2),  # 转来的最前
        ([one(1), one(2, minute=-30, ready_after=4)], "", 3, 1),  # 找回号还差一位
        ([one(1), one(2, minute=-30, ready_after=4)], "", 4, 2),  # 够位数了
        ([one(2, ready_after=9)], "", 0, 2),  # 没有别人，不让窗口空着
        ([one(1, "b", 60, slot_start=NINE + timedelta(minutes=60)), one(2, minute=3)], "", 0, 2),  # 早到的预约还没到点
        ([one(1, "b", 60, slot_start=NINE + timedelta(minutes=60))], "", 0, 1),  # 没有别人，早到的也叫
        ([one(1, "b", 9, slot_start=NINE + timedelta(minutes=9)), one(2)], "", 0, 1),  # 提前十分钟算到点
    ],
)
def test_who_is_next(waiting, recent, calls, expected):
    chosen = choose(waiting, recent, calls, Policy(), NINE)
    assert (chosen and chosen.id) == expected


def test_a_long_day_serves_both_kinds_in_ratio():
    booked = [one(n, "b", n) for n in range(60)]
    walkin = [one(100 + n, "w", n) for n in range(60)]
    recent, order = "", ""
    waiting = booked + walkin
    for calls in range(30):
        chosen = choose(waiting, recent, calls, Policy(), NINE + timedelta(hours=3))
        waiting.remove(chosen)
        recent, order = (recent + chosen.mark)[-20:], order + chosen.mark
    assert order == "bbw" * 10


@pytest.mark.parametrize(
    ("state", "action", "target"),
    [
        (State.WAITING, Action.CALLED, State.CALLED),
        (State.CALLED, Action.RECALLED, State.CALLED),
        (State.CALLED, Action.SERVING, State.SERVING),
        (State.SERVING, Action.FINISHED, State.FINISHED),
        (State.CALLED, Action.MISSED, State.MISSED),
        (State.MISSED, Action.RETURNED, State.WAITING),
        (State.SERVING, Action.TRANSFERRED, State.WAITING),
        (State.WAITING, Action.ABANDONED, State.ABANDONED),
    ],
)
def test_moves(state, action, target):
    assert move(state, action) == target


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (State.CALLED, Action.CALLED),
        (State.WAITING, Action.SERVING),
        (State.SERVING, Action.MISSED),
        (State.WAITING, Action.RETURNED),
        (State.FINISHED, Action.ABANDONED),
        (State.EXPIRED, Action.RETURNED),
    ],
)
def test_moves_not_allowed(state, action):
    with pytest.raises(NotPossible):
        move(state, action, "A001")


PLACES = [Place("general", fallback=True), Place("social", departments=("rsj",)), Place("single", items=("X1",))]


@pytest.mark.parametrize(
    ("item", "department", "key"), [("X1", "rsj", "single"), ("X2", "rsj", "social"), ("X3", "wjw", "general"), ("X4", "", "general")]
)
def test_where_an_item_goes(item, department, key):
    assert place_for(item, department, PLACES) == key


def test_an_item_without_a_place():
    assert place_for("X3", "wjw", PLACES[1:]) == ""


def test_statistics():
    rows = [Sample("综合", 60.0 * n, 300.0, finished=True) for n in range(1, 11)]
    rows += [Sample("综合", None, None, lost=True), Sample("社保", None, None)]
    general, social = sorted(summarise(rows), key=lambda row: -row.taken)
    assert (general.taken, general.called, general.finished, general.lost) == (11, 10, 10, 1)
    assert (general.wait_mean, general.wait_p90, general.serve_mean) == (5.5, 9.0, 5.0)
    assert (social.taken, social.wait_mean, social.wait_p90) == (1, None, None)


def test_percentile_by_nearest_rank():
    assert [percentile([3, 1, 2], share) for share in (0.1, 0.5, 0.9)] == [1, 2, 3]


def test_what_is_spoken():
    assert sentence("A012", "03 号窗口") == "请 A 零 一 二 号，到 3号窗口"
