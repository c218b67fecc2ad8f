"""消息模板。短信尽量在 70 字内（一条计费）；不写证件号，不带可点的登录链接。"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SIGN = "【石龙区政务服务】"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
VALUE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Template:
    """一个模板。

    属性：
        title: 站内信标题、邮件主题。
        body: 站内信与邮件正文；`{名字}` 由 context 填，缺的留空。
        sms: 短信；空则不发短信。
        lifetime: 过了多少秒就不必再发（验证码）；0 为不限。
        inbox: 是否进收件箱。
    """

    title: str
    body: str
    sms: str = ""
    lifetime: int = 0
    inbox: bool = True


TEMPLATES: Mapping[str, Template] = {
    "terminal_offline": Template("终端离线", "{name}（{number}，{place}）已离线，最后一次心跳 {seen}。请检查电源与网络。"),
    "terminal_fault_reported": Template("终端报修", "{name}（{place}）报修：{category}。{note} 故障单 {fault}，请派人处理。"),
    "terminal_fault_assigned": Template("有故障单派给您", "{name}（{place}）的{category}故障（{fault}）派给您处理。{note}"),
    "case_submitted": Template(
        "申请已提交",
        "您申请的“{item_name}”已提交，办件编号 {case_no}，查询码 {query_code}。{department_name}将在法定时限内决定是否受理。",
        "您的“{item_name}”已提交，办件号{case_no}，查询码{query_code}。",
    ),
    "case_accepted": Template(
        "申请已受理",
        "您申请的“{item_name}”（{case_no}）已由{department_name}受理，承诺办结日期 {due}。受理通知书可在办件详情中下载。",
        "您的“{item_name}”（{case_no}）已受理，承诺{due}前办结。",
    ),
    "case_correction": Template(
        "需要补正材料",
        "您申请的“{item_name}”（{case_no}）需要补正，请在 {due} 前补交。需要补正的全部内容见一次性补正告知书。{note}",
        "您的“{item_name}”（{case_no}）需补正材料，请{due}前登录查看并补交。",
    ),
    "case_rejected": Template(
        "申请未受理",
        "您申请的“{item_name}”（{case_no}）未予受理。理由：{note}。不服的，可依法申请行政复议或提起行政诉讼，详见文书。",
        "您的“{item_name}”（{case_no}）未予受理，理由请登录查看文书。",
    ),
    "case_special": Template(
        "进入特别程序",
        "您申请的“{item_name}”（{case_no}）依法进入特别程序，所需时间不计入办理期限。{note}",
        "您的“{item_name}”（{case_no}）进入特别程序，所需时间不计入办理期限。",
    ),
    "case_extended": Template(
        "办理期限延长",
        "您申请的“{item_name}”（{case_no}）经批准延长办理期限至 {due}。理由：{note}",
        "您的“{item_name}”（{case_no}）办理期限延长至{due}。",
    ),
    "case_decided": Template(
        "已作出决定",
        "您申请的“{item_name}”（{case_no}）已作出{result}决定，决定书可在办件详情中下载。",
        "您的“{item_name}”（{case_no}）已作出决定，请登录查看。",
    ),
    "case_delivered": Template(
        "结果已送达",
        "您申请的“{item_name}”（{case_no}）的办理结果已送达。欢迎对本次服务作出评价。",
        "您的“{item_name}”（{case_no}）办理结果已送达。",
    ),
    "case_lapsed": Template(
        "补正超时终止",
        "您申请的“{item_name}”（{case_no}）逾期未补正，本次申请已终止。您可以备齐材料后重新申请。",
        "您的“{item_name}”（{case_no}）逾期未补正已终止，可重新申请。",
    ),
    "booking_made": Template(
        "预约成功",
        "您已预约“{item_name}”，{when} 到{hall}{group}办理（{address}），预约编号 {number}。{deadline} 前可以改约或取消。请带齐材料。",
        "已约“{item_name}”{when}，{hall}，编号{number}。",
    ),
    "booking_changed": Template(
        "已改约",
        "您预约的“{item_name}”（{number}）已改到 {when}，地点：{hall}{group}（{address}）。",
        "“{item_name}”已改约{when}，编号{number}。",
    ),
    "booking_cancelled": Template("预约已取消", "您预约的“{item_name}”（{number}，{when}）已取消。", "“{item_name}”预约{number}已取消。"),
    "booking_suspended": Template(
        "预约时段停办，请改约",
        "您预约的“{item_name}”（{number}）原定 {when}，因{note}停办。请在“我的预约”里改约或取消，不计入改约次数。带来不便，敬请谅解。",
        "您{when}的预约{number}因{note}停办，请登录改约，不计次数。",
    ),
    "booking_restored": Template(
        "预约恢复有效", "您预约的“{item_name}”（{number}）{when} 恢复办理，请按时到厅。", "预约{number}{when}恢复办理，请按时到厅。"
    ),
    "booking_reminder": Template(
        "明天到厅办理",
        "提醒您：{when} 到{hall}{group}办理“{item_name}”（{number}，{address}）。来不了请在 {deadline} 前取消，把名额让给别人。",
        "提醒：{when}到{hall}办“{item_name}”，编号{number}。",
    ),
    "booking_missed": Template("预约未到", "您预约的“{item_name}”（{number}，{when}）没有到厅签到，记为爽约。{note}"),
    "queue_called": Template("请到窗口办理", "{number} 号，请到 {window}。"),
    "login_code": Template(
        "登录验证码", "验证码 {code}，{minutes} 分钟内有效。", "验证码{code}，{minutes}分钟内有效。请勿告诉任何人。", 300, False
    ),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    title: str
    body: str
    sms: str


def render(template: Template, context: Mapping[str, Any]) -> Rendered:
    """填好模板；值里的花括号只是文字，控制字符去掉，过长截断。"""
    values = defaultdict(str, {key: _plain(value) for key, value in context.items()})
    return Rendered(template.title, template.body.format_map(values), SIGN + template.sms.format_map(values) if template.sms else "")


def scrub(text: str, secret: str, masked: str) -> str:
    """把错误文字里的号码换成脱敏的；网关常在报错里原样回显号码。"""
    return _CONTROL.sub(" ", text.replace(secret, masked) if secret else text)[:300]


def _plain(value: Any) -> str:
    return _CONTROL.sub("", "" if value is None else str(value))[:VALUE_LIMIT]
