"""咨询投诉的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused, StaleVersion, TooMany


class EnquiryInvalid(Invalid):
    code = "enquiry_invalid"
    message = "填写的内容有误，请按提示修改。"


class EnquiryNotFound(NotFound):
    code = "enquiry_not_found"
    message = "没有找到这件咨询投诉，或不在您的权限范围内。"


class EnquiryChanged(StaleVersion):
    code = "enquiry_changed"
    message = "这件咨询投诉刚刚被处理过，请刷新后再试。"


class StepNotPossible(Refused):
    code = "enquiry_step_not_possible"
    message = "现在不能“{step}”，请刷新页面看最新状态。"


class StaffCannotAsk(NotAllowed):
    code = "enquiry_staff_cannot"
    message = "工作人员账号不能提交咨询投诉，请用个人账号。"


class UrgedToday(TooMany):
    code = "enquiry_urged_today"
    message = "今天已经催办过，答复部门已收到提醒，请明天再催。"


class TooManyOpen(TooMany):
    code = "enquiry_too_many"
    message = "您有 {count} 件还没有答复，请等答复后再提交新的。"


class SameReviewer(NotAllowed):
    code = "enquiry_same_reviewer"
    message = "自己答复的不能自己审核公开，请换一位同事。"


class NoContact(Refused):
    code = "enquiry_anonymous"
    message = "这件是匿名的，没有联系方式。"
