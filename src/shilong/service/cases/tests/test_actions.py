"""每个动作：谁能做、换一个人不行、规则要点。"""

import pytest

from shilong.foundation.refusals import NotAllowed, NotFound, NotSignedIn, Refused
from shilong.identity.roles.actor import ANONYMOUS, SYSTEM
from shilong.service.cases import refusals, selectors, services
from shilong.service.cases.models import Case, CaseEvent, Correction, Flag
from shilong.service.cases.testing import _DEFAULTS, drive
from shilong.service.cases.tests.conftest import ONE_ROUND, upload

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02")]


def act(view, action, actor, **payload):
    return services.act(view.case_no, action, actor=actor, expected_version=Case.objects.get(case_no=view.case_no).version, payload=payload)


def reach(world, *steps):
    """走到某一步；默认由真实的本部门人员办。"""
    return drive(world.submit().case_no, *steps)


# 动作、之前走到哪、谁能做、内容
ALLOWED = [
    ("receive", (), "clerk", {}),
    ("accept", (), "clerk", {}),
    ("accept", ("receive",), "officer", {}),
    ("supplement", (), "clerk", _DEFAULTS["supplement"]),
    ("reject", (), "clerk", _DEFAULTS["reject"]),
    ("withdraw", ("accept",), "citizen", {}),
    ("resubmit", ("supplement",), "citizen", {"opinion": "已签字"}),
    ("start_special", ("accept",), "officer", _DEFAULTS["start_special"]),
    ("end_special", ("accept", "start_special"), "officer", _DEFAULTS["end_special"]),
    ("extend", ("accept",), "officer", _DEFAULTS["extend"]),
    ("extend", ("accept",), "leader", _DEFAULTS["extend"]),
    ("review", ("accept",), "officer", _DEFAULTS["review"]),
    ("decide", ("accept", "review"), "officer", _DEFAULTS["decide"]),
    ("suspend", ("accept",), "officer", _DEFAULTS["suspend"]),
    ("resume", ("accept", "suspend"), "officer", _DEFAULTS["resume"]),
    ("terminate", ("accept",), "leader", _DEFAULTS["terminate"]),
    ("add_reviewer", ("accept",), "officer", {"department": "wjw", "reason": "涉及卫生"}),
    ("return_round", ("accept", "review"), "officer", {"reason": "重审"}),
    ("transfer", ("accept",), "officer", {"reason": "轮岗", "assignee_id": 77, "assignee_name": "新人"}),
    ("transfer", (), "clerk", {"reason": "属市级", "apply_to": "市局"}),
    ("deliver", ("accept", "review", "decide"), "clerk", _DEFAULTS["deliver"]),
    ("archive", ("accept", "review", "decide", "deliver"), "clerk", {}),
]
WRONG = {"clerk", "citizen", "other_citizen", "officer", "leader", "outsider", "bureau"}
ALSO_RIGHT = {
    "receive": {"officer", "leader"},
    "accept": {"clerk", "officer", "leader"},
    "supplement": {"officer", "leader"},
    "reject": {"officer", "leader"},
    "start_special": {"leader"},
    "end_special": {"leader"},
    "extend": {"officer", "leader"},
    "review": {"leader"},
    "decide": {"leader"},
    "suspend": {"leader"},
    "resume": {"leader"},
    "terminate": {"officer"},
    "add_reviewer": {"leader"},
    "return_round": {"leader"},
    "transfer": {"clerk", "officer", "leader"},
    "deliver": {"officer", "leader"},
    "archive": {"officer", "leader"},
}


@pytest.mark.parametrize(("action", "before", "who", "payload"), ALLOWED, ids=lambda v: str(v)[:20])
def test_the_right_person_can_and_others_cannot(world, action, before, who, payload):
    view = reach(world, *before)
    version = Case.objects.get(case_no=view.case_no).version
    for name in sorted(WRONG - {who} - ALSO_RIGHT.get(action, set())):
        with pytest.raises(NotAllowed):
            act(view, action, getattr(world, name), **payload)
    with pytest.raises(NotSignedIn):
        act(view, action, ANONYMOUS, **payload)
    assert Case.objects.get(case_no=view.case_no).version == version
    done = act(view, action, getattr(world, who), **payload)
    assert done.version > version


