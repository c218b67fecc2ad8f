"""审查要点：逐条勾选才能同意，勾选随意见进履历，提交时的要点不随事项后来的修改变。"""

import pytest

from shilong.foundation.refusals import NotAllowed
from shilong.service.cases import refusals, selectors, services
from shilong.service.cases.models import Case
from shilong.service.cases.rules import review
from shilong.service.cases.testing import drive
from shilong.service.catalog import schema

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02")]
POINTS = ["场所面积不少于规定", "从业人员健康证明齐全"]


@pytest.fixture
def reviewing(world):
    """受理后进入第一轮审查、方案里配了要点的一件。"""
    no = world.submit().case_no
    case = Case.objects.get(case_no=no)
    task = {"key": "r1", "name": "业务审查", "department": case.department, "role": "officer", "days": 3, "points": POINTS}
    case.plan = {**case.plan, "rounds": [{"name": "审查", "mode": "all", "tasks": [task]}]}
    case.save(update_fields=["plan"])
    return drive(no, "accept")


def decide_review(world, view, actor=None, **payload):
    return services.act(view.case_no, "review", actor=actor or world.officer, expected_version=view.version, payload=payload)


@pytest.mark.parametrize("ticked", [None, [], POINTS[:1], ["别的"], "场所面积不少于规定", {"0": True}])
def test_agreeing_needs_every_point(world, reviewing, ticked):
    with pytest.raises(refusals.PointsUnchecked) as refused:
        decide_review(world, reviewing, result="agree", points=ticked)
    assert POINTS[1] in refused.value.fields["points"]
    assert Case.objects.get(case_no=reviewing.case_no).version == reviewing.version


def test_ticks_go_into_the_record(world, reviewing):
    assert selectors.case(reviewing.case_no, actor=world.officer).my_points == POINTS
    decide_review(world, reviewing, result="agree", points=POINTS)
    event = next(row for row in selectors.events(reviewing.case_no, world.officer) if row.action == "review")
    assert event.data["points"] == [{"text": text, "ok": True} for text in POINTS]
    public = next(row for row in selectors.events(reviewing.case_no, world.citizen) if row.action == "review")
    assert "points" not in public.data


def test_disagreeing_records_what_failed(world, reviewing):
    decide_review(world, reviewing, result="disagree", opinion="面积不足", points=POINTS[1:])
    event = next(row for row in selectors.events(reviewing.case_no, world.officer) if row.action == "review")
    assert [point["ok"] for point in event.data["points"]] == [False, True]


def test_someone_else_cannot_tick(world, reviewing):
    with pytest.raises(NotAllowed):
        decide_review(world, reviewing, actor=world.citizen, result="agree", points=POINTS)


def test_plans_without_points_are_unchanged():
    task = {"key": "r1", "name": "审查", "department": "wjw", "role": "officer", "days": "3"}
    plan = schema.review_plan({"rounds": [{"name": "一", "tasks": [task]}], "decision": {}})
    assert "points" not in plan["rounds"][0]["tasks"][0]
    assert review.points(plan, 0, "r1") == review.points(plan, 9, "r1") == review.points(plan, 0, "加签") == []


def test_points_are_cleaned_and_limited():
    def shaped(points):
        return schema.review_plan({"rounds": [{"tasks": [{"name": "审查", "points": points}]}]})["rounds"][0]["tasks"][0]["points"]

    assert shaped([" 甲 ", "", "甲", "乙"]) == ["甲", "乙"]
    for bad in (["甲" * 201], [str(n) for n in range(21)]):
        with pytest.raises(ValueError, match="审查要点"):
            shaped(bad)
