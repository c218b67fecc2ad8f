"""演示用的虚构人与机构。证件号一律 1900 年出生、信用代码主体段一律 TTTT，一眼可知虚构，校验位合法。"""

import random
from dataclasses import dataclass

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国红梅志强晓东海燕文博雨桐子轩欣怡思远俊杰秀兰春梅冬雪"
SHOPS = ("小吃店", "理发店", "便利店", "面馆", "快捷宾馆", "美容店", "药房", "农资店", "幼儿园", "广告部", "货运部", "网吧")
FIRMS = ("餐饮管理", "建筑工程", "人力资源", "商贸", "物流", "环保科技", "文化传媒", "农业发展")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class FakeApplicant:
    """虚构申请人；`kind` 为服务对象码（1 自然人、2 企业法人）。"""

    kind: str
    name: str
    id_no: str
    mobile: str
    legal_name: str = ""
    legal_id_no: str = ""


def idcard(sequence: int) -> str:
    """虚构身份证号：1900 年，顺序号用尽后换生日。`sequence` 从 0 起，最多 365×999 个。"""
    day, number = divmod(sequence, 999)
    month, date = divmod(day, 28)
    body = f"4104041900{month % 12 + 1:02d}{date + 1:02d}{number + 1:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def uscc(prefix: str, sequence: int) -> str:
    """虚构统一社会信用代码：`prefix` 为前两位（91 企业、92 个体），主体段 TTTT 开头。"""
    organization = f"TTTT{sequence:04d}"
    total = sum(USCC_INDEX36[char] * weight for char, weight in zip(organization, ORG_WEIGHTS, strict=True))
    digit = (11 - total % 11) % 11
    body = f"{prefix}410404{organization}{'X' if digit == 10 else digit}"
    check = (31 - sum(USCC_CHARS.index(char) * weight for char, weight in zip(body, USCC_WEIGHTS, strict=True)) % 31) % 31
    return body + USCC_CHARS[check]


USCC_INDEX36 = {char: index for index, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def applicants(count: int, seed: int = 410404) -> list[FakeApplicant]:
    """一批虚构申请人，七成自然人；同一个种子总是同一批。"""
    chooser = random.Random(seed)  # noqa: S311 演示数据，不是密码学
    people = []
    for index in range(count):
        name = chooser.choice(SURNAMES) + "".join(chooser.sample(GIVEN, chooser.choice((1, 2, 2))))
        mobile = f"1300000{index % 90 + 10:04d}"
        identity = idcard(1000 + index)
        if chooser.random() < 0.7:
            people.append(FakeApplicant("1", name, identity, mobile))
        elif chooser.random() < 0.5:
            shop = f"石龙区{name}{chooser.choice(SHOPS)}"
            people.append(FakeApplicant("5", shop, uscc("92", 5000 + index), mobile, name, identity))
        else:
            firm = f"平顶山市石龙区{chooser.choice(GIVEN)}{chooser.choice(GIVEN)}{chooser.choice(FIRMS)}有限公司"
            people.append(FakeApplicant("2", firm, uscc("91", 5000 + index), mobile, name, identity))
    return people
