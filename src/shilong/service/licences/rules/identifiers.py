"""证照标识（GB/T 36904—2018）：`1.2.156.3005.2.类型代码.颁发机构代码.流水号.版本号.校验位`，与打印件验真码。"""

import re
import secrets
from dataclasses import dataclass

from shilong.foundation.refusals import Invalid

ROOT = "1.2.156.3005.2"
_CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PARTS = (
    (re.compile(r"[0-9A-Z]{18}\d{3}"), "证照类型代码应为 21 位：定义机构的统一社会信用代码加 3 位顺序号"),
    (re.compile(r"[0-9A-Z]{1,18}"), "颁发机构代码应为 1 到 18 位数字或大写字母"),
    (re.compile(r"[0-9A-Z]{1,40}"), "流水号应为数字或大写字母"),
    (re.compile(r"\d{3}"), "版本号应为 3 位数字"),
    (re.compile(r"[0-9A-Z]"), "校验位应为 1 位"),
)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32：没有 I L O U
CODE_LENGTH = 16
_ALIKE = str.maketrans("ILO", "110")


class BadIdentifier(Invalid):
    code = "licence_bad_identifier"
    message = "证照标识不对：{detail}。"


@dataclass(frozen=True, slots=True)
class Identifier:
    """拆开的证照标识。"""

    type_code: str
    issuer: str
    serial: str
    version: int
    check: str

    def __str__(self) -> str:
        return f"{ROOT}.{self.type_code}.{self.issuer}.{self.serial}.{self.version:03d}.{self.check}"


def check_char(text: str) -> str:
    """ISO 7064 MOD 37,36 校验位。

    异常：
        BadIdentifier: 有数字与大写字母之外的字符。
    """
    remainder = 36
    for character in text:
        place = _CHARS.find(character)
        if place < 0:
            raise BadIdentifier(detail="只能有数字与大写字母")
        remainder = (remainder + place) % 36 or 36
        remainder = remainder * 2 % 37
    return _CHARS[(37 - remainder) % 36]


def build(type_code: str, issuer: str, serial: str, version: int) -> str:
    """生成完整标识（含根 OID）。版本从 1 起，写成 001。"""
    check = check_char(f"{type_code}{issuer}{serial}{version:03d}")
    return str(parse(f"{ROOT}.{type_code}.{issuer}.{serial}.{version:03d}.{check}"))


def parse(text: str) -> Identifier:
    """拆开并核对标识；有没有根 OID 都认。

    异常：
        BadIdentifier: 段数、格式或校验位不对。
    """
    parts = text.strip().upper().removeprefix(f"{ROOT}.").split(".")
    if len(parts) != 5:
        raise BadIdentifier(detail="应为类型代码、颁发机构代码、流水号、版本号、校验位五段，用点隔开")
    for part, (pattern, problem) in zip(parts, _PARTS, strict=True):
        if not pattern.fullmatch(part):
            raise BadIdentifier(detail=problem)
    expected = check_char("".join(parts[:4]))
    if parts[4] != expected:
        raise BadIdentifier(detail=f"校验位应为 {expected}")
    return Identifier(parts[0], parts[1], parts[2], int(parts[3]), parts[4])


def new_code() -> str:
    """新的验真码：16 位随机（80 比特），加一位校验。库里只存它的 SM3。"""
    body = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return f"{body}-{check_char(body)}"


def clean_code(text: str) -> str:
    """用户输入的验真码变成规范写法；不成样子或校验位不符返回空串。小写、空格、易混字（I L O）都认。"""
    plain = re.sub(r"[\s-]", "", text[:60]).upper()
    body, check = plain[:CODE_LENGTH].translate(_ALIKE), plain[CODE_LENGTH:]
    if len(body) != CODE_LENGTH or not set(body) <= set(ALPHABET) or check != check_char(body):
        return ""
    return f"{body}-{check}"
