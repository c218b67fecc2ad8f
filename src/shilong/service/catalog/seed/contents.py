"""把原始清单的一条变成完整的事项内容（要素 JSON）。"""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shilong.service.catalog.labels import duration, legal_limit
from shilong.service.catalog.seed import conditions, materials, plans, situations, specials
from shilong.service.forms.seed import form_code_for

DATA = Path(__file__).resolve().parents[1] / "data" / "service_items.json"
_MARK = re.compile(r"\[[SK][^\]]*\]|（示例）|\(示例值\)")  # 清单里的来源标注，只给开发人员看
_UNITS = {"工作日": "1", "自然日": "2", "月": "3", "当场": "1"}
_STAGES = {
    "准营": "准入准营",
    "开办": "准入准营",
    "注销": "注销退出",
    "婚育": "出生",
    "就业": "就业",
    "参保": "养老",
    "养老": "养老",
}
_DEPARTMENT_STAGES = {
    "wjw": ("准入准营", "就医"),
    "scjg": ("准入准营",),
    "mzj": ("救助",),
    "jtj": ("教育",),
    "zjj": ("工程建设", "置业"),
    "cgj": ("工程建设",),
    "nyj": ("经营发展",),
    "wgl": ("准入准营",),
    "yjj": ("准入准营",),
    "jtys": ("出行",),
    "sfj": ("救助",),
    "tyjr": ("就业",),
    "ybj": ("就医",),
    "fgw": ("工程建设",),
    "xfd": ("准入准营",),
    "ycj": ("准入准营",),
    "cl": ("救助",),
    "rsj": ("招聘用工",),
}
_STAGE_OVERRIDES = {
    7: ("出生",),
    22: ("就业", "招聘用工"),
    30: ("养老",),
    33: ("出生",),
    25: ("就业", "养老"),
    58: ("出生", "就医"),
    4: ("就业",),
}
_STAGE_OVERRIDES |= {
    5: ("就业",),
    6: ("就业",),
    39: ("就业", "教育"),
    41: ("准入准营",),
    34: ("准入准营",),
    35: ("准入准营",),
    43: ("置业",),
}
_STAGE_OVERRIDES |= {
    24: ("准入准营",),
    23: ("准入准营",),
    36: ("准入准营", "养老"),
    40: ("教育",),
    31: ("生活",),
    32: ("生活",),
    54: ("出行", "准入准营"),
}
RIGHTS = (
    "申请人依法享有陈述权、申辩权；有权依法申请行政复议或者提起行政诉讼。"
    "申请人应当如实提交材料、反映真实情况，并对申请材料实质内容的真实性负责。"
)
NO_ESIGN = {31, 32, 33}  # 婚姻、收养文书不适用电子签名（电子签名法第三条）
BRANCHES = {"xfd", "ycj"}  # 不是区政府部门：派出或垂直管理
_SCENE_REASONS = {
    2: "执业登记须接受卫生健康部门对用房、设备、人员的现场审核。",
    3: "首次备案须核对医师、护士执业证书原件。",
    15: "药品零售许可须接受经营场所、仓库与计算机系统的现场检查。",
    22: "工伤认定须配合调查核实，职工本人或近亲属须到场核对身份。",
    25: "首次申领须现场采集照片并激活金融账户。",
    31: "结婚登记须男女双方亲自到婚姻登记机关（民法典第一千零四十九条）。",
    32: "离婚登记须双方亲自到场申请，冷静期届满后再共同到场申领离婚证（民法典第一千零七十六条、第一千零七十七条）。",
    33: "收养登记须收养人、送养人亲自到场，登记机关审查后再到场领证（中国公民收养子女登记办法第四条）。",
    36: "备案时核对法人登记证书与场所权属材料原件。",
    37: "残疾评定须本人到指定评定机构接受检查。",
    38: "民办学校设立须接受校舍、设施的现场核查。",
    39: "教师资格认定须现场确认身份并参加体检。",
    41: "高危险性体育项目须接受场所与设施的实地核查。",
    48: "动物防疫条件须接受场所的现场审查。",
    49: "动物诊疗场所须接受现场检查。",
    51: "须将机具开到检验场地进行安全技术检验。",
    52: "营业场所须接受实地检查。",
    53: "零售点须接受安全条件现场核查。",
}


@dataclass(frozen=True, slots=True)
class Seed:
    """一个事项：编码与内容。"""

    seq: int
    code: str
    task_code: str
    catalog_code: str
    department: str
    department_code: str
    content: dict[str, Any]


@cache
def _raw() -> dict[str, Any]:
    return json.loads(DATA.read_text(encoding="utf-8"))


def departments() -> list[dict[str, Any]]:
    """清单里的部门表（organizations.seed_departments 的输入）。"""
    return copy.deepcopy(_raw()["departments"])


