"""申请表的脱敏视图：按类型，也按预填自申请人的哪一项。"""

import json
from pathlib import Path
from typing import Any

import pytest

from shilong.service import forms
from shilong.service.cases.selectors import formview

DEFINITION: dict[str, Any] = {
    "sections": [
        {
            "title": "申请人",
            "fields": [
                {"key": "person", "label": "姓名", "type": "text", "prefill": "applicant.person_name"},
                {"key": "home", "label": "地址", "type": "text", "prefill": "applicant.address"},
                {"key": "idno", "label": "证件号码", "type": "idcard"},
                {"key": "shop", "label": "经营场所", "type": "text"},
                {
                    "key": "staff",
                    "label": "从业人员",
                    "type": "rows",
                    "fields": [{"key": "idno", "label": "证件号码", "type": "idcard"}, {"key": "job", "label": "岗位", "type": "text"}],
                },
            ],
        }
    ]
}


@pytest.mark.req("W06")
def test_form_values_are_masked_by_type_and_by_meaning() -> None:
    shown = formview.masked(
        DEFINITION,
        {
            "person": "李东雪",
            "home": "河南省平顶山市石龙区龙兴路12号3单元",
            "idno": "410404199001011234",
            "shop": "石龙区人民路1号",
            "staff": [{"idno": "410404199001011234", "job": "厨师"}],
            "ghost": "定义里没有",
        },
    )
    assert shown["person"] == "李*雪"
    assert "3单元" not in shown["home"]
    assert shown["idno"] == "410404********1234"
    assert shown["shop"] == "石龙区人民路1号"
    assert shown["staff"] == [{"idno": "410404********1234", "job": "厨师"}]
    assert "ghost" not in shown


@pytest.mark.req("W06", "P29")
@pytest.mark.parametrize(
    ("label", "value", "shown"),
    [
        ("姓名", "石榴花", "石*花"),
        ("受托人姓名", "牛二", "牛*"),
        ("收件人", "马小跳", "马*跳"),
        ("姓名或名称", "牛二", "牛*"),
        ("姓名或名称", "石龙区虚构测试有限公司", "石龙区虚构测试有限公司"),
        ("证件号码", "410404199001011234", "410404********1234"),
        ("银行账号", "6228480000001234567", "622848*********4567"),
        ("经营者名称", "石龙面馆", "石龙面馆"),
        ("职务", "店长", "店长"),
    ],
)
def test_names_that_are_not_prefilled_are_masked_by_label(label: str, value: str, shown: str) -> None:
    field = {"key": "x", "label": label, "type": "text"}
    nested = {"key": "r", "label": "成员", "type": "rows", "fields": [field]}
    definition = {"sections": [{"title": "甲", "fields": [field, nested]}]}
    assert formview.masked(definition, {"x": value, "r": [{"x": value}]}) == {"x": shown, "r": [{"x": shown}]}


@pytest.mark.req("W06", "P29")
def test_neither_spouse_is_shown_on_the_marriage_form() -> None:
    definition = json.loads((Path(forms.__file__).parent / "data" / "marriage.json").read_text())["definition"]
    form = {"name": "牛大力", "wife_name": "石榴花", "nation": "汉族"}
    shown = repr(formview.sections(definition, formview.masked(definition, form)))
    assert "牛大力" not in shown
    assert "石榴花" not in shown
    assert "汉族" in shown
