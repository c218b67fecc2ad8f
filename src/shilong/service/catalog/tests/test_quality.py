"""发布质检：一条规则一组用例；内置 60 项全部通过。"""

import copy

import pytest

from shilong.foundation.refusals import Invalid
from shilong.service.catalog import rules, schema
from shilong.service.catalog.seed import contents

pytestmark = pytest.mark.django_db


@pytest.fixture
def content():
    return copy.deepcopy(next(row for row in contents() if row.seq == 8).content)


@pytest.mark.req("P03")
def test_every_builtin_item_passes_quality():
    assert {row.seq: rules.quality(row.content) for row in contents() if rules.quality(row.content)} == {}


@pytest.mark.req("P03")
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("T00", {"transact_addr": ""}),
        ("T00", {"accept_condition": []}),
        ("T01", {"project_type": "1"}),
        ("T01", {"promise_day": 0}),
        ("T01", {"project_type": "1", "promise_day": 1, "promise_type": "1"}),
        ("T02", {"promise_day": 11}),
        ("T02", {"promise_day": 15, "promise_type": "2", "anticipate_day": 14, "anticipate_type": "2"}),
        ("T02", {"anticipate_day": 0, "anticipate_explain": ""}),
        ("T03", {"limit_scene_num": 1, "limit_scene_explain": "", "online_handle_depth": ["1"]}),
        ("T03", {"limit_scene_num": 1, "limit_scene_explain": "现场核验", "online_handle_depth": ["4"]}),
        ("T04", {"is_fee": True, "fees": [], "is_pay_online": True}),
        ("T04", {"is_fee": True, "fees": [{"name": "工本费", "stand": "", "by_law": "条例"}], "is_pay_online": True}),
        ("T04", {"is_pay_online": True}),
        ("T05", {"user_topic_type": []}),
        ("T05", {"corp_topic_type": []}),
        ("T06", {"questions": []}),
        ("T06", {"result_sample": {}}),
        ("T07", {"supervise_way": "0375-0000107"}),
        ("T07", {"link_way": "2520000"}),
        ("T08", {"accept_condition": ["法律法规规定的其他条件"]}),
        ("T10", {"by_law": [{"law": "食品安全法", "article": "", "content": ""}]}),
        ("T10", {"task_state": "3"}),
        ("T12", {"name": "x" * 500}),
        ("T12", {"transact_addr": "路" * 301}),
        ("T12", {"accept_condition": ["条件" * 251]}),
        ("T12", {"questions": [{"question": "问" * 301, "answer": "答"}]}),
        ("T10", {"special": [{"kind": "publicity", "name": "公示", "basis": "", "days": 7, "pauses": True}]}),
        (
            "T11",
            {
                "review_plan": {
                    "rounds": [{"name": "审查", "mode": "all", "tasks": []}],
                    "decision": {"department": "scjg", "role": "officer"},
                }
            },
        ),
    ],
)
def test_quality_catches(content, code, changes):
    problems = rules.quality({**content, **changes})
    assert code in {problem.code for problem in problems}
    assert all(problem.message for problem in problems)


@pytest.mark.req("P03")
@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("T08", {"name": "其他材料"}),
        ("T08", {"name": "有关证明"}),
        ("T09", {"source_type": "20", "can_share": True, "get_type": "2"}),
        ("T11", {"code": "M02"}),
        ("T12", {"name": "材料" * 101}),
        ("T11", {"when": ["nothing", "=", "x"]}),
        ("T11", {"when": ["agent", "=", "nobody"]}),
    ],
)
def test_quality_catches_bad_material(content, code, change):
    content["materials"][0] |= change
    assert code in {problem.code for problem in rules.quality(content)}


@pytest.mark.parametrize("name", ["业务主管单位的批准文件", "相关领域专家名单", "其他股东的身份证明"])
def test_specific_names_are_not_vague(content, name):
    content["materials"][0]["name"] = name
    assert not [problem for problem in rules.quality(content) if problem.code == "T08"]


def test_statutory_pause_needs_no_special_law(content):
    content["special"] = [{"kind": "expert_review", "name": "专家评审", "basis": "", "days": 10, "pauses": True}]
    assert rules.quality(content) == []


@pytest.mark.req("P03")
@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": "x" * 500}, "事项名称最多 200 个字，现在有 500 个"),
        ({"reconsider": {"dept": "区" * 301}}, "行政复议的“机关”最多 300 个字，现在有 301 个"),
        ({"accept_condition": ["好", "长" * 501]}, "受理条件里有一行最多 500 个字，现在有 501 个"),
        ({"remark": "备" * 4001}, "备注最多 4000 字"),
    ],
)
def test_overlong_text_is_not_saved(changes, text):
    with pytest.raises(Invalid) as refused:
        schema.clean(changes)
    assert refused.value.fields == {next(iter(changes)): text}