@pytest.mark.parametrize("action", ["auto_accept", "lapse", "submit", "correct", "approve_all", ""])
def test_system_actions_are_not_open_to_people(world, action):
    view = world.submit()
    with pytest.raises((NotAllowed, refusals.UnknownAction)):
        act(view, action, world.leader)


def test_stale_page_is_told_who_changed_it(world):
    view = world.submit()
    act(view, "receive", world.clerk)
    with pytest.raises(refusals.CaseChanged, match="李敏"):
        services.act(view.case_no, "accept", actor=world.clerk, expected_version=1)


def test_supplement_only_once_then_leader_must_approve(world):
    view = reach(world, "supplement", "resubmit")
    again = {"items": [{"material": "平面图", "problem": "比例不对", "basis": "实施细则第五条"}]}
    with pytest.raises(refusals.SupplementAlreadyIssued):
        act(view, "supplement", world.clerk, **again)
    asked = act(view, "supplement", world.clerk, **again, reason="第一次漏看")
    assert asked.status == "submitted"
    assert asked.pending_request.action == "supplement"
    with pytest.raises(refusals.RequestPending):
        act(view, "supplement", world.clerk, **again, reason="再催一次")
    with pytest.raises(NotAllowed):
        act(view, "approve", world.outside_leader)
    with pytest.raises(NotAllowed):
        act(view, "approve", world.clerk)
    done = act(view, "approve", world.leader, opinion="同意")
    assert done.status == "supplementing"
    second = Correction.objects.filter(case__case_no=view.case_no).last()
    assert (second.reason, second.approved_by) == ("第一次漏看", "钱局长")
    assert Flag.objects.filter(case__case_no=view.case_no, rule="R4").exists()
    assert CaseEvent.objects.filter(case__case_no=view.case_no, action="supplement").count() == 2


def test_request_dies_when_the_case_moves_on(world):
    view = reach(world, "supplement", "resubmit")
    again = {"items": [{"material": "图", "problem": "缺"}], "reason": "漏看"}
    act(view, "supplement", world.clerk, **again)
    moved = act(view, "accept", world.clerk)
    assert moved.pending_request is None
    with pytest.raises(refusals.NoRequestPending):
        act(view, "approve", world.leader)
    act(view, "extend", world.officer, reason="复杂")
    assert act(view, "extend", world.leader, reason="直接延").pending_request is None
    assert not [task for task in selectors.case(view.case_no, actor=world.leader).open_tasks if task.stage == "approve"]


def test_leader_supplementing_again_counts_as_own_approval(world):
    view = reach(world, "supplement", "resubmit")
    done = act(view, "supplement", world.leader, items=[{"material": "图", "problem": "缺"}], reason="重大遗漏")
    assert done.status == "supplementing"


def test_refused_request_changes_nothing(world):
    view = reach(world, "accept")
    due = Case.objects.get(case_no=view.case_no).legal_due
    act(view, "extend", world.officer, reason="复杂", days=10)
    done = act(view, "refuse", world.leader, opinion="理由不足")
    case = Case.objects.get(case_no=view.case_no)
    assert (done.status, case.legal_due, case.extended_days) == ("accepted", due, 0)
    with pytest.raises(refusals.NoRequestPending):
        act(view, "approve", world.leader)


@pytest.mark.parametrize(
    ("items", "field"),
    [([], "items"), ("x", "items"), ([{"material": "图"}], "items.0.problem"), ([{"problem": "缺"}], "items.0.material"), ([1], "items")],
)
def test_supplement_items_must_be_complete(world, items, field):
    with pytest.raises(refusals.PayloadInvalid) as error:
        act(world.submit(), "supplement", world.clerk, items=items)
    assert field in error.value.fields


