"""标准申请表：没有专用表的事项，按事项类型与服务对象生成一份能办事的表（W02）。

键名在各表之间一致（name、id_no、mobile……），办件检索与前置库字段映射靠它们。
"""

from collections.abc import Iterable
from typing import Any

Field = dict[str, Any]
PERSON, CORP, BOTH = "person", "corp", "both"
NATURAL_PERSON = "1"


def audience(server_types: Iterable[str]) -> str:
    """服务对象码集合（standards §1.4，1 为自然人）归为 person、corp、both。"""
    kinds = set(server_types)
    if kinds <= {NATURAL_PERSON}:
        return PERSON
    return BOTH if NATURAL_PERSON in kinds else CORP


def field(key: str, label: str, type_: str = "text", required: bool = True, **extra: Any) -> Field:
    """一个字段。"""
    return {"key": key, "label": label, "type": type_, "required": required, **extra}


def standard_form(item_type: str, server_types: Iterable[str]) -> dict[str, Any]:
    """按事项类型码（01 许可、05 给付、07 确认、10 备案、20 公共服务……）与服务对象生成定义。"""
    who = audience(server_types)
    body = _BODIES.get(item_type, _service)(who)
    return {"sections": [_applicant(who), _agent(), *body, _delivery()]}


def _applicant(who: str) -> dict[str, Any]:
    if who == PERSON:
        return {"title": "申请人信息", "fields": _person_fields(None)}
    if who == CORP:
        return {"title": "申请单位信息", "fields": _corp_fields(None)}
    kind = field("applicant_kind", "申请主体", "radio", options=["个人", "单位"], prefill="applicant.subject", lock=True)
    return {
        "title": "申请人信息",
        "fields": [kind, *_person_fields(["applicant_kind", "=", "个人"]), *_corp_fields(["applicant_kind", "=", "单位"]), *_contact()],
    }


def _person_fields(show: Any) -> list[Field]:
    when = {"show": show} if show else {}
    rows = [
        field("name", "姓名", maxlength=50, prefill="applicant.person_name", lock=True, **when),
        field("id_no", "身份证号", "idcard", prefill="applicant.person_id", lock=True, **when),
    ]
    return rows if show else [*rows, *_contact()]


def _corp_fields(show: Any) -> list[Field]:
    when = {"show": show} if show else {}
    rows = [
        field("corp_name", "单位名称", maxlength=100, prefill="applicant.corp_name", lock=True, **when),
        field("uscc", "统一社会信用代码", "uscc", prefill="applicant.corp_id", lock=True, **when),
        field("legal_name", "法定代表人（负责人）", maxlength=50, prefill="applicant.legal_name", **when),
        field("legal_id_no", "法定代表人（负责人）身份证号", "idcard", prefill="applicant.legal_id_no", **when),
    ]
    return rows if show else [*rows, *_contact()]


def _contact() -> list[Field]:
    return [
        field("mobile", "联系手机", "mobile", prefill="applicant.mobile", help="办理进度会发到这个号码"),
        field("address", "联系地址", maxlength=200, prefill="applicant.address", placeholder="区（县）、街道、门牌号"),
    ]


def _agent() -> dict[str, Any]:
    when = ["handling", "=", "委托他人办理"]
    return {
        "title": "办理人",
        "fields": [
            field("handling", "由谁办理", "radio", options=["本人（本单位）办理", "委托他人办理"]),
            field("agent_name", "受托人姓名", maxlength=50, show=when),
            field("agent_id_no", "受托人身份证号", "idcard", show=when),
            field("agent_mobile", "受托人手机", "mobile", show=when),
        ],
    }


def _permit(who: str) -> list[dict[str, Any]]:
    people = [
        field("person_name", "姓名", maxlength=50),
        field("person_post", "岗位或职务", maxlength=50),
        field("person_certificate", "资格证书编号", required=False, maxlength=60),
    ]
    place = [
        field("place_name", "场所（项目）名称", maxlength=100, required=who != PERSON),
        field("place_address", "场所（项目）地址", maxlength=200),
        field("place_area", "面积（平方米）", "number", required=False, min=0, max=1000000),
        field("place_right", "场所来源", "select", required=False, options=["自有", "租赁", "无偿使用", "其他"]),
    ]
    if who == PERSON:
        place = [
            field("work_unit", "所在（拟聘用）单位", maxlength=100, required=False),
            field("qualification", "资格证书编号", required=False),
        ]
    return [
        {
            "title": "申请许可的内容",
            "fields": [
                field("apply_content", "申请事项与内容", "textarea", maxlength=1000, help="写清申请从事的活动、范围"),
                field("start_date", "拟开始日期", "date", required=False),
                *place,
            ],
        },
        {"title": "有关人员", "fields": [field("staff", "从业（技术）人员", "rows", required=False, min=0, max=30, fields=people)]},
    ]


