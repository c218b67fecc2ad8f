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
    "licence_issued": Template(
        "电子证照已签发",
        "您的“{name}”（{number}）已由{issuer}签发，有效期至 {until}。可在“我的证照”中查看、亮证、下载。",
        "您的“{name}”（{number}）已签发，可登录“我的证照”查看。",
    ),
    "licence_changed": Template(
        "电子证照状态变化",
        "您的“{name}”（{number}）已由{issuer}{change}，文号 {document_no}。理由：{reason}。不服的，可依法申请行政复议或提起行政诉讼。",
        "您的“{name}”（{number}）已{change}，详情请登录“我的证照”查看。",
    ),
    "licence_expired": Template(
        "电子证照已过期",
        "您的“{name}”（{number}）有效期至 {until}，已经过期。需要继续从事的，请联系{issuer}办理。",
        "您的“{name}”（{number}）已过期，需要继续从事的请及时办理。",
    ),
    "licence_expiring": Template(
        "电子证照快到期",
        "您的“{name}”（{number}）将于 {until} 到期，还有 {days} 天。需要继续从事的，请尽快申请延续（行政许可法第五十条）。",
        "您的“{name}”（{number}）还有{days}天到期，请尽快办理延续。",
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
    "rating_invite": Template(
        "请评价本次服务",
        "您办理的“{item_name}”（{case_no}）已办结。请在 {until} 前对本次服务作出评价，在“我的办件”打开这件办件即可评价；"
        "系统在 {default} 前没有收到评价的，按规定记为默认评价，不计入主动评价。",
        "您的“{item_name}”已办结，请评价本次服务：{link}（{until}前有效）",
    ),
    "rating_ticket": Template(
        "收到差评，请核实", "“{item_name}”收到一条实名差评（工单 {number}），请在 {due} 前联系核实。{note}", inbox=True
    ),
    "rating_overdue": Template("差评工单超期", "差评工单 {number}（{item_name}）{stage}已超过 {due} 的期限，请立即处理。"),
    "rating_closed": Template(
        "您的评价已有处理结果", "您对“{item_name}”的评价已处理完毕：{note}", "您对“{item_name}”的评价已处理，结果请登录查看。"
    ),
    "enquiry_received": Template(
        "咨询投诉已提交",
        "您的{kind}“{title}”（{number}）已提交，{department_name}将在 {due} 前答复。",
        "您的{kind}（{number}）已提交，将在{due}前答复。",
    ),
    "enquiry_assigned": Template("咨询投诉待答复", "{kind}“{title}”（{number}）由您部门答复，请在 {due} 前答复。{note}"),
    "enquiry_urged": Template("咨询投诉被催办", "{kind}“{title}”（{number}）被催办，答复期限 {due}。{note}"),
    "enquiry_overdue": Template("咨询投诉答复超期", "{kind}“{title}”（{number}）已超过 {due} 的答复期限，请立即答复。"),
    "enquiry_answered": Template(
        "咨询投诉已答复", "您的{kind}“{title}”（{number}）已答复：{note}", "您的{kind}（{number}）已答复，请登录查看。"
    ),
    "shipment_sent": Template(
        "快件已寄出",
        "您“{item_name}”（{case_no}）的{kind}已下单，物流单号 {waybill}，可在办件详情中查看物流。",
        "您“{item_name}”的{kind}已下单，物流单号{waybill}。",
    ),
    "shipment_problem": Template(
        "快件异常",
        "您“{item_name}”（{case_no}）的快件（{waybill}）出现异常：{trouble}。窗口会尽快处理，也可以登录后联系我们。",
        "您“{item_name}”的快件{waybill}异常：{trouble}，窗口会尽快处理。",
    ),
    "shipment_handled": Template(
        "快件异常已处理",
        "您“{item_name}”（{case_no}）的异常快件已处理：{outcome}。",
        "您“{item_name}”的异常快件已处理：{outcome}。",
    ),
    "shipment_need_address": Template(
        "请补充收件地址",
        "您“{item_name}”（{case_no}）的办理结果已经可以寄出，但没有收件地址。请在办件详情的“领取与寄递”里选择地址，或改为窗口领取。",
    ),
    "shipment_arrived": Template(
        "原件已送到大厅",
        "您“{item_name}”（{case_no}）上门取件的原件已送到政务服务大厅。",
        "您“{item_name}”的原件已送到政务服务大厅。",
    ),
    "joint_submitted": Template(
        "一件事已提交",
        "您办的“{theme}”已提交，编号 {omni_no}，由 {departments} 个部门办理 {count} 件。进度与补正都在“我的一件事”里。",
        "您办的“{theme}”已提交，编号{omni_no}，共{count}件，可登录查看进度。",
    ),
    "joint_held": Template(
        "有一件没能自动提交",
        "您办的“{theme}”（{omni_no}）里，“{item}”没能自动提交：{reason}请到“我的一件事”处理后重新提交。",
        "您办的“{theme}”（{omni_no}）有一件没能自动提交，请登录处理。",
    ),
    "joint_choose": Template(
        "请选择是否继续",
        "您办的“{theme}”（{omni_no}）里，“{item}”{result}。其余各件仍在办理，请到“我的一件事”选择继续办理或撤回其余；不选则继续办理。",
        "您办的“{theme}”（{omni_no}）有一件没有办成，其余仍在办理，请登录选择是否继续。",
    ),
    "joint_finished": Template(
        "一件事已完结",
        "您办的“{theme}”（{omni_no}）已全部有了结果，准予 {granted}/{total} 件。{way}。欢迎对本次服务作出评价。",
        "您办的“{theme}”（{omni_no}）已完结，准予{granted}/{total}件。{way}。",
    ),
    "joint_prompt": Template(
        "开业前还要办这些许可",
        "{name}：按登记的经营范围，开展经营前还应办理 {count} 项：{items}。可在“我的一件事”里一次申请。",
        "{name}按经营范围还应办理{count}项许可，请登录石龙区政务服务网查看。",
    ),
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