@pytest.mark.parametrize(
    ("before", "action", "payload", "field"),
    [
        ((), "reject", {"ground": "not_qualified"}, "reason"),
        ((), "reject", {"ground": "not_authority", "reason": "不归我管"}, "apply_to"),
        ((), "reject", {"ground": "看不顺眼", "reason": "x"}, "ground"),
        (("accept", "review"), "decide", {"result": "deny"}, "opinion"),
        (("accept", "review"), "decide", {"result": "也许"}, "result"),
        (("accept",), "review", {"result": "disagree"}, "opinion"),
        (("accept",), "suspend", {"reason": "等"}, "basis"),
        (("accept",), "suspend", {"reason": "等", "basis": "领导要求"}, "basis"),
        (("accept",), "terminate", {"basis": "《民法典》"}, "reason"),
        (("accept",), "start_special", {"kind": "hearing", "days": 5}, "reason"),
        (("accept",), "start_special", {"kind": "hearing", "reason": "重大利益"}, "days"),
        (("accept",), "extend", {"days": 11, "reason": "x"}, "days"),
        (("accept",), "extend", {"days": 5}, "reason"),
        (("accept", "review", "decide"), "deliver", {"way": "1"}, "receiver"),
        (("accept", "review", "decide"), "deliver", {"way": "9", "receiver": "张三"}, "way"),
        (("accept", "review", "decide"), "deliver", {"way": "1", "receiver": "张三", "signed_at": "昨天"}, "signed_at"),
        (("accept", "review", "decide"), "deliver", {"way": "1", "receiver": "张三", "signed_at": "2001-01-01 09:00"}, "signed_at"),
    ],
)
def test_missing_reasons_are_pointed_out(world, before, action, payload, field):
    view = reach(world, *before)
    with pytest.raises(refusals.PayloadInvalid) as error:
        services.act(
            view.case_no,
            action,
            actor=_right(world, action),
            expected_version=Case.objects.get(case_no=view.case_no).version,
            payload=payload,
        )
    assert field in error.value.fields


def _right(world, action):
    return world.clerk if action in ("reject", "deliver") else world.officer


def test_rejection_and_denial_tell_the_remedy(world):
    rejected = act(world.submit(), "reject", world.clerk, ground="not_qualified", reason="不具备条件")
    event = CaseEvent.objects.get(case__case_no=rejected.case_no, action="reject")
    assert "六十日" in event.data["remedy"]
    assert "六个月" in event.data["remedy"]
    denied = act(reach(world, "accept", "review"), "decide", world.officer, result="deny", opinion="不符合第三条")
    assert (denied.status, denied.result) == ("denied", "deny")
    assert "行政复议" in CaseEvent.objects.get(case__case_no=denied.case_no, action="decide").data["remedy"]


def test_cannot_decide_before_reviews_finish(world):
    with pytest.raises(refusals.ReviewsOutstanding):
        act(reach(world, "accept"), "decide", world.officer, result="grant")


def test_disagreed_review_blocks_granting_until_returned(world):
    view = reach(world, "accept", ("review", {"result": "disagree", "opinion": "面积不足"}))
    with pytest.raises(refusals.ReviewDisagreed):
        act(view, "decide", world.officer, result="grant")
    act(view, "return_round", world.officer, reason="请现场复核")
    with pytest.raises(refusals.ReviewsOutstanding):
        act(view, "decide", world.officer, result="grant")
    done = drive(view.case_no, "review", "decide")
    assert done.status == "granted"


PARALLEL = {
    "rounds": [
        {
            "name": "并联审查",
            "mode": "all",
            "tasks": [
                {"key": "a", "name": "市场监管审查", "department": "scjg", "role": "officer"},
                {"key": "b", "name": "卫健审查", "department": "wjw", "role": "officer"},
            ],
        },
        {
            "name": "复核",
            "mode": "any",
            "tasks": [
                {"key": "c", "name": "复核甲", "department": "scjg", "role": "officer"},
                {"key": "d", "name": "复核乙", "department": "wjw", "role": "officer"},
            ],
        },
    ],
    "decision": {"name": "决定", "department": "scjg", "role": "leader"},
}


