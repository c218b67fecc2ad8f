"""每个动作要填什么：页面画表单、接口给说明都用它，处理函数按同一套名字校验。"""

from dataclasses import dataclass, field

from shilong.service.cases.rules.states import Action


@dataclass(frozen=True, slots=True)
class Ask:
    """一个要填的项。`kind`：text textarea number choice rows files flag datetime。"""

    name: str
    label: str
    kind: str = "textarea"
    required: bool = True
    options: dict[str, str] = field(default_factory=dict)
    help: str = ""


_REASON = Ask("reason", "理由")
_OPINION = Ask("opinion", "意见", required=False)
_BASIS = Ask("basis", "法律依据", "text", help="写明名称与条款")

GUIDE: dict[Action, tuple[Ask, ...]] = {
    Action.RECEIVE: (_OPINION,),
    Action.ACCEPT: (
        _OPINION,
        Ask("present", "本人已到场（须本人到场的事项）", "flag", False),
        Ask("committed", "按告知承诺办理", "flag", False),
    ),
    Action.SUPPLEMENT: (
        Ask("items", "补正事项：material 材料、problem 问题、basis 依据", "rows"),
        Ask("days", "答复期限（工作日）", "number", False),
        Ask("reason", "再次补正的原因", required=False, help="第二次告知补正必填，并须负责人批准"),
    ),
    Action.RESUBMIT: (
        Ask("materials", "补正材料：code 编码、file_ids 文件", "files", False),
        Ask("form", "修改后的申请表", "rows", False),
        Ask("opinion", "补正说明", required=False),
    ),
    Action.REJECT: (
        Ask(
            "ground",
            "情形",
            "choice",
            options={"not_required": "依法不需要取得行政许可", "not_authority": "不属于本机关职权范围", "not_qualified": "不符合受理条件"},
        ),
        _REASON,
        Ask("apply_to", "应向哪个机关申请", "text", False, help="不属职权时必填"),
        Ask("remedy", "救济途径", required=False, help="不填用法定的复议与诉讼告知"),
    ),
    Action.WITHDRAW: (Ask("reason", "撤回原因", required=False),),
    Action.START_SPECIAL: (Ask("kind", "种类", "choice"), _REASON, Ask("days", "所需时间（工作日）", "number")),
    Action.END_SPECIAL: (Ask("result", "结果"), Ask("inspectors", "核查人员", "text", False, help="现场核查须两名以上，用顿号隔开")),
    Action.EXTEND: (_REASON, Ask("days", "延长天数（工作日）", "number", False)),
    Action.REVIEW: (
        Ask("result", "审查结果", "choice", options={"agree": "同意", "disagree": "不同意"}),
        Ask("opinion", "审查意见", required=False, help="不同意时必填"),
        Ask("task_id", "待办编号", "number", False),
    ),
    Action.DECIDE: (
        Ask("result", "决定", "choice", options={"grant": "准予", "deny": "不予"}),
        Ask("opinion", "决定意见", required=False, help="不予时必填"),
        Ask("remedy", "救济途径", required=False, help="不填用法定的复议与诉讼告知"),
    ),
    Action.DELIVER: (
        Ask("way", "送达方式", "choice", options={"1": "窗口领取", "2": "邮寄", "3": "电子送达"}),
        Ask("receiver", "领取人", "text"),
        Ask("id_no", "领取人证件号码", "text", False),
        Ask("tracking_no", "物流单号", "text", False, help="邮寄送达必填"),
        Ask("address", "送达地点", "text", False, help="窗口领取不填即办理窗口"),
        Ask("signed_at", "签收时间", "datetime", False),
    ),
    Action.ARCHIVE: (_OPINION,),
    Action.SUSPEND: (_REASON, _BASIS),
    Action.RESUME: (_REASON,),
    Action.TERMINATE: (_REASON, _BASIS),
    Action.TRANSFER: (
        _REASON,
        Ask("apply_to", "应向哪个机关申请（退件）", "text", False),
        Ask("assignee_id", "接办人", "number", False),
        Ask("assignee_name", "接办人姓名", "text", False),
        Ask("department", "接办部门", "text", False),
        Ask("task_id", "待办编号", "number", False),
    ),
    Action.ADD_REVIEWER: (
        Ask("department", "加签部门", "text"),
        Ask("name", "审查名称", "text", False),
        Ask("days", "审查时限（工作日）", "number", False),
        _REASON,
    ),
    Action.RETURN_ROUND: (_REASON, Ask("round", "退回到哪一轮", "number", False, help="第一轮传 0；不传为最近办完的一轮")),
    Action.APPROVE: (_OPINION,),
    Action.REFUSE: (Ask("opinion", "不批准的理由"),),
    Action.LATE_SUPPLEMENT: (Ask("materials", "容缺材料：code 编码、file_ids 文件", "files"),),
    Action.URGE_LATE: (),
}
