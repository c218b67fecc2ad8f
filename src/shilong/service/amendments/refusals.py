"""数据更正的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused, StaleVersion


class AmendmentNotFound(NotFound):
    code = "amendment_not_found"
    message = "没有找到这份更正申请，请核对编号。"


class AmendmentInvalid(Invalid):
    code = "amendment_invalid"
    message = "更正申请没有填写完整，请按提示修改。"


class AlreadyPending(Refused):
    """同一办件的同一项同时只能有一份更正在走，否则后执行的会盖掉先执行的。"""

    code = "amendment_already_pending"
    message = "“{labels}”已有一份更正申请（{number}）还没有办完，请等它办结或撤销后再申请。"
    status = 409


class NotYourOwn(NotAllowed):
    code = "amendment_self_authorise"
    message = "不能授权自己提出的更正申请，请由行政审批局的另一位同事授权。"


class OthersAmendment(NotAllowed):
    code = "others_amendment"
    message = "这份更正申请不在您的权限范围内。"


class CaseMoved(StaleVersion):
    code = "amendment_case_moved"
    message = "申请之后，这件办件的“{labels}”已经被改成别的值，不能再按这份申请执行。请撤销这份申请，核对后重新申请。"


class CaseHandled(StaleVersion):
    code = "amendment_case_handled"
    message = "您打开页面之后，这件办件又有新的办理。请刷新页面，核对后再执行。"
