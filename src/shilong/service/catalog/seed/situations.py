"""情形引导：问什么、有哪些选择、选了要注意什么。材料随情形增减的规则在 `materials.py`。"""

from typing import Any


def _ask(key: str, question: str, *options: tuple[str, ...]) -> dict[str, Any]:
    """一问：选项是 (值, 叫法[, 提示])；第一项是缺省。"""
    rows = [{"value": option[0], "label": option[1], "notice": option[2] if len(option) > 2 else ""} for option in options]
    return {"key": key, "question": question, "options": rows}


AGENT = _ask("agent", "由谁来办理？", ("self", "本人办理"), ("agent", "委托代办", "受托人须带本人身份证件原件，委托书写明委托事项与权限。"))
CORP_AGENT = _ask(
    "agent", "由谁来办理？", ("self", "法定代表人（负责人）"), ("agent", "经办人代办", "经办人须带本人身份证件，授权委托书加盖单位公章。")
)
PLACE = _ask(
    "place", "场所从哪里来？", ("own", "自有房屋"), ("rent", "租赁房屋", "租赁合同须在有效期内，写明地址与用途。"), ("free", "无偿使用")
)


def _yes(key: str, question: str, no: str, yes: str, notice: str = "") -> dict[str, Any]:
    return _ask(key, question, ("no", no), ("yes", yes, notice))


SITUATIONS: dict[int, list[dict[str, Any]]] = {
    1: [CORP_AGENT, _yes("air", "是否使用集中空调？", "不使用", "使用", "集中空调通风系统检测报告可以容缺后补。")],
    2: [PLACE, CORP_AGENT],
    3: [PLACE, _yes("device", "是否有大型仪器设备或放射诊疗？", "没有", "有")],
    4: [
        _yes(
            "late3",
            "通过护士执业资格考试是否已满三年？",
            "未满三年",
            "已满三年",
            "须提交3个月临床护理培训并考核合格的证明（护士条例第七条）。",
        )
    ],
    6: [_yes("gap", "取得医师资格满两年未注册，或中止执业满两年？", "不是", "是", "须提交接受培训并考核合格的证明。")],
    7: [_ask("marriage", "婚姻状况？", ("married", "已婚"), ("single", "未婚"))],
    8: [CORP_AGENT, _ask("kind", "经营什么项目？", ("catering", "餐饮服务"), ("sale", "食品销售"), ("canteen", "单位食堂"))],
    9: [CORP_AGENT],
    10: [CORP_AGENT],
    12: [AGENT, PLACE],
    13: [CORP_AGENT, PLACE],
    14: [_yes("lost", "营业执照是否遗失？", "没有遗失", "已遗失", "须先在国家企业信用信息公示系统公告作废。"), CORP_AGENT],
    15: [PLACE, CORP_AGENT],
    17: [_ask("reason", "失业原因？", ("ended", "劳动合同终止或解除"), ("graduate", "毕业未就业"), ("closed", "经营主体停业"))],
    18: [
        _ask(
            "kind",
            "属于哪类困难人员？",
            ("disabled", "残疾人"),
            ("low", "低保家庭成员"),
            ("zero", "零就业家庭成员"),
            ("long", "连续失业一年以上"),
        )
    ],
    21: [_yes("shared", "单位是否已为您办理减员备案？", "没有", "已办理", "已办理的由系统核对，不用再交证明。")],
    22: [
        _ask(
            "who",
            "由谁提出申请？",
            ("employer", "用人单位", "用人单位应在事故伤害发生之日起30日内提出。"),
            ("worker", "职工本人或近亲属、工会", "应在事故伤害发生之日起1年内提出。"),
        ),
        _yes("traffic", "是否上下班途中的交通事故？", "不是", "是", "须有非本人主要责任的交通事故认定。"),
    ],
    23: [PLACE, CORP_AGENT],
    24: [PLACE, CORP_AGENT],
    26: [_yes("hardship", "家中是否有重病、重残或在读学生？", "没有", "有", "可以核减相应支出，请如实填写。"), AGENT],
    27: [_yes("disabled", "申请人是否持有残疾人证？", "没有", "有"), AGENT],
    28: [_yes("urgent", "是否需要紧急救助？", "不是", "是", "紧急情形先行救助，10个工作日内补齐审核手续。"), AGENT],
    29: [_ask("kind", "申请哪项补贴？", ("care", "重度残疾人护理补贴"), ("life", "困难残疾人生活补贴"), ("both", "两项都申请")), AGENT],
    30: [AGENT],
    33: [
        _ask(
            "child",
            "被收养人属于哪种情况？",
            ("relative", "三代以内旁系血亲子女"),
            ("welfare", "儿童福利机构抚养的儿童"),
            ("found", "查找不到生父母的儿童", "须公告满60日，公告期间不计入办理期限。"),
        )
    ],
    34: [PLACE],
    35: [PLACE],
    36: [_yes("proof", "登记证书住所与服务场所是否不一致？", "一致", "不一致", "须提交服务场所的权属或使用证明。")],
    38: [
        _ask("kind", "设立哪类学校？", ("kindergarten", "幼儿园"), ("training", "非学历文化教育机构")),
        _yes("joint", "是否由两个以上举办者联合办学？", "不是", "是"),
    ],
    39: [_ask("path", "通过哪种途径申请？", ("exam", "国家教师资格考试"), ("normal", "师范生免试认定"))],
    41: [PLACE, CORP_AGENT],
    42: [_yes("plan", "是否属于不需办理规划许可的工程？", "需要办理", "不需要")],
    43: [AGENT, _ask("who", "出租人是？", ("owner", "房屋所有权人"), ("sub", "转租人", "须提交出租人同意转租的书面材料。"))],
    45: [CORP_AGENT, _ask("site", "设置在哪里？", ("own", "自有场地或建筑物"), ("rent", "租赁场地或建筑物"))],
    46: [
        _ask(
            "kind",
            "占用还是挖掘？",
            ("occupy", "临时占用"),
            ("dig", "挖掘道路", "新建、扩建、改建道路交付使用后5年内、大修竣工后3年内不得挖掘。"),
        )
    ],
    47: [CORP_AGENT],
    49: [PLACE],
    50: [PLACE, _yes("limited", "是否经营限制使用农药？", "不经营", "经营", "须符合限制使用农药定点经营规划。")],
    51: [_yes("transport", "是否属于拖拉机运输机组？", "不是", "是"), AGENT],
    52: [PLACE],
    54: [AGENT],
    55: [
        _ask(
            "way",
            "采用哪种方式？",
            ("promise", "告知承诺", "当场作出决定，之后由消防救援机构核查。"),
            ("check", "不采用告知承诺", "10个工作日内进行检查。"),
        )
    ],
    56: [PLACE, AGENT],
    57: [_ask("agent", "由谁来申请？", ("self", "本人"), ("agent", "法定代理人或委托代理人"))],
    58: [_yes("newborn", "是否为新生儿参保？", "不是", "是", "出生后90日内参保，可从出生之日起享受待遇。")],
    60: [_ask("kind", "申请人属于？", ("special", "特困、孤儿、低保对象"), ("low", "低保边缘家庭成员"), ("medical", "因病致贫家庭患者"))],
}


def of(seq: int) -> list[dict[str, Any]]:
    """某事项的情形；没有分情形的返回空表。"""
    return [{**row, "options": [dict(option) for option in row["options"]]} for row in SITUATIONS.get(seq, [])]
