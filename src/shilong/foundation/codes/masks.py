"""展示脱敏（standards §10.4）。默认都脱敏；看明文走揭示并留痕。公示更严，用 `publish_name`。"""

import re

COMPOUND = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "长孙",
        "宇文",
        "司徒",
        "司空",
        "夏侯",
        "轩辕",
        "端木",
        "百里",
        "南宫",
        "呼延",
        "闻人",
        "澹台",
        "公冶",
        "申屠",
        "太史",
    ]
)
ADDRESS_STOP = re.compile(r"^.*?(?:街道|社区|居委会|村委会|[乡镇村])")


def mask_name(value: str) -> str:
    """两字留首字，三字以上留首末，复姓按首字：张*、张*三、欧**明。"""
    text = value.strip()
    if len(text) < 2:
        return "*" if text else ""
    return text[0] + "*" if len(text) == 2 else text[0] + "*" * (len(text) - 2) + text[-1]


def publish_name(value: str) -> str:
    """公示用的姓名，只留姓：张**、欧阳**。四字以上的单位名称也按此处理前须由调用方判明是个人。"""
    text = value.strip()
    if not text:
        return ""
    keep = 2 if text[:2] in COMPOUND and len(text) > 2 else 1
    return text[:keep] + "**"


def mask_idno(value: str) -> str:
    """证件号前 6 后 4；短号码（护照等）只留后 4，更短的全遮。"""
    text = value.strip()
    if len(text) >= 15:
        return text[:6] + "*" * (len(text) - 10) + text[-4:]
    return "*" * max(len(text) - 4, 0) + text[-4:] if len(text) > 6 else "*" * len(text)


def mask_mobile(value: str) -> str:
    """手机号前 3 后 4；不是 11 位的按证件短号处理。"""
    text = value.strip()
    return text[:3] + "****" + text[-4:] if len(text) == 11 else mask_idno(text)


def mask_phone(value: str) -> str:
    """固定电话：区号加后 3 位。"""
    text = value.strip()
    return text[:4] + "****" + text[-3:] if len(text) >= 10 else "*" * len(text)


def mask_address(value: str) -> str:
    """地址到街道、乡镇或社区，其后遮住；认不出层级的只留前 6 字，短地址全遮。"""
    text = value.strip()
    if not text:
        return ""
    found = ADDRESS_STOP.match(text)
    if found:
        return found.group() + "***"
    return (text[:6] if len(text) > 8 else "") + "***"


def mask_uscc(value: str, individual: bool = False) -> str:
    """信用代码：企业公开；个体工商户遮中间。"""
    text = value.strip()
    return text[:4] + "*" * max(len(text) - 8, 0) + text[-4:] if individual and len(text) > 8 else text


def mask_email(value: str) -> str:
    """邮箱：首字符加 ***。"""
    name, at, domain = value.strip().partition("@")
    return f"{name[:1]}***@{domain}" if at else "*" * len(name)
