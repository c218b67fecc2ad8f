"""标识、验真码、状态表、有效期、版式的规则。"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.refusals import Invalid
from shilong.service.licences.rules import identifiers, layouts, validity
from shilong.service.licences.rules.identifiers import BadIdentifier
from shilong.service.licences.rules.states import MOVES, Act, NotPossible, State, move
from shilong.service.licences.seed.kinds import KINDS, fields
from shilong.service.licences.seed.looks import template

pytestmark = pytest.mark.req("P05", "P18")


@pytest.mark.parametrize(
    ("type_code", "issuer", "serial", "version", "check"),
    [
        ("11100000000013338W011", "11430000006122244L", "20230000403", 1, "U"),
        ("11100000000013338W011", "11430000006122244L", "20230000403", 2, "S"),
        ("11100000000013338W009", "11330105002500287C", "2025052201", 2, "0"),
        ("11100000MB03271699022", "340100", "000000016", 1, "9"),
        ("11410404TTTT00014P001", "11410404TTTT00014P", "202611220001", 1, "A"),
    ],
)
def test_published_identifiers(type_code, issuer, serial, version, check):
    built = identifiers.build(type_code, issuer, serial, version)
    assert built == f"1.2.156.3005.2.{type_code}.{issuer}.{serial}.{version:03d}.{check}"
    assert identifiers.parse(built.removeprefix("1.2.156.3005.2.")).version == version


@pytest.mark.parametrize(
    "text",
    [
        "",
        "11100000000013338W011.11430000006122244L.20230000403.001.V",
        "11100000000013338W011.11430000006122244L.20230000404.001.U",
        "11100000000013338W01.11430000006122244L.20230000403.001.U",
        "11100000000013338W011.11430000006122244L.20230000403.1.U",
        "11100000000013338W011.11430000006122244L.证.001.U",
        "a.b.c.d",
    ],
)
def test_bad_identifiers_say_why(text):
    with pytest.raises(BadIdentifier):
        identifiers.parse(text)


def test_one_wrong_character_is_always_caught():
    good = "11410404TTTT00014P00111410404TTTT00014P202611220001001"
    expected = identifiers.check_char(good)
    for place in range(len(good)):
        for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            if other != good[place]:
                assert identifiers.check_char(good[:place] + other + good[place + 1 :]) != expected


def test_codes_are_clean_and_forgiving():
    code = identifiers.new_code()
    assert identifiers.clean_code(f" {code.lower()} ") == code
    assert identifiers.clean_code(code.replace("-", "")) == code
    alike = code[:16].replace("0", "o").replace("1", "l") + code[16:]
    assert identifiers.clean_code(alike) == code


@given(st.text(max_size=80))
def test_any_text_is_either_a_code_or_nothing(text):
    cleaned = identifiers.clean_code(text)
    assert cleaned == "" or identifiers.clean_code(cleaned) == cleaned


ALLOWED = {
    Act.ISSUE: "00",
    Act.DISCARD: "00",
    Act.SUSPEND: "01",
    Act.RESUME: "02",
    Act.REVOKE: "01 02",
    Act.CANCEL: "01 02 05",
    Act.EXPIRE: "01 02",
    Act.SUPERSEDE: "01 02 05",
    Act.CHANGE: "01",
    Act.RENEW: "01 05",
    Act.REISSUE: "01",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Act)
def test_state_by_action_table(action, state):
    if state in ALLOWED[action].split():
        assert move(action, state) is MOVES[action]
    else:
        with pytest.raises(NotPossible):
            move(action, state)


@pytest.mark.parametrize(
    ("rule", "start", "end"),
    [
        ({"kind": "years", "years": 4}, date(2026, 11, 24), date(2030, 11, 23)),
        ({"kind": "years", "years": 1}, date(2028, 2, 29), date(2029, 2, 28)),
        ({"kind": "long"}, date(2026, 11, 24), None),
    ],
)
def test_validity(rule, start, end):
    assert validity.end_of(rule, start) == end


@pytest.mark.parametrize(
    ("previous", "today", "start"),
    [
        (date(2026, 12, 31), date(2026, 11, 24), date(2027, 1, 1)),
        (date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 25)),
        (date(2026, 11, 1), date(2026, 11, 24), date(2026, 11, 24)),
    ],
)
def test_renewal_follows_on(previous, today, start):
    assert validity.renewed({"kind": "years", "years": 5}, previous, today)[0] == start


@pytest.mark.parametrize("bad", [{"kind": "years"}, {"kind": "years", "years": 0}, {"kind": "years", "years": 51}, {"kind": "x"}, {}])
def test_bad_validity(bad):
    with pytest.raises(Invalid):
        validity.check(bad)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_built_in_face_is_sound(kind):
    rows = layouts.check_fields(fields(kind))
    keys = set(layouts.STANDARD) | {one["key"] for one in rows}
    checked = layouts.check_template(template(kind.look, rows), keys)
    assert {one["key"] for one in rows} | {"ZZMC", "ZZBH", "CZZT", "ZZYXQ", "ZZBFJG", "ZZBFRQ", "ZZBS"} <= layouts.used(checked)


def _sample():
    return template("permit", [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"width": 10}, "纸宽"),
        ({"elements": []}, "元素"),
        ({"elements": [{"kind": "script"}]}, "类型"),
        ({"elements": [{"kind": "text", "text": "{XX}", "x": 1, "y": 1, "w": 20, "size": 10}]}, "没有的照面项"),
        ({"elements": [{"kind": "text", "text": "字", "x": 200, "y": 1, "w": 20, "size": 10}]}, "纸边"),
        ({"elements": [{"kind": "text", "text": "字", "x": True, "y": 1, "w": 20, "size": 10}]}, "横坐标"),
        ({"qr": None}, "二维码"),
        ({"seal": {"x": 200, "y": 0, "size": 40}}, "章位"),
    ],
)
def test_bad_layouts_say_what_is_wrong(change, words):
    with pytest.raises(Invalid, match=words):
        layouts.check_template({**_sample(), **change}, set(layouts.STANDARD))


@pytest.mark.parametrize("rows", [[{"key": "NAME", "label": "名"}], [{"key": "KZ_A", "label": ""}], [{"key": "KZ_A", "label": "甲"}] * 2])
def test_bad_fields(rows):
    with pytest.raises(Invalid):
        layouts.check_fields(rows)