def contents() -> Iterator[Seed]:
    """60 个事项的完整内容；每次都是新对象，可随意改。"""
    shorts = {row["dept_key"]: row["dept_short_name"] for row in _raw()["departments"]}
    for order, raw in enumerate(_raw()["items"]):
        yield Seed(
            seq=raw["seq"],
            code=raw["task_handle_item_test"],
            task_code=raw["task_code_test"],
            catalog_code=raw["catalog_code_test"],
            department=raw["dept_key"],
            department_code=raw["dept_code_test"],
            content=_content(raw, order, shorts[raw["dept_key"]]),
        )


def clean(text: str | None) -> str:
    """去掉来源标注。"""
    return _MARK.sub("", text or "").strip()


def _content(raw: dict[str, Any], order: int, short: str) -> dict[str, Any]:
    seq, scene = raw["seq"], int(raw["limit_scene_num"])
    legal = raw["statutory_days"]
    content = {
        "name": raw["task_name"],
        "task_type": raw["task_type"],
        "project_type": raw["project_type"],
        "department": raw["dept_key"],
        "dept_name": short,
        "dept_full_name": raw["dept_name"],
        "dept_code": raw["dept_code_test"],
        "dept_type": "1",
        "use_level": raw["use_level"],
        "power_source": "5" if seq == 22 else "1",
        "entrust_name": "平顶山市人力资源和社会保障局" if seq == 22 else "",
        "by_law": [{"law": row["law"], "article": clean(row["article"]), "content": ""} for row in raw["legal_basis"]],
        "server_type": list(raw["server_type"]),
        "handle_form": ["1"] if seq in NO_ESIGN else ["1", "2", "3"],
        "anticipate_day": legal or 0,
        "anticipate_type": _UNITS.get(raw["statutory_unit"], "1"),
        "anticipate_explain": "法律、法规没有规定具体期限，按承诺时限办理。" if legal is None else "",
        "promise_day": raw["promised_days"],
        "promise_type": _UNITS[raw["promised_unit"]],
        "promise_explain": "自受理之日起计算，开始的当日不计入。" if raw["promised_days"] else "材料齐全、符合法定形式的当场办结。",
        "limit_scene_num": scene,
        "limit_scene_explain": _SCENE_REASONS.get(seq, "") if scene else "",
        "limit_explain": "无数量限制",
        "accept_condition": conditions.CONDITIONS[seq],
        "special": specials.of(seq, raw["special_procedure"]),
        "is_fee": raw["is_fee"] == "1",
        "fees": _fees(seq),
        "link_way": f"0375-0000{100 + order:03d}",  # 虚构号段，上线前由事项管理员换成真实电话
        "supervise_way": "0375-12345",
        "transact_addr": f"平顶山市石龙区政务服务中心二楼综合窗口（{short}业务）",
        "transact_time": "工作日 9:00—12:00，13:30—17:00（法定节假日除外，网上可随时提交）",
        "user_topic_type": [row["code"] for row in raw["user_topic_type"]],
        "corp_topic_type": [row["code"] for row in raw["corp_topic_type"]],
        "stages": _stages(raw),
        "handle_area": raw["handle_area"],
        "online_handle_depth": _depth(raw),
        "is_entry_center": True,
        "is_online": seq not in NO_ESIGN,  # 要到现场的也可以先网上提交、预审
        "is_pay_online": raw["is_fee"] == "1",
        "is_express": seq not in NO_ESIGN,
        "is_schedule": True,
        "is_service_terminals": raw["project_type"] == "1" and scene == 0,
        "allow_esign": seq not in NO_ESIGN,
        "result_name": raw["result_name"],
        "result_type": raw["result_type_example"],
        "result_validity": clean(raw["result_validity"]),
        "result_sample": _sample(raw),
        "other_dept": plans.other_departments(seq),
        "service_type": "",
        "right_duty": RIGHTS,
        "reconsider": {
            "dept": _reconsider(raw),
            "address": "平顶山市石龙区行政复议咨询与受理窗口",
            "days": "自知道该行政行为之日起六十日内",
        },
        "lawsuit": {"dept": "有管辖权的人民法院", "address": "", "days": "自知道或者应当知道作出行政行为之日起六个月内"},
        "promise_system": raw["promise_system"],
        "one_thing": clean(raw["one_thing"]),
        "remark": clean(raw["note"]),
        "materials": materials.of(raw),
        "situations": situations.of(seq),
        "review_plan": plans.of(raw),
        "form_code": form_code_for(raw["task_handle_item_test"], raw["task_type"], raw["server_type"]),
    }
    content["handle_flow"] = _flow(content, scene)
    content["questions"] = _questions(raw, content)
    return content


