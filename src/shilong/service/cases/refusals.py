"""办件的业务拒绝：每一种“不行”一个名字，消息告诉人下一步怎么做。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused, StaleVersion, TooMany


class CaseNotFound(NotFound):
    code = "case_not_found"
    message = "没有找到这件办件，请核对申请编号。"


class CaseChanged(StaleVersion):
    message = "这件办件刚刚被{who}处理过（{action}），请刷新页面后再操作。"


class OthersCase(NotAllowed):
    code = "others_case"
    message = "这件办件不在您的权限范围内。"


class MustRecuse(NotAllowed):
    """行政许可法第五条：公正。工作人员不得办理自己申请的事项。"""

    code = "must_recuse"
    message = "这件办件的申请人就是您本人，应当回避，请转其他工作人员办理。"


class ActionNotPossible(Refused):
    code = "action_not_possible"
    message = "办件现在是“{state}”，不能{action}。"


class UnknownAction(Refused):
    code = "unknown_action"
    message = "没有这个办理动作，请查看该办件的 actions 列表。"


class MaterialMissing(Invalid):
    code = "material_missing"
    message = "还缺必要的申请材料：{names}。请补齐后再提交。"


class NotYourFile(NotAllowed):
    code = "not_your_file"
    message = "有文件不是您上传的，不能作为申请材料。请重新上传。"


class FormInvalid(Invalid):
    code = "form_invalid"
    message = "申请表有 {count} 处需要修改，请按提示改正。"


class PayloadInvalid(Invalid):
    code = "payload_invalid"
    message = "办理意见没有填写完整，请按提示补充。"


class SupplementAlreadyIssued(Refused):
    """补正只能一次性告知（行政许可法第三十二条第一款第四项）；再次补正须理由与负责人批准。"""

    code = "supplement_already_issued"
    message = "这件办件已于 {issued_at:%m月%d日} 告知过补正。再次补正请填写原因，并提请负责人批准。"


class RequestPending(Refused):
    code = "request_pending"
    message = "已有一份“{name}”申请在等负责人审批，请等待审批结果。"


class NoRequestPending(Refused):
    code = "no_request_pending"
    message = "这件办件没有等待批准的申请。"


class ReviewsOutstanding(Refused):
    code = "reviews_outstanding"
    message = "还有审查没有完成：{names}。全部审查完成后才能作出决定。"


class ReviewDisagreed(Refused):
    """审查不同意的不得直接准予；先退回该轮重审。"""

    code = "review_disagreed"
    message = "“{name}”的审查意见是不同意，不能直接准予。可以退回该轮重审，或者作出不予决定。"


class PointsUnchecked(Refused):
    """审查要点没有逐条核对完，不能同意。"""

    code = "points_unchecked"
    message = "还有 {count} 条审查要点没有勾选，逐条核对后才能同意；确有不符合的，请选不同意并写明意见。"


class NothingToReview(Refused):
    code = "nothing_to_review"
    message = "没有等待您审查的任务。"


class LateMaterialOutstanding(Refused):
    """容缺材料补齐前不得颁证（standards §11.3）。"""

    code = "late_material_outstanding"
    message = "容缺材料还没有补齐：{names}。补齐前不能准予。"


class SpecialNotAllowed(Refused):
    """只有行政许可法第四十五条列举的情形，或者事项配置了单行法依据的，才是特别程序。"""

    code = "special_not_allowed"
    message = "“{kind}”不是法定特别程序，也不在本事项配置中。可选：{choices}。"


class ExtendNotAllowed(Refused):
    code = "extend_not_allowed"
    message = "{reason}"


class DuplicateKey(Refused):
    """同一防重键换了内容（409）。"""

    code = "idempotency_conflict"
    message = "这个防重复提交键已经用于另一份内容不同的申请，请换一个新的键再提交。"
    status = 409


class AgentNotAllowed(Refused):
    """依法须本人到场的事项不得代理（行政许可法第二十九条）。"""

    code = "agent_not_allowed"
    message = "“{item}”依法须申请人本人到场办理，不能委托他人代办。"


class WrongApplicantKind(Refused):
    code = "wrong_applicant_kind"
    message = "“{item}”面向{kinds}办理，与当前申请人的类型不符。"


class ItemOffline(Refused):
    code = "item_offline"
    message = "“{item}”不能在网上提交，请到窗口办理。"


class ProgressNotMatched(NotFound):
    code = "progress_not_matched"
    message = "申请编号与查询码不匹配，请核对后再试。"


class ProgressLocked(TooMany):
    code = "progress_locked"
    message = "查询码输错次数过多，请在 {minutes} 分钟后再试，或者登录后在“我的办件”查看。"
