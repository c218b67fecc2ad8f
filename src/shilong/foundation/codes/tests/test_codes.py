"""校验、脱敏、码表。"""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.codes import checks, masks, services
from shilong.foundation.codes.checks import InvalidCode
from shilong.foundation.codes.tables import TABLES
from shilong.foundation.refusals import Invalid, NotFound

pytestmark = pytest.mark.req("P03")
ADMIN = SimpleNamespace(account_id=1, name="系统管理员", ip="")


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (checks.check_idcard, "410404190001010010"),
        (checks.check_idcard, "410404190001010029"),
        (checks.check_uscc, "11410404TTTT00014P"),
        (checks.check_uscc, "91410404TTTT1001XL"),
        (checks.check_uscc, "92410404TTTT20015Y"),
        (checks.check_uscc, "52410404TTTT40016M"),
        (checks.check_mobile, "13800000001"),
        (checks.check_phone, "0375-1234567"),
        (checks.check_person_name, "阿卜杜拉·买买提"),
        (checks.check_person_name, "张𬸪"),
    ],
)
def test_accepted(check, value):
    assert check(f" {value} ") == value


@pytest.mark.parametrize(
    ("check", "value", "says"),
    [
        (checks.check_idcard, "410404190001010011", "末位校验"),
        (checks.check_idcard, "41040419000101001", "17 位"),
        (checks.check_idcard, "990404190001010010", "省级"),
        (checks.check_idcard, "410404190002300010", "不存在"),
        (checks.check_idcard, "410404299901010010", "晚于今天"),
        (checks.check_idcard, "4104041900010100１0", "数字"),  # 全角数字
        (checks.check_uscc, "91410404TTTT1001XM", "末位校验"),
        (checks.check_uscc, "91410404IIII1001XL", "字符 I"),
        (checks.check_mobile, "12800000001", "手机号"),
        (checks.check_phone, "0371-1234567", "0375"),
        (checks.check_person_name, "张", "2 至 50"),
        (checks.check_person_name, "张3", "文字"),
    ],
)
def test_refused_with_a_reason(check, value, says):
    with pytest.raises(InvalidCode, match=says):
        check(value)


@given(st.text(checks.USCC_CHARS, min_size=9, max_size=9), st.integers(0, 16), st.sampled_from(checks.USCC_CHARS))
def test_any_single_wrong_uscc_character_is_caught(subject, position, wrong):
    body = "91410404" + subject
    code = body + checks.uscc_check_digit(body)
    assert checks.check_uscc(code) == code
    if code[position] != wrong:
        with pytest.raises(InvalidCode):
            checks.check_uscc(code[:position] + wrong + code[position + 1 :])


@given(st.integers(0, 999), st.integers(0, 999), st.integers(1, 9))
def test_a_wrong_idcard_sequence_digit_is_caught(number, _other, shift):
    body = f"41040419000101{number:03d}"
    code = body + checks.idcard_check_digit(body)
    assert checks.check_idcard(code) == code
    changed = body[:-1] + str((int(body[-1]) + shift) % 10)
    with pytest.raises(InvalidCode):
        checks.check_idcard(changed + code[-1])


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (masks.mask_name("张三"), "张*"),
        (masks.mask_name("张小三"), "张*三"),
        (masks.mask_name("欧阳小明"), "欧**明"),
        (masks.publish_name("张小三"), "张**"),
        (masks.mask_idno("410404190001010010"), "410404********0010"),
        (masks.mask_mobile("13800000001"), "138****0001"),
        (masks.mask_phone("0375-1234123"), "0375****123"),
        (masks.mask_address("石龙区高庄街道某路8号"), "石龙区高庄街道***"),
        (masks.mask_uscc("91410404TTTT1001XL", False), "91410404TTTT1001XL"),
        (masks.mask_uscc("92410404TTTT20015Y", True), "9241**********015Y"),
        (masks.mask_email("abc@example.com"), "a***@example.com"),
        (masks.mask_idno(""), ""),
    ],
)
def test_masks(shown, expected):
    assert shown == expected


@pytest.mark.django_db
def test_only_locally_defined_tables_can_be_changed():
    services.override("handle_area", "7", "跨省试点", actor=ADMIN)
    services.override("handle_area", "6", "全村", active=False, actor=ADMIN)
    table = services.table("handle_area")
    assert table.label("7") == "跨省试点"
    assert "6" not in table.entries
    with pytest.raises(Invalid):
        services.override("task_type", "01", "改名", actor=ADMIN)
    with pytest.raises(NotFound):
        services.table("nope")


def test_numbers_missing_in_the_source_are_not_invented():
    assert "080" not in TABLES["person_topic"].entries
    assert "080" not in TABLES["corp_topic"].entries
    assert TABLES["server_type"].label("5") == "非法人企业"
