"""材料清单：在原始清单上改掉含糊的叫法，补份数与填报须知，按情形拆分。"""

import re
from typing import Any

WHO = ["agent", "=", "agent"]
OWN, RENT, FREE = ["place", "=", "own"], ["place", "=", "rent"], ["place", "=", "free"]


def _yes(key: str) -> list[str]:
    return [key, "=", "yes"]


# 原名含“相关”“其他”“等”一类兜底说法，T08 不允许
_NAMES = {
    "医疗卫生机构拟聘用的相关材料": "医疗卫生机构拟聘用证明",
    "住所（经营场所）使用相关文件（可承诺）": "住所（经营场所）使用证明",
    "住所（主要经营场所）相关文件": "住所（主要经营场所）使用证明",
    "遭遇突发困难的相关材料（可容缺）": "遭遇突发事件、意外伤害、重大疾病的证明",
    "低保等相关身份信息（生活补贴）": "最低生活保障对象身份信息",
    "身体状况相关医疗证明": "县级以上医疗机构出具的身体状况医疗证明",
    "场所符合消防技术标准的其他材料（非承诺方式）": "消防设施检测合格证明和装修材料防火性能证明",
    "大型仪器设备清单及放射诊疗许可等（有的提供）": "大型仪器设备清单、放射诊疗许可证",
    "收养人婚姻状况、抚养教育能力及身体健康检查等证明": "收养人婚姻状况证明、抚养教育能力证明和身体健康检查证明",
    "终止或解除劳动关系证明等失业原因材料（可承诺）": "终止或者解除劳动关系证明",
    "终止或解除劳动合同证明（可共享、可承诺）": "终止或者解除劳动合同证明",
    "残疾、低保、零就业家庭等身份材料": "残疾人证、低保信息或零就业家庭认定信息",
    "事故相关证明（交通事故认定等，按情形）": "道路交通事故认定书",
    "婚姻状况材料（可承诺或共享）": "婚姻登记信息",
    "拟执业医疗卫生机构聘用材料": "拟执业医疗卫生机构聘用证明",
    "无犯罪记录（系统核查，不再个人提交）": "无犯罪记录核查信息",
    "交通事故责任强制保险凭证（拖拉机运输机组）": "交通事故责任强制保险凭证",
    "集中空调通风系统卫生检测或者评价报告（使用集中空调的）": "集中空调通风系统卫生检测或者评价报告",
    "经济困难状况说明（可承诺/可核查）": "经济困难状况说明（可书面承诺）",
}
_BARE = re.compile(
    r"（(线上填报|线上|在线填报|可由系统生成|委托办理的|代办的|现场可拍|现场填写|残疾人提供|代为申请的|依法应办的|挖掘|最终审核)）|@原件"
)
_FORM = re.compile(r"(申请书|申请表|登记表|审核表|备案表|信息表|采集表|备案书|注册书|审批表|申领表|（认定）表|申请报告|在线填报)")
_ORIGINAL = {31: (0,), 32: (0, 1)}
# 事项号 → 原清单第几份（0 起）→ 修改
CHANGES: dict[int, dict[int, dict[str, Any]]] = {
    1: {6: {"when": _yes("air")}},
    3: {5: {"need": "1", "when": _yes("device")}},
    7: {3: {"need": "1", "when": ["marriage", "=", "married"]}},
    8: {4: {"need": "1", "when": WHO}},
    9: {3: {"need": "1", "when": WHO}},
    12: {3: {"need": "1", "when": WHO}},
    14: {2: {"name": "营业执照正、副本", "when": ["lost", "=", "no"]}},
    17: {2: {"when": ["reason", "=", "ended"], "promise_allowed": True, "note": "可由系统核对；核对不到的可以书面承诺替代。"}},
    18: {3: {"when": {"not": ["kind", "=", "long"]}}},
    21: {2: {"when": ["shared", "=", "no"], "promise_allowed": True}},
    22: {4: {"need": "1", "when": _yes("traffic")}},
    26: {3: {"need": "1", "when": _yes("hardship")}},
    27: {4: {"need": "1", "when": _yes("disabled")}},
    29: {3: {"need": "1", "when": {"any": [["kind", "=", "life"], ["kind", "=", "both"]]}}},
    33: {3: {"when": {"not": ["child", "=", "found"]}}, 1: {"source_type": "20", "is_original": True}},
    36: {3: {"need": "1", "when": _yes("proof")}},
    39: {
        3: {"name": "教师资格考试合格证明", "when": ["path", "=", "exam"]},
        6: {"source_type": "20", "can_share": True, "get_type": "4", "share_source": "无犯罪记录核查"},
    },
    42: {2: {"when": ["plan", "=", "no"]}},
    43: {3: {"need": "1", "when": WHO}},
    45: {3: {"name": "场地或建筑物租赁合同", "when": ["site", "=", "rent"]}},
    46: {2: {"when": ["kind", "=", "dig"]}, 4: {"name": "道路恢复承诺及安全措施"}},
    51: {5: {"need": "1", "when": _yes("transport")}},
    55: {
        0: {"name": "公众聚集场所投入使用、营业消防安全告知承诺书", "when": ["way", "=", "promise"]},
        4: {"need": "1", "when": ["way", "=", "check"]},
    },
    57: {2: {"promise_allowed": True}, 4: {"need": "1", "when": WHO}},
    60: {3: {"need": "1", "when": {"any": [["kind", "=", "special"], ["kind", "=", "low"]]}}},
}
# 含“产权或使用证明”的材料按场所来源拆成三份；值是原清单第几份，None 表示原名里还有别的内容、保留并另加
_PLACE_AT = {2: 2, 3: 2, 12: 2, 13: 4, 15: None, 23: None, 24: 2, 34: None, 35: 2, 41: 2, 49: 2, 50: None, 52: 4, 56: 3}
_PLACE_RENAME = {
    15: (4, "经营场所、仓库平面布局图"),
    23: (3, "办公设施清单"),
    34: (2, "验资报告"),
}
_AGENT_ALREADY = {8, 9, 12, 43, 57}
_NEED_AGENT = {1, 2, 10, 13, 14, 15, 23, 24, 26, 27, 28, 29, 30, 41, 45, 47, 51, 54, 56}
EXTRA: dict[int, list[dict[str, Any]]] = {
    4: [{"name": "3个月临床护理培训考核合格证明", "when": _yes("late3"), "by_law": "护士条例第七条"}],
    6: [{"name": "接受培训并考核合格的证明", "when": _yes("gap"), "by_law": "医师法第十三条"}],
    14: [{"name": "营业执照遗失公告", "when": _yes("lost")}],
    38: [{"name": "联合办学协议", "when": _yes("joint"), "by_law": "民办教育促进法实施条例"}],
    39: [{"name": "师范生教师职业能力证书", "when": ["path", "=", "normal"]}],
    43: [{"name": "出租人同意转租的书面证明", "when": ["who", "=", "sub"]}],
    45: [
        {
            "name": "场地或建筑物所有权证",
            "source_type": "20",
            "get_type": "4",
            "can_share": True,
            "share_source": "不动产权证",
            "format": "2",
            "when": ["site", "=", "own"],
        }
    ],
    55: [{"name": "公众聚集场所投入使用、营业前消防安全检查申请表", "when": ["way", "=", "check"]}],
    60: [{"name": "家庭经济状况核对授权书", "when": ["kind", "=", "medical"]}],
}


