"""申请表规则：条件、校验、预填、可见性、草稿。"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.refusals import Invalid
from shilong.service.forms import conditions, rules
from shilong.service.forms.defaults import standard_form

VECTORS = json.loads((Path(__file__).parent / "conditions.json").read_text(encoding="utf-8"))
IDCARD = (
    "41040419000101010"
    + "10X98765432"[
        sum(int(d) * w for d, w in zip("41040419000101010", (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    ]
)
FORM = {
    "sections": [
        {
            "title": "一",
            "fields": [
                {"key": "name", "label": "姓名", "type": "text", "required": True, "maxlength": 10, "prefill": "applicant.name"},
                {"key": "kind", "label": "方式", "type": "radio", "required": True, "options": ["自有", "租赁"]},
                {"key": "until", "label": "租期", "type": "date", "required": True, "show": ["kind", "=", "租赁"]},
                {"key": "after", "label": "续租", "type": "text", "required": True, "show": ["until", "filled"]},
            ],
        },
        {
            "title": "二",
            "show": {"not": ["situation.simple", "=", "1"]},
            "fields": [
                {"key": "area", "label": "面积", "type": "number", "min": 1, "max": 100, "decimals": 2},
                {"key": "items", "label": "项目", "type": "checks", "options": ["甲", "乙", "丙"], "max": 2},
                {"key": "idno", "label": "身份证号", "type": "idcard"},
                {"key": "phone", "label": "手机", "type": "mobile"},
                {"key": "code", "label": "编号", "type": "text", "pattern": r"\d{3}"},
                {
                    "key": "staff",
                    "label": "人员",
                    "type": "rows",
                    "min": 0,
                    "max": 2,
                    "fields": [
                        {"key": "who", "label": "姓名", "type": "text", "required": True},
                        {"key": "post", "label": "岗位", "type": "text", "required": True, "show": ["kind", "=", "租赁"]},
                    ],
                },
            ],
        },
    ]
}
GOOD = {"name": "张三", "kind": "自有"}


@pytest.mark.req("W02")
@pytest.mark.parametrize("case", VECTORS, ids=[row["name"] for row in VECTORS])
def test_conditions_follow_the_shared_vectors(case):
    if case.get("error"):
        with pytest.raises(conditions.MalformedCondition):
            rules.holds(case["condition"], case["values"])
        return
    assert rules.holds(case["condition"], case["values"]) is case["holds"]


@pytest.mark.req("W02")
@pytest.mark.parametrize(
    ("change", "path", "word"),
    [
        ({"name": ""}, "name", "请填写姓名"),
        ({"name": "长" * 11}, "name", "最多 10 个字"),
        ({"name": 12}, "name", "应是文字"),
        ({"name": "a\x00b"}, "name", "不能显示"),
        ({"name": "a\u202eb"}, "name", "不能显示"),
        ({"kind": "别的"}, "kind", "选项"),
        ({"kind": ["自有"]}, "kind", "选项"),
        ({"kind": "租赁"}, "until", "请选择租期"),
        ({"kind": "租赁", "until": "2026-13-01"}, "until", "请填写日期"),
        ({"kind": "租赁", "until": 20261231}, "until", "请填写日期"),
        ({"area": "86 平"}, "area", "只填数字"),
        ({"area": True}, "area", "应是数字"),
        ({"area": "NaN"}, "area", "只填数字"),
        ({"area": 0}, "area", "不能小于 1"),
        ({"area": 101}, "area", "不能大于 100"),
        ({"area": "1.005"}, "area", "最多 2 位小数"),
        ({"area": "9" * 400}, "area", "只填数字"),
        ({"items": "甲"}, "items", "若干选项"),
        ({"items": ["丁"]}, "items", "选项"),
        ({"items": [{"a": 1}]}, "items", "选项"),
        ({"items": ["甲", "乙", "丙"]}, "items", "最多选 2"),
        ({"idno": "41040419000101010A"}, "idno", ""),
        ({"phone": "1380000602"}, "phone", ""),
        ({"code": "12"}, "code", "格式不正确"),
        ({"staff": {}}, "staff", "若干行"),
        ({"staff": [{"who": "a"}] * 3}, "staff", "最多填写 2 行"),
        ({"staff": ["张三"]}, "staff.0", "字段"),
        ({"staff": [{"who": ""}]}, "staff.0.who", "请填写姓名"),
        ({"staff": [{"who": "a", "x": 1}]}, "staff.0.x", "没有这一项"),
        ({"other": 1}, "other", "没有这一项"),
    ],
)
def test_bad_input_is_answered_at_its_place(change, path, word):
    _, errors = rules.validate(FORM, GOOD | change)
    assert path in errors, errors
    assert word in errors[path]


@pytest.mark.req("W02")
@pytest.mark.parametrize("data", [None, [], "x", 1, True])
def test_not_a_mapping(data):
    assert rules.validate(FORM, data) == ({}, {"": "申请表内容应是一组“字段: 值”。"})


@pytest.mark.req("W02")
def test_clean_values_are_normalized():
    data = GOOD | {"area": " 86.50 ", "items": ["乙", "甲", "甲"][:2], "idno": IDCARD.lower(), "phone": "138 0000 6021", "name": " 张三 "}
    clean, errors = rules.validate(FORM, data)
    assert errors == {}
    assert clean["area"] == 86.5
    assert clean["items"] == ["甲", "乙"]
    assert (clean["name"], clean["phone"], clean["idno"]) == ("张三", "13800006021", IDCARD)


@pytest.mark.req("W02")
def test_hidden_answers_are_dropped_and_do_not_reveal_others():
    clean, errors = rules.validate(FORM, GOOD | {"until": "2027-01-01", "after": "续"})
    assert errors == {}
    assert "until" not in clean
    assert "after" not in clean


@pytest.mark.req("W02")
def test_rows_see_the_outer_answers():
    _, errors = rules.validate(FORM, GOOD | {"kind": "租赁", "until": "2027-01-01", "after": "x", "staff": [{"who": "甲"}]})
    assert errors == {"staff.0.post": "请填写岗位"}


@pytest.mark.req("W02")
def test_situation_hides_a_section():
    shown = rules.visible(FORM, GOOD, {"situation.simple": "1"})
    assert shown == {"name", "kind"}


@pytest.mark.req("W02")
def test_prefill_takes_what_is_there():
    assert rules.prefill(FORM, {"applicant": {"name": "李四", "id_no": "x"}}) == {"name": "李四"}
    assert rules.prefill(FORM, {}) == {}


@pytest.mark.req("W02")
def test_draft_keeps_unfinished_answers_but_not_strangers():
    assert rules.draft(FORM, {"area": "八十", "staff": [{"who": ""}]}) == {"area": "八十", "staff": [{"who": ""}]}
    for bad in ({"x": 1}, {"name": "长" * 6000}, {"name": {"a": 1}}, {"staff": [{}] * 3}, {"staff": [{"y": 1}]}, [], None):
        with pytest.raises(Invalid):
            rules.draft(FORM, bad)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
keys = st.sampled_from(["name", "kind", "until", "after", "area", "items", "idno", "phone", "code", "staff", "zzz"])


@pytest.mark.req("W02")
@given(st.dictionaries(keys, json_values))
def test_any_json_gets_an_answer_not_a_crash(data):
    clean, errors = rules.validate(FORM, data)
    assert set(errors).isdisjoint({""})
    json.dumps(clean, allow_nan=False)


@pytest.mark.req("W02")
@given(st.dictionaries(keys, json_values))
def test_cleaning_twice_changes_nothing(data):
    clean, errors = rules.validate(FORM, data)
    if not errors:
        assert rules.validate(FORM, clean) == (clean, {})


@pytest.mark.req("W02")
@given(json_values)
def test_condition_of_any_shape_is_true_false_or_refused(condition):
    try:
        assert rules.holds(condition, {"a": 1}) in (True, False)
    except conditions.MalformedCondition as error:
        assert "写法" in error.text


@pytest.mark.req("W02")
@pytest.mark.parametrize("kind", ["01", "05", "07", "10", "20", "99"])
@pytest.mark.parametrize("servers", [["1"], ["2"], ["1", "2", "9"]])
def test_standard_form_can_be_filled(kind, servers):
    _, errors = rules.validate(standard_form(kind, servers), {})
    assert errors
    assert all(message.startswith(("请填写", "请选择", "至少")) for message in errors.values())


@pytest.mark.req("W02")
@pytest.mark.skipif(shutil.which("node") is None, reason="没有 node，浏览器端的向量测试由前端环境跑")
def test_browser_engine_follows_the_same_vectors():
    script = Path(__file__).parent / "forms.test.cjs"
    done = subprocess.run(["node", "--test", str(script)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout
