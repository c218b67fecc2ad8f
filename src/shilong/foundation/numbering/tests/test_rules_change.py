"""改编号规则：凡是会让下一个号发不出来或重号的改法，保存时就被拒绝并说清原因。"""

from types import SimpleNamespace

import pytest

from shilong.foundation.numbering import services
from shilong.foundation.refusals import Invalid

SYSTEM = SimpleNamespace(account_id=None, name="系统", ip="")
pytestmark = [pytest.mark.req("P09"), pytest.mark.django_db]


def save(key, template, *, width=6, reset="year", scope=""):
    services.save_rule(key, "规则", template, width, reset, scope=scope, actor=SYSTEM)


@pytest.mark.parametrize(
    ("key", "template", "extra", "text"),
    [
        ("case", "石{seq}", {"reset": "never"}, "只能由数字"),
        ("case", "{word}{seq}", {"reset": "never"}, "没有字号或类型"),
        ("amendment", "GZ{year}{department}{seq}", {}, "没有部门序号"),
        ("document", "石龙{word}-{seq}", {"scope": "{word}"}, "第二年会重号"),
        ("document", "石龙{year}-{seq}", {"scope": "{word}"}, "两组会重号"),
        ("document", "{year}{seq}", {"reset": "day"}, "第二天会重号"),
        ("document", "{year}/{seq}", {}, "斜线"),
        ("document", "{year} {seq}", {}, "空格"),
        ("document", "{year}{seq:>99999999}", {}, "只写名字"),
        ("document", "{year}{seq!r}", {}, "只写名字"),
        ("document", "{year}{seq.real}", {}, "不认识"),
        ("document", "{year}{}{seq}", {}, "不认识"),
        ("amendment", "数据更正申请编号之很长很长很长很长很长很长很长{year}{seq}", {}, "太长"),
        ("document", "{year}{seq}", {"reset": "month"}, "只能是"),
        ("document", "{year}{seq}", {"width": 2}, "3 到 12"),
    ],
)
def test_a_rule_that_would_break_numbering_is_refused(key, template, extra, text):
    with pytest.raises(Invalid, match=text):
        save(key, template, **extra)
    assert {row.key: row.template for row in services.rules()}[key] == services.BUILTIN[key].template


def test_before_any_number_the_cycle_may_change_and_afterwards_not():
    save("amendment", "GZ{date}{seq}", width=4, reset="day")
    first = services.next_number("amendment")
    assert first.endswith("0001")
    for change in ({"reset": "year", "width": 4}, {"reset": "day", "width": 3}):
        with pytest.raises(Invalid, match="已经发过号"):
            save("amendment", "GZ{date}{seq}", **change)
    save("amendment", "更{date}{seq}", width=5, reset="day")
    assert services.next_number("amendment").endswith("00002")


def test_preview_shows_the_shape_without_using_a_number():
    rule = services.BUILTIN["case"]
    assert len(services.preview(rule)) == 22
    assert not services.issued("case")
    services.next_number("case", department="002", channel="1")
    assert services.issued("case")
    assert not services.issued("cas")