def of(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """某事项的材料，编号 M01 起。"""
    seq = raw["seq"]
    rows: list[dict[str, Any]] = []
    for index, source in enumerate(raw["materials"]):
        row = _base(source)
        if index in _ORIGINAL.get(seq, ()):
            row |= {"source_type": "20", "is_original": True, "format": "1", "note": "现场核验原件后退还"}
        row |= CHANGES.get(seq, {}).get(index, {})
        if seq in _PLACE_RENAME and _PLACE_RENAME[seq][0] == index:
            row["name"] = _PLACE_RENAME[seq][1]
        if seq in _PLACE_AT and _PLACE_AT[seq] == index:
            rows += _place()
            continue
        rows.append(row)
    if _PLACE_AT.get(seq, 0) is None:
        rows += _place()
    rows += [{**_blank(), **row} for row in EXTRA.get(seq, [])]
    if seq in _NEED_AGENT:
        rows.append({**_blank(), "name": "授权委托书和受托人身份证件", "when": WHO, "note": "委托书由委托人签名或盖章，写明事项与权限"})
    for number, row in enumerate(rows, start=1):
        row["code"] = f"M{number:02d}"
    return rows


def _blank() -> dict[str, Any]:
    return {
        "name": "",
        "need": "1",
        "format": "3",
        "source_type": "10",
        "get_type": "2",
        "can_share": False,
        "share_source": "",
        "allow_late": False,
        "late_days": 0,
        "copies": 1,
        "note": "",
        "is_original": False,
        "when": None,
        "by_law": "",
        "accept_stand": "",
        "promise_allowed": False,
        "generated": False,
    }


def _base(source: dict[str, Any]) -> dict[str, Any]:
    original = source["material_name"]
    name = _BARE.sub("", _NAMES.get(original, original))
    shared, generated = source["can_share"], bool(_FORM.search(original))
    note = ""
    if shared:
        note = f"由系统调取“{source['share_source']}”，调取不到时可以自行上传"
    elif generated:
        note = "按您在线填写的内容生成，也可以下载后手写上传"
    elif source["allow_late"]:
        note = "可以容缺：先受理，10 个工作日内补齐"
    return {
        **_blank(),
        "name": name,
        "need": source["is_need"],
        "format": source["material_format"],
        "source_type": source["source_type"],
        "get_type": "4" if shared else "2",
        "can_share": shared,
        "share_source": source["share_source"] or "",
        "allow_late": source["allow_late"],
        "late_days": 10 if source["allow_late"] else 0,
        "copies": source["page_num"],
        "note": note,
        "generated": generated,
    }


def _place() -> list[dict[str, Any]]:
    """场所来源的三种证明。"""
    share = {"source_type": "20", "get_type": "4", "can_share": True, "share_source": "不动产权证", "format": "2"}
    return [
        {**_blank(), **share, "name": "场所不动产权证", "when": OWN, "note": "由系统调取“不动产权证”，调取不到时可以自行上传"},
        {**_blank(), "name": "场所租赁合同", "when": RENT, "note": "在有效期内，含双方签字（盖章）页"},
        {**_blank(), "name": "场所无偿使用证明", "when": FREE, "note": "由产权人出具，写明使用期限"},
    ]
