"""情形裁剪与种子内容。"""

import pytest

from shilong.service.catalog import rules, selectors, testing
from shilong.service.catalog.seed import contents

pytestmark = pytest.mark.django_db


def names(item, **answers):
    return [row.name for row in rules.trim(item, answers).materials]


@pytest.mark.req("P01")
def test_agent_adds_the_power_of_attorney(seeded):
    item = selectors.item(testing.FOOD)
    attorney = "委托办理的授权委托书及代理人身份证明"
    assert attorney not in names(item, agent="self")
    assert attorney in names(item, agent="agent")
    assert rules.trim(item, {"agent": "agent"}).notices


@pytest.mark.req("P01")
@pytest.mark.parametrize(("place", "wanted"), [("own", "场所不动产权证"), ("rent", "场所租赁合同"), ("free", "场所无偿使用证明")])
def test_place_source_asks_for_one_proof_only(seeded, place, wanted):
    found = [name for name in names(selectors.item(testing.SELF_EMPLOYED), place=place) if name.startswith("场所")]
    assert found == [wanted]


def test_unknown_answer_falls_back_to_the_first_option(seeded):
    item = selectors.item(testing.FOOD)
    assert rules.trim(item, {"agent": "<script>", "other": "1"}).answers["agent"] == "self"


def test_situations_really_change_materials():
    rows = list(contents())
    with_situations = [row for row in rows if row.content["situations"]]
    changing = [row for row in with_situations if any(material["when"] for material in row.content["materials"])]
    assert len(changing) >= 30


@pytest.mark.req("P02")
def test_review_plans_follow_the_item_kind():
    for row in contents():
        rounds = row.content["review_plan"]["rounds"]
        assert bool(rounds) is (row.content["project_type"] == "2"), row.seq
    plans = {row.seq: row.content["review_plan"]["rounds"] for row in contents()}
    assert {task["department"] for task in plans[1][0]["tasks"]} == {"wjw", "xfd"}
    assert {task["department"] for task in plans[45][0]["tasks"]} == {"cgj", "scjg"}
    assert {task["department"] for task in plans[46][0]["tasks"]} == {"cgj", "ga"}
    assert len(plans[38]) == 2


@pytest.mark.req("P02")
def test_only_lawful_special_procedures_pause():
    pausing = {(row.seq, special["kind"]) for row in contents() for special in row.content["special"] if special["pauses"]}
    assert pausing == {(22, "awaiting_conclusion"), (33, "announcement"), (37, "appraisal"), (38, "expert_review"), (51, "inspection")}