def _stages(raw: dict[str, Any]) -> list[str]:
    if raw["seq"] in _STAGE_OVERRIDES:
        return list(_STAGE_OVERRIDES[raw["seq"]])
    named = _STAGES.get(raw["lifecycle"] or "")
    return [named] if named else list(_DEPARTMENT_STAGES[raw["dept_key"]])


def _depth(raw: dict[str, Any]) -> list[str]:
    """网办深度：要到现场的只到预审；全程网办的到结果反馈，证照类再加电子证照反馈。"""
    if raw["limit_scene_num"]:
        return ["1", "2", "3"]
    return ["1", "2", "3", "4", "5", "6"] + (["7"] if raw["result_type_example"] == "10" else [])


def _fees(seq: int) -> list[dict[str, Any]]:
    if seq != 46:
        return []
    basis = "城市道路管理条例第三十七条"
    rule = {"by_law": basis, "is_desc": False, "desc_explain": ""}
    return [
        {"name": "城市道路占用费", "stand": "按河南省城市道路占用费标准，以占用面积和天数计收", **rule},
        {"name": "城市道路挖掘修复费", "stand": "按河南省城市道路挖掘修复费标准，以路面结构和挖掘面积计收", **rule},
    ]


def _sample(raw: dict[str, Any]) -> dict[str, Any]:
    """结果样本：结果上会写哪些内容。"""
    holder = "申请人姓名" if raw["server_type"] == ["1"] else "名称（姓名）"
    lines = [[holder, "（样本）"], ["编号", "石龙样本〔2026〕第000000号"], ["事项", raw["task_name"]]]
    if raw["result_type_example"] == "10":
        lines.append(["有效期", clean(raw["result_validity"]) or "长期"])
    return {"title": raw["result_name"], "lines": [*lines, ["发证（作出）机关", raw["dept_name"]], ["日期", "XXXX年XX月XX日"]]}


def _reconsider(raw: dict[str, Any]) -> str:
    return "平顶山市人民政府" if raw["dept_key"] in BRANCHES else "平顶山市石龙区人民政府"


def _flow(content: dict[str, Any], scene: int) -> list[dict[str, Any]]:
    """办理流程环节：由审查方案推出来，方案改了指南不会与实际办理脱节。"""
    short = content["dept_name"]
    steps = [
        {
            "name": "网上申请" if not scene else "预约与申请",
            "who": "申请人",
            "days": "随时",
            "standard": "选择情形、填写表单、上传材料后提交",
        }
    ]
    steps.append(
        {"name": "受理", "who": "综合窗口", "days": "5 个工作日内", "standard": "材料齐全、符合法定形式即受理；不齐全的一次性告知"}
    )
    for row in content["review_plan"]["rounds"]:
        who = "、".join(dict.fromkeys(plans.department_name(task["department"]) for task in row["tasks"]))
        days = max(task["days"] for task in row["tasks"])
        steps.append(
            {"name": row["name"], "who": who, "days": f"{days} 个工作日", "standard": "、".join(task["name"] for task in row["tasks"])}
        )
    decision = content["review_plan"]["decision"]
    instant = content["project_type"] == "1"
    steps.append(
        {
            "name": "决定",
            "who": short,
            "days": "当场" if instant else f"{decision['days']} 个工作日",
            "standard": "作出准予或者不予的书面决定，不予的说明理由",
        }
    )
    steps.append(
        {
            "name": "送达",
            "who": "综合窗口",
            "days": "10 个工作日内",
            "standard": f"送达{content['result_name']}，可窗口领取" + ("、邮寄" if content["is_express"] else ""),
        }
    )
    return steps


def _questions(raw: dict[str, Any], content: dict[str, Any]) -> list[dict[str, str]]:
    promise = duration(content["promise_day"], content["promise_type"])
    legal = legal_limit(content["anticipate_day"], content["anticipate_type"], content["anticipate_explain"])
    rows = [
        {
            "question": "办理这个事项要多长时间？",
            "answer": f"承诺时限：{promise}。法定时限：{legal}" + ("" if legal.endswith("。") else "。"),
        }
    ]
    how = (
        "可以全程在网上办理，不用到现场。"
        if not content["limit_scene_num"]
        else f"需要到现场 {content['limit_scene_num']} 次。{content['limit_scene_explain']}"
    )
    rows.append({"question": "需要到现场吗？", "answer": how})
    late = [row["name"] for row in content["materials"] if row["allow_late"]]
    if late:
        rows.append(
            {
                "question": "材料没准备齐可以先申请吗？",
                "answer": f"“{late[0]}”等 {len(late)} 份材料可以容缺：签署容缺承诺后先受理，在规定期限内补齐，补齐前不作出准予决定。",
            }
        )
    if content["remark"] and "PD" not in content["remark"] and "清单" not in content["remark"] and "事项库" not in content["remark"]:
        rows.append({"question": "还有什么要注意的？", "answer": content["remark"].rstrip("；。") + "。"})
    return rows