def test_parallel_rounds_all_then_any(world, item):
    code = item(review_plan=PARALLEL)
    view = drive(world.submit(item_code=code).case_no, "accept")
    act(view, "review", world.officer, result="agree")
    with pytest.raises(refusals.OthersCase):
        act(view, "review", world.officer, result="agree")  # 剩下的是卫健的
    act(view, "review", world.outsider, result="agree")
    assert Case.objects.get(case_no=view.case_no).round_index == 1
    act(view, "review", world.outsider, result="agree")  # 或签：一人同意即过
    with pytest.raises(refusals.OthersCase):
        act(view, "decide", world.officer, result="grant")
    assert act(view, "decide", world.leader, result="grant").status == "granted"


def test_added_reviewer_must_finish_too(world):
    view = reach(world, "accept")
    act(view, "add_reviewer", world.officer, department="wjw", reason="涉及卫生")
    act(view, "review", world.officer, result="agree")
    with pytest.raises(refusals.ReviewsOutstanding):
        act(view, "decide", world.officer, result="grant")
    act(view, "review", world.outsider, result="agree")
    assert act(view, "decide", world.officer, result="grant").status == "granted"


def test_transferred_task_belongs_to_the_new_person(world):
    view = reach(world, "accept")
    act(view, "transfer", world.officer, reason="轮岗", assignee_id=987654, assignee_name="新人")
    with pytest.raises(refusals.OthersCase):
        act(view, "review", world.officer, result="agree")
    assert act(view, "review", world.leader, result="agree").status == "reviewing"


def test_immediate_item_leaves_three_records(world, item):
    code = item(seq=12, project_type="1", review_plan={"rounds": []}, server_type=["1"])
    view = drive(world.submit(item_code=code).case_no, ("accept", {}, world.officer), ("decide", {"result": "grant"}, world.officer))
    assert list(CaseEvent.objects.filter(case__case_no=view.case_no).order_by("seq").values_list("action", flat=True)) == [
        "submit",
        "accept",
        "review",
        "decide",
    ]


@pytest.mark.parametrize("kind", ["领导出差", "", "研究研究"])
def test_special_procedure_needs_a_legal_kind(world, kind):
    with pytest.raises(refusals.SpecialNotAllowed):
        act(reach(world, "accept"), "start_special", world.officer, kind=kind, reason="x", days=3)


def test_hearing_pauses_both_clocks_and_site_check_does_not(world):
    view = act(reach(world, "accept"), "start_special", world.officer, kind="hearing", reason="重大利益", days=20)
    assert {c.kind: c.state for c in view.clocks if c.kind in ("promise", "legal")} == {"promise": "paused", "legal": "paused"}
    view = act(reach(world, "accept"), "start_special", world.officer, kind="现场核查", reason="核实场所")
    assert {c.kind: c.state for c in view.clocks if c.kind in ("promise", "legal")} == {"promise": "running", "legal": "running"}
    for people in (None, ["甲"], "甲、甲"):
        with pytest.raises(refusals.PayloadInvalid) as error:
            act(view, "end_special", world.officer, result="属实", inspectors=people)
        assert "inspectors" in error.value.fields
    assert act(view, "end_special", world.officer, result="属实", inspectors="甲、乙").status == "reviewing"


def test_own_law_lets_other_kinds_pause(world, item):
    code = item(special=[{"kind": "other", "name": "残疾评定", "basis": "残疾人证管理办法第五条", "days": 30, "pauses": True}])
    view = drive(world.submit(item_code=code).case_no, "accept")
    view = act(view, "start_special", world.officer, kind="残疾评定", reason="需评定")
    assert view.specials[0].pauses
    assert view.specials[0].days == 30


def test_extension_adds_ten_days_once(world):
    view = reach(world, "accept")
    before = {c.kind: c.total for c in view.clocks}
    act(view, "extend", world.officer, reason="情况复杂")
    done = act(view, "approve", world.leader)
    assert {c.kind: c.total for c in done.clocks}["legal"] == before["legal"] + 10
    with pytest.raises(refusals.ExtendNotAllowed):
        act(view, "extend", world.leader, reason="还想延")


