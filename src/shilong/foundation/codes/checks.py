"""证件号码、联系方式、姓名的规则校验。纯函数；不合规抛 `InvalidCode`，说清哪里不对。"""

import re
from datetime import date
from typing import NoReturn

from django.utils import timezone

from shilong.foundation.refusals import Refused

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
# GB/T 2260 省级代码，另含港澳台居民居住证的 81、82、83。
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
USCC_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_VALUES = {char: index for index, char in enumerate(USCC_CHARS)}
USCC_WEIGHTS = tuple(pow(3, index, 31) for index in range(17))
MOBILE = re.compile(r"1[3-9][0-9]{9}")
PHONE = re.compile(r"0375-?[0-9]{7,8}(-[0-9]{1,6})?")


class InvalidCode(Refused):
    """号码或姓名不合规。"""

    code = "invalid_code"
    message = "号码不正确，请核对。"


def _bad(text: str) -> NoReturn:
    raise InvalidCode(text)


def check_idcard(value: str) -> str:
    """公民身份号码（GB 11643），返回规范写法（末位大写）。

    不因区划码已撤销而拒绝，只核省级前两位（standards §6.4）。

    异常：
        InvalidCode: 位数、字符、区划、出生日期或校验位不对。
    """
    text = value.strip().upper()
    if len(text) != 18:
        _bad(f"身份证号码应为 18 位，现在是 {len(text)} 位。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        _bad("身份证号码前 17 位应为数字，末位为数字或 X。")
    if text[:2] not in PROVINCES:
        _bad("身份证号码前两位不是有效的省级代码，请核对。")
    idcard_birthday(text)
    if idcard_check_digit(text[:17]) != text[17]:
        _bad("身份证号码末位校验不符，请核对是否输错。")
    return text


def idcard_check_digit(body: str) -> str:
    """前 17 位对应的校验字符。"""
    return ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True)) % 11]


def idcard_birthday(value: str) -> date:
    """身份证号码里的出生日期。

    异常：
        InvalidCode: 日期不存在，或晚于今天。
    """
    text = value.strip()
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        _bad("身份证号码里的出生日期不存在，请核对第 7 至 14 位。")
    if born > timezone.localdate():
        _bad("身份证号码里的出生日期晚于今天，请核对第 7 至 14 位。")
    return born


def idcard_sex(value: str) -> str:
    """性别码（GB/T 2261.1）：1 男、2 女。第 17 位奇数为男。"""
    return "1" if int(value.strip()[16]) % 2 else "2"


def check_uscc(value: str) -> str:
    """统一社会信用代码（GB 32100），返回大写。

    异常：
        InvalidCode: 位数、字符或校验位不对。
    """
    text = value.strip().upper()
    if len(text) != 18:
        _bad(f"统一社会信用代码应为 18 位，现在是 {len(text)} 位。")
    wrong = sorted(set(text) - set(USCC_CHARS))
    if wrong:
        _bad(f"统一社会信用代码里有不允许的字符 {'、'.join(wrong)}（不用字母 I O S V Z）。")
    if not text[2:8].isdigit():
        _bad("统一社会信用代码第 3 至 8 位应为登记机关的区划数字。")
    if uscc_check_digit(text[:17]) != text[17]:
        _bad("统一社会信用代码末位校验不符，请核对是否输错。")
    return text


def uscc_check_digit(body: str) -> str:
    """前 17 位对应的校验字符；多给的位不看。"""
    total = sum(USCC_VALUES[char] * weight for char, weight in zip(body[:17], USCC_WEIGHTS, strict=True))
    return USCC_CHARS[-total % 31]


def check_mobile(value: str) -> str:
    """手机号：1 开头的 11 位；不核号段存亡。

    异常：
        InvalidCode: 不是手机号。
    """
    text = value.strip()
    if not MOBILE.fullmatch(text):
        _bad("手机号应为 1 开头的 11 位数字，请核对。")
    return text


def check_phone(value: str) -> str:
    """固定电话，平顶山区号 0375，可带分机。

    异常：
        InvalidCode: 不是本地固定电话。
    """
    text = value.strip()
    if not PHONE.fullmatch(text):
        _bad("固定电话应写成 0375-7 或 8 位号码，可加 -分机号。")
    return text


def check_corp_name(value: str) -> str:
    """单位名称 4–100 字，须是登记的全称。

    异常：
        InvalidCode: 太短、太长，或含有不能显示的字符。
    """
    text = value.strip()
    if not 4 <= len(text) <= 100:
        _bad("单位名称应为 4 至 100 个字，请按营业执照（登记证书）写全称。")
    if not text.isprintable() or text.isdecimal():
        _bad("单位名称里有不能显示的字符或全是数字，请按营业执照（登记证书）填写。")
    return text


def check_person_name(value: str) -> str:
    """姓名 2–50 字，允许间隔号与生僻字（GB 18030）。

    异常：
        InvalidCode: 太短、太长或有数字、标点。
    """
    text = value.strip()
    if not 2 <= len(text) <= 50:
        _bad("姓名应为 2 至 50 个字。")
    if not all(char.isalpha() or char in "·• " for char in text):
        _bad("姓名里只能有文字与间隔号“·”，不能有数字或标点。")
    return text.replace("•", "·")
