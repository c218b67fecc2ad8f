"""地址校验、轨迹推状态、签名：表驱动。"""

import base64
import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest

from shilong.service.delivery.adapters.sf import _route, digest
from shilong.service.delivery.refusals import AddressInvalid
from shilong.service.delivery.rules import address, pickup
from shilong.service.delivery.rules.states import Move, State, Step, Trouble, outcome, signer_of, stalled
from shilong.service.delivery.selectors.views import soften
from shilong.service.delivery.testing import ADDRESS

pytestmark = pytest.mark.req("W04", "W05")
T = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        ("name", "", "请填写收件人"),
        ("name", "长" * 31, "最多 30"),
        ("mobile", "12345", "11 位"),
        ("mobile", "", "请填写手机号"),
        ("province", "", "请填写省"),
        ("city", "", "请填写市"),
        ("county", "", "请填写区县"),
        ("detail", "路", "门牌"),
        ("detail", "长" * 121, "最多 120"),
        ("postcode", "46704", "6 位"),
        ("postcode", "967045", "6 位"),
        ("postcode", "46704a", "6 位"),
    ],
)
def test_bad_address(field, value, hint):
    with pytest.raises(AddressInvalid) as caught:
        address.clean({**ADDRESS, field: value})
    assert set(caught.value.fields) == {field}
    assert hint in caught.value.fields[field]


def test_good_address_is_trimmed_and_masked():
    found = address.clean({**ADDRESS, "name": " 测试\x00甲 ", "postcode": ""})
    assert (found.name, found.postcode) == ("测试甲", "")
    assert found.full == "河南省平顶山市石龙区龙兴街道测试路1号院2号楼301"
    assert "301" not in found.masked_address
    assert found.masked_mobile == "130****0001"
    assert address.load(found.dump()) == found


def test_municipality_is_not_written_twice():
    assert address.clean({**ADDRESS, "province": "北京市", "city": "北京市", "county": "东城区"}).region == "北京市东城区"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("河南省平顶山市石龙区龙兴街道测试路1号", "河南省平顶山市石龙区"),
        ("石龙区龙兴街道测试路1号", "河南省平顶山市石龙区"),
        ("平顶山市石龙区龙兴街道测试路1号", "河南省平顶山市石龙区"),
        ("北京市东城区测试胡同 1 号", "北京市东城区"),
        ("河南省平顶山市舞钢市测试路 8 号", "河南省平顶山市舞钢市"),
        ("龙兴街道测试路1号", None),
        ("", None),
    ],
)
def test_an_address_typed_in_one_line(text, region):
    found = address.from_form({"receiver_address": text, "receiver_name": "测试甲", "receiver_mobile": "13000000001"})
    assert (found.region if found else None) == region


def test_an_unusable_mobile_in_the_form_is_not_guessed():
    assert address.from_form({"receiver_address": "石龙区龙兴街道测试路1号", "receiver_name": "测试甲", "receiver_mobile": "1"}) is None


def steps(*moves: Move) -> list[Step]:
    return [Step(move, T + timedelta(hours=index)) for index, move in enumerate(moves)]


M = Move


@pytest.mark.parametrize(
    ("moves", "state", "trouble"),
    [
        ([], State.ORDERED, ""),
        ([M.INFO], State.ORDERED, ""),
        ([M.PICKED], State.TRANSIT, ""),
        ([M.PICKED, M.MOVING, M.DELIVERING], State.TRANSIT, ""),
        ([M.PICKED, M.DELIVERING, M.SIGNED], State.SIGNED, ""),
        ([M.PICKED, M.SIGNED, M.INFO], State.SIGNED, ""),
        ([M.PICKED, M.FAILED], State.PROBLEM, Trouble.FAILED),
        ([M.PICKED, M.FAILED, M.DELIVERING], State.TRANSIT, ""),
        ([M.PICKED, M.FAILED, M.DELIVERING, M.SIGNED], State.SIGNED, ""),
        ([M.PICKED, M.REFUSED], State.PROBLEM, Trouble.REFUSED),
        ([M.PICKED, M.REFUSED, M.RETURNED, M.MOVING, M.SIGNED], State.PROBLEM, Trouble.RETURNED),
    ],
)
def test_outcome_does_not_depend_on_order_or_repeats(moves, state, trouble):
    rows = steps(*moves)
    for variant in (rows, rows[::-1], rows + rows):
        found = outcome(variant)
        assert (found.state, found.trouble) == (state, trouble)


def test_a_person_who_confirms_after_a_return_is_believed():
    rows = [*steps(M.PICKED, M.RETURNED), Step(M.SIGNED, T + timedelta(days=1), human=True)]
    assert outcome(rows).state == State.SIGNED


def test_signed_at_is_the_first_signature():
    rows = steps(M.PICKED, M.SIGNED, M.SIGNED)
    assert outcome(rows).signed_at == T + timedelta(hours=1)
    assert outcome(rows).picked_at == T


def test_stalled_after_three_days():
    assert not stalled(T, T + timedelta(days=3))
    assert stalled(T, T + timedelta(days=3, seconds=1))


@pytest.mark.parametrize(
    ("remark", "signer"), [("已签收，签收人：本人，感谢", "本人"), ("签收人是: 李四（前台）", "李四"), ("已签收,感谢使用顺丰", "")]
)
def test_signer(remark, signer):
    assert signer_of(remark) == signer


def test_remarks_hide_people_and_phones():
    text = soften("快件交给快递员：张三丰，电话13912345678，签收人：李四")
    assert text == "快件交给快递员：张*丰，电话139****5678，签收人：李*"
    assert soften("签收人：本人") == "签收人：本人"


def test_pickup_slots_start_tomorrow():
    found = pickup.slots(date(2026, 11, 24))
    assert (found[0].value, len(found)) == ("2026-11-25/1", 28)
    assert "11月25日 周三 08:00–10:00" in found[0].label
    assert pickup.find("2026-11-24/1", date(2026, 11, 24)) is None
    assert pickup.find("2026-11-26/4", date(2026, 11, 24)).start.hour == 16


@pytest.mark.parametrize(
    ("text", "stamp", "word", "expected"),
    [
        # 期望值由 Java 的 URLEncoder + MD5 + Base64 规则手算：空格为 +，* 不编码，~ 编码
        ("a b*~", "1", "k", "a+b*%7E1k"),
        ('{"名":"值"}', "2", "", "%7B%22%E5%90%8D%22%3A%22%E5%80%BC%22%7D2"),
    ],
)
def test_digest_encodes_like_java(text, stamp, word, expected):
    assert digest(text, stamp, word) == base64.b64encode(hashlib.md5(expected.encode(), usedforsecurity=False).digest()).decode()


@pytest.mark.parametrize(
    ("code", "remark", "move"),
    [
        ("50", "", M.PICKED),
        ("30", "", M.MOVING),
        ("44", "", M.DELIVERING),
        ("33", "电话没人接", M.FAILED),
        ("70", "客户拒收", M.REFUSED),
        ("648", "", M.RETURNED),
        ("80", "", M.SIGNED),
        ("8000", "", M.INFO),
        ("99999", "", M.MOVING),
    ],
)
def test_sf_codes(code, remark, move):
    assert _route({"opCode": code, "remark": remark, "acceptTime": "2026-11-02 09:00:00"}).move is move


def test_a_route_without_a_time_is_dropped():
    assert _route({"opCode": "50", "acceptTime": "昨天"}) is None
