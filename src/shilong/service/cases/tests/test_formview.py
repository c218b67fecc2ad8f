"""申请表的脱敏视图：按类型，也按预填自申请人的哪一项。"""

from typing import Any

import pytest

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
