"""印章的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused


class SealNotFound(NotFound):
    code = "seal_not_found"
    message = "没有找到这枚印章，请核对印章编号。"


class ApplicationNotFound(NotFound):
    code = "seal_application_not_found"
    message = "没有找到这份印章申请，请核对编号。"


class GrantNotFound(NotFound):
    code = "seal_grant_not_found"
    message = "没有找到这条用章授权。"


class SealInvalid(Invalid):
    code = "seal_invalid"
    message = "填写的内容有误，请按提示修改。"


class OwnApplication(NotAllowed):
    code = "seal_self_approve"
    message = "不能审批自己提出的印章申请，请由行政审批局的另一位同事审批。"


class OthersApplication(NotAllowed):
    code = "others_seal_application"
    message = "只有申请人自己可以撤回这份申请。"


class ApplicationClosed(Refused):
    """已经审过、撤回或制完章，不能再来一次。"""

    code = "seal_application_closed"
    message = "这份申请现在是“{status}”，不能{step}。"
    status = 409


class ApplicationPending(Refused):
    code = "seal_application_pending"
    message = "这枚印章已有一份{kind}申请（{number}）还没有办完，请等它办结或撤回后再申请。"
    status = 409


class SelfGrant(NotAllowed):
    code = "seal_self_grant"
    message = "不能给自己授权用章，请由本部门的另一位负责人或行政审批局授权。"


class SealUnusable(Refused):
    """这枚章现在不能签新文。"""

    code = "seal_unusable"
    message = "印章“{name}”现在是“{status}”，不能签章。"
    status = 409


class SealNotActive(SealUnusable):
    code = "seal_not_active"
    message = "印章“{name}”还没有启用，不能签章。"


class SealFrozen(SealUnusable):
    code = "seal_frozen"
    message = "印章“{name}”已停用，不能签新的文书。已盖的章不受影响；要继续使用请先恢复。"


class SealExpired(SealUnusable):
    code = "seal_expired"
    message = "印章“{name}”已于 {until:%Y年%m月%d日} 到期，不能签章。请先办理变更续期。"


class SealCancelled(SealUnusable):
    code = "seal_cancelled"
    message = "印章“{name}”已注销，不能签章。"


class NotAuthorisedToSeal(NotAllowed):
    code = "not_authorised_to_seal"
    message = "没有用印章“{name}”给“{doc_type}”签章的授权，或授权已到期、已撤销。请联系部门负责人授权。"


class NotAuthorisedInBulk(NotAuthorisedToSeal):
    code = "not_authorised_in_bulk"
    message = "用印章“{name}”给“{doc_type}”批量签章需要单独授权，您现在的授权只能一份一份签。"


class BlankDocument(Refused):
    """空白文书一律不盖章（standards §5.4）。"""

    code = "blank_document"
    message = "这份文书没有正文，不能在空白文书上盖章。"


class TooManyDocuments(Refused):
    code = "too_many_documents"
    message = "一次最多签 {limit} 份，请分批。"


class SigningForbidden(Refused):
    """电子签名法第三条。"""

    code = "signing_forbidden"
    message = "“{item}”涉及婚姻、收养、继承等人身关系，或依法须本人到场，不能用电子签名代替，请申请人到窗口当面签字。"


class TraceInvalid(Invalid):
    code = "trace_invalid"
    message = "签名没有写好，请清除后重新书写。"


class NoDepartmentSeal(Refused):
    code = "no_department_seal"
    message = "{department}还没有启用能盖“{paper}”的电子印章。请部门负责人申请并启用印章。"


class PaperNotSealed(Refused):
    """承诺书由申请人签，告知单不针对具体的人。"""

    code = "paper_not_sealed"
    message = "“{paper}”不需要加盖印章。"


class PaperAlreadySealed(Refused):
    code = "paper_already_sealed"
    message = "这份文书已于 {at:%Y年%m月%d日 %H:%M} 加盖“{name}”，不用再盖。"
    status = 409


class PaperForbidden(Refused):
    """电子签名法第三条第三款。"""

    code = "paper_forbidden"
    message = "“{item}”涉及婚姻、收养、继承等人身关系，依法不使用电子印章，请打印后加盖实物印章。"


class PaperBroken(Refused):
    """宁可不给，也不给一份被动过的文书。"""

    code = "paper_broken"
    message = "文书“{number}”的签章文件丢失或被改动，已停止提供。请联系平台运维人员核查。"
    status = 500


class OthersPaper(NotAllowed):
    code = "others_paper"
    message = "这份文书属于别的办件，您不能给它盖章。"