def _payment(who: str) -> list[dict[str, Any]]:
    family = [
        field("member_name", "姓名", maxlength=50),
        field("member_relation", "与申请人关系", "select", options=["配偶", "子女", "父母", "兄弟姐妹", "祖孙", "其他"]),
        field("member_id_no", "身份证号", "idcard"),
        field("member_income", "月收入（元）", "number", required=False, min=0, max=1000000, decimals=2),
    ]
    return [
        {
            "title": "家庭情况",
            "fields": [
                field("household_size", "共同生活的家庭人数", "number", min=1, max=30, decimals=0),
                field("family", "家庭成员", "rows", required=False, min=0, max=20, fields=family),
                field("monthly_income", "家庭月收入合计（元）", "number", min=0, max=1000000, decimals=2),
            ],
        },
        {
            "title": "申请理由与发放账户",
            "fields": [
                field("reason", "申请理由", "textarea", maxlength=1000),
                field("bank", "开户银行", maxlength=60),
                field("bank_holder", "户名", maxlength=50, prefill="applicant.person_name"),
                field("bank_account", "银行账号", pattern=r"\d{12,19}", pattern_message="银行账号为 12 至 19 位数字"),
            ],
        },
    ]


def _confirmation(who: str) -> list[dict[str, Any]]:
    related = [
        field("related_name", "姓名或名称", maxlength=100),
        field("related_relation", "与申请人的关系", maxlength=30),
        field("related_id", "证件号码", required=False, maxlength=30),
    ]
    return [
        {
            "title": "申请确认的事实",
            "fields": [
                field("fact_content", "申请确认的内容", "textarea", maxlength=1000),
                field("fact_date", "事实发生日期", "date", required=False, max="today"),
                field("fact_place", "事实发生地点", required=False, maxlength=200),
            ],
        },
        {"title": "有关的人", "fields": [field("related", "有关人员或单位", "rows", required=False, min=0, max=20, fields=related)]},
    ]


def _filing(who: str) -> list[dict[str, Any]]:
    people = [field("person_name", "姓名", maxlength=50), field("person_post", "岗位或职务", maxlength=50)]
    return [
        {
            "title": "备案内容",
            "fields": [
                field("filing_name", "备案对象名称", maxlength=100),
                field("filing_content", "备案内容", "textarea", maxlength=1000),
                field("filing_address", "地址", maxlength=200),
                field("filing_area", "面积（平方米）", "number", required=False, min=0, max=1000000),
                field("start_date", "开始日期", "date", required=False),
            ],
        },
        {"title": "有关人员", "fields": [field("staff", "主要人员", "rows", required=False, min=0, max=30, fields=people)]},
    ]


def _service(who: str) -> list[dict[str, Any]]:
    return [
        {
            "title": "办理内容",
            "fields": [
                field("service_content", "需要办理的内容", "textarea", maxlength=1000),
                field("service_kind", "办理类型", "radio", options=["首次办理", "变更信息", "续办", "其他"]),
                field("service_original", "原编号或证号", required=False, maxlength=60, show=["service_kind", "in", ["变更信息", "续办"]]),
                field("remark", "补充说明", "textarea", required=False, maxlength=500),
            ],
        }
    ]


def _delivery() -> dict[str, Any]:
    when = ["delivery_way", "=", "邮寄送达"]
    return {
        "title": "领取结果",
        "fields": [
            field("delivery_way", "领取方式", "radio", options=["窗口领取", "邮寄送达", "电子送达"]),
            field("receiver_name", "收件人", maxlength=50, show=when),
            field("receiver_mobile", "收件手机", "mobile", prefill="applicant.mobile", show=when),
            field("receiver_address", "收件地址", maxlength=200, prefill="applicant.address", show=when),
        ],
    }


_BODIES = {"01": _permit, "05": _payment, "07": _confirmation, "10": _filing, "20": _service}
