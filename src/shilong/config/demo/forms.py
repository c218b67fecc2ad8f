"""给申请表填上像样的内容：先按申请人资料预填，再报缺什么填什么。"""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from shilong.config.demo import people
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.service.forms import rules

STREETS = ("高庄街道", "龙兴街道", "人民路街道", "龙河街道")
TEXTS = {
    "地址": "石龙区{street}测试路{n}号",
    "姓名": "{person}",
    "收件人": "{person}",
    "联系人": "{person}",
    "户名": "{person}",
    "银行账号": "622000000000{n:04d}",
    "开户": "石龙区测试银行营业部",
    "民族": "汉族",
    "学校": "测试职业学院",
    "医院": "石龙区测试医院",
    "机构名称": "石龙区测试卫生服务中心",
    "名称": "石龙区{person}测试经营部",
    "内容": "申请办理本事项，所填内容真实。",
    "理由": "符合规定条件，申请办理。",
    "范围": "餐饮服务；食品销售",
    "编号": "测试{n:06d}",
    "岗位": "服务员",
    "职业": "职员",
}


OTHER_PARTY = "wife_"  # 结婚登记的另一方：与申请人不是同一个人


def fill(definition: dict[str, Any], profile: ApplicantProfile, source: dict[str, Any], chooser: random.Random) -> dict[str, Any]:
    """一份能通过校验的申请表。

    参数：
        source: 预填来源，`materials.profile.prefill_source` 的结果。
    """
    data = dict(rules.prefill(definition, source))
    fields = {field["key"]: field for field in rules.fields(definition)}
    partner = _partner(profile, chooser) if any(key.startswith(OTHER_PARTY) for key in fields) else profile
    for _ in range(8):
        errors = rules.validate(definition, data)[1]
        wrong = {path.split(".")[0] for path in errors} & set(fields)
        if not wrong:
            break
        data |= {key: _value(fields[key], partner if key.startswith(OTHER_PARTY) else profile, chooser) for key in wrong}
    return data


def _partner(profile: ApplicantProfile, chooser: random.Random) -> ApplicantProfile:
    name = chooser.choice([one for one in people.SURNAMES if not profile.name.startswith(one)]) + "".join(chooser.sample(people.GIVEN, 2))
    identity = people.idcard(chooser.randint(100_000, 200_000))
    return replace(profile, name=name, legal_name="", id_type="111", id_no=identity, mobile=f"1300001{chooser.randint(0, 9999):04d}")


def _value(field: Mapping[str, Any], profile: ApplicantProfile, chooser: random.Random) -> Any:
    kind = field["type"]
    options = [option.get("value") if isinstance(option, Mapping) else option for option in field.get("options") or []]
    if kind in ("radio", "select"):
        return "本人办理" if "本人办理" in options else chooser.choice(options)
    if kind == "checks":
        return options if "声明" in field["label"] or "授权" in field["label"] else options[: max(1, field.get("min") or 1)]
    if kind == "rows":
        return [
            {sub["key"]: _value(sub, profile, chooser) for sub in field.get("fields", [])} for _ in range(max(1, field.get("min") or 1))
        ]
    if kind == "number":
        low, high = field.get("min"), field.get("max")
        return max(low or 1, min(high or 10**6, chooser.choice((2, 3, 20, 45, 86, 120))))
    if kind == "date":
        days = chooser.randint(30, 300)
        return f"{timezone.localdate() + timedelta(days=days if field.get('min') else -days):%Y-%m-%d}"
    if kind == "idcard":
        return profile.id_no if profile.id_type == "111" else people.idcard(chooser.randint(5000, 9000))
    if kind == "uscc":
        return profile.id_no if profile.id_type == "001" else people.uscc("91", chooser.randint(6000, 9000))
    if kind == "mobile":
        return profile.mobile or "13000000099"
    return _text(field, profile, chooser)


def _text(field: Mapping[str, Any], profile: ApplicantProfile, chooser: random.Random) -> str:
    person = profile.legal_name or profile.name
    words = {"street": chooser.choice(STREETS), "n": chooser.randint(1, 999), "person": person}
    for mark, text in TEXTS.items():
        if mark in field["label"]:
            return text.format(**words)[: field.get("maxlength") or 200]
    return "见申请材料"
