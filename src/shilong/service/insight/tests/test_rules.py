"""统计口径：每个动作给哪些计数加多少；趋势的格子。"""

from datetime import date

import pytest

from shilong.service.insight import rules
from shilong.service.insight.rules import Outcome, increments

pytestmark = pytest.mark.req("P04")


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        ("submit", {"submitted": 1}),
        ("accept", {"accepted": 1}),
        ("auto_accept", {"accepted": 1}),
        ("reject", {"rejected": 1}),
        ("supplement", {"supplemented": 1}),
        ("withdraw", {"withdrawn": 1}),
        ("terminate", {"terminated": 1}),
        ("lapse", {"terminated": 1}),
        ("deliver", {"delivered": 1}),
        ("review", {}),
        ("receive", {}),
        ("correct", {}),
    ],
)
def test_each_action_counts_once(action, changes):
    assert increments(action) == changes


@pytest.mark.parametrize(
    ("outcome", "changes"),
    [
        (Outcome(True, False, 3, 5), {"granted": 1, "used_days": 3, "promised_days": 5, "in_promise": 1}),
        (Outcome(False, False, 5, 5), {"denied": 1, "used_days": 5, "promised_days": 5, "in_promise": 1}),
        (Outcome(True, True, 0, 0), {"granted": 1, "used_days": 0, "promised_days": 0, "in_promise": 1, "instant": 1}),
        (Outcome(True, False, 6, 5, 6, 20), {"granted": 1, "used_days": 6, "promised_days": 5, "over_promise": 1}),
        (Outcome(True, False, 21, 5, 21, 20), {"granted": 1, "used_days": 21, "promised_days": 5, "over_promise": 1, "over_legal": 1}),
    ],
)
def test_decision_counts_time_against_the_promise_and_the_law(outcome, changes):
    assert increments("decide", outcome) == changes


@pytest.mark.parametrize(("part", "whole", "rate"), [(1, 3, 33.3), (0, 5, 0.0), (5, 5, 100.0), (0, 0, None)])
def test_rate(part, whole, rate):
    assert rules.rate(part, whole) == rate


@pytest.mark.parametrize(
    ("first", "last", "unit", "count", "start"),
    [
        ("2026-11-01", "2026-11-24", "day", 24, "2026-11-01"),
        ("2026-09-01", "2026-11-24", "week", 13, "2026-08-31"),
        ("2025-12-01", "2026-11-24", "month", 12, "2025-12-01"),
        ("2025-11-25", "2026-11-24", "month", 13, "2025-11-01"),
        ("2026-11-24", "2026-11-24", "day", 1, "2026-11-24"),
    ],
)
def test_trend_buckets_cover_the_range_without_gaps(first, last, unit, count, start):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    assert rules.unit(first, last) == unit
    found = rules.buckets(first, last, unit)
    assert (len(found), found[0]) == (count, date.fromisoformat(start))
    assert rules.bucket(last, unit) == found[-1]