def test_non_permit_cannot_extend_without_own_law(world, item):
    code = item(seq=18)
    view = drive(world.submit(item_code=code).case_no, "accept")
    assert view.item_type == "20"
    with pytest.raises(refusals.ExtendNotAllowed):
        act(view, "extend", world.leader, reason="x", days=5)


def test_promise_system_decides_on_the_spot(world, item):
    code = item(seq=8, promise_system=True)
    view = drive(world.submit(item_code=code).case_no, ("accept", {"committed": True}), "decide")
    assert (view.status, view.committed) == ("granted", True)
    assert "promise" in {row.kind for row in view.documents}
    plain = item(seq=8, promise_system=False)
    with pytest.raises(refusals.PayloadInvalid):
        drive(world.submit(item_code=plain).case_no, ("accept", {"committed": True}))


def test_nobody_handles_their_own_application(world):
    view = world.submit()
    insider = world.clerk.__class__(**{**_fields(world.clerk), "account_id": world.citizen.account_id})
    with pytest.raises(refusals.MustRecuse):
        act(view, "accept", insider)


def _fields(actor):
    return {name: getattr(actor, name) for name in actor.__slots__}


@pytest.mark.parametrize("who", ["other_citizen", "outsider"])
def test_others_cannot_read(world, who):
    with pytest.raises(NotAllowed):
        selectors.case(world.submit().case_no, actor=getattr(world, who))
    assert not selectors.may_read(world.submit().case_no, getattr(world, who))


def test_reviewing_department_can_read(world, item):
    view = drive(world.submit(item_code=item(review_plan=PARALLEL)).case_no, "accept")
    assert selectors.case(view.case_no, actor=world.outsider).case_no == view.case_no


def test_files_follow_the_case(world):
    view = world.submit()
    assert selectors.may_read_file(view.case_no, world.file_id, world.officer)
    assert not selectors.may_read_file(view.case_no, world.file_id, world.other_citizen)
    assert not selectors.may_read_file(view.case_no, upload(world.other_citizen), world.officer)


def test_correction_materials_replace_but_keep_history(world):
    view = reach(world, "supplement")
    code = view.materials[0].code if view.materials[0].file_ids else view.materials[-1].code
    fresh = upload(world.citizen)
    done = act(view, "resubmit", world.citizen, materials=[{"code": code, "file_ids": [fresh]}])
    assert [m.file_ids for m in done.materials if m.code == code] == [(fresh,)]
    assert len([m for m in done.all_materials if m.code == code]) == 2
    assert done.status == "submitted"
    with pytest.raises(NotAllowed):
        act(reach(world, "supplement"), "resubmit", world.citizen, materials=[{"code": code, "file_ids": [upload(world.other_citizen)]}])


def test_handling_roles_only_when_signed_in(world):
    view = world.submit()
    with pytest.raises(Refused):
        services.act(view.case_no, "accept", actor=SYSTEM, expected_version=1, payload={})
    assert ONE_ROUND["decision"]["role"] == "officer"


def test_delivery_evidence_must_be_ones_own_file(world):
    view = drive(world.submit().case_no, "accept", "review", "decide")
    payload = {"way": "1", "receiver": "王建国", "evidence_file_id": world.file_id}  # 群众上传的，不是窗口的
    with pytest.raises(NotFound):
        drive(view.case_no, ("deliver", payload, world.clerk))
    drive(view.case_no, ("deliver", {**payload, "evidence_file_id": upload(world.clerk)}, world.clerk))


@pytest.mark.parametrize("step", ["transfer", "add_reviewer"])
def test_work_never_goes_to_a_department_that_does_not_exist(world, step):
    view = drive(world.submit().case_no, "accept")
    with pytest.raises(refusals.PayloadInvalid) as error:
        drive(view.case_no, (step, {"department": "nowhere", "reason": "协助"}, world.officer))
    assert "department" in error.value.fields
