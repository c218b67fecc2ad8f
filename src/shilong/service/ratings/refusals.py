"""好差评的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused, StaleVersion, TooMany


class BadLevel(Invalid):
    code = "rating_bad_level"
    message = "请选择满意度：非常满意、满意、基本满意、不满意、非常不满意。"


class BadTags(Invalid):
    code = "rating_bad_tags"
    message = "选的标签与满意度不对应，请重新选择。"


class ReasonNeeded(Invalid):
    """差评必须勾选标签或写文字（standards §3.5 P03），否则没法核实整改。"""

    code = "rating_reason_needed"
    message = "请勾选不满意的原因，或写几句话，我们才能核实改进。"


class TextTooLong(Invalid):
    code = "rating_text_too_long"
    message = "评价文字不超过 {limit} 字，请精简后提交。"


class TooManyFiles(Invalid):
    code = "rating_too_many_files"
    message = "最多上传 {images} 张图片、{videos} 段视频。"


class ServiceNotFound(NotFound):
    code = "rating_service_not_found"
    message = "没有找到要评价的服务。"


class NotRateableYet(Refused):
    code = "rating_not_yet"
    message = "这个环节还没有发生，办到这一步后再来评价。"


class AlreadyRated(Refused):
    """一办件一环节一评，同一环节只可追评 1 次（standards §3.5 P01）。"""

    code = "rating_already"
    message = "这次服务您已经评价并追评过，不能再评。"
    status = 409


class NotYours(NotAllowed):
    """只能本人评（国办发〔2019〕51号：不得代评、诱导）。"""

    code = "rating_not_yours"
    message = "只能评价本人办理的服务。"


class StaffCannotRate(NotAllowed):
    code = "rating_staff_cannot"
    message = "工作人员不能评价，也不能替群众评价。请让群众用手机、短信链接或窗口评价器自己评。"


class TooSoon(TooMany):
    code = "rating_too_soon"
    message = "您在 {minutes} 分钟内已评价过这个窗口，请稍后再评。"


class LinkUnusable(NotFound):
    code = "rating_link_unusable"
    message = "评价链接{detail}。办件可以登录后在“我的办件”里评价。"


class TicketNotFound(NotFound):
    code = "rating_ticket_not_found"
    message = "没有找到这张差评工单，或不在您的权限范围内。"


class TicketChanged(StaleVersion):
    code = "rating_ticket_changed"
    message = "这张工单刚刚被别人处理过，请刷新后再试。"


class StepNotPossible(Refused):
    code = "rating_step_not_possible"
    message = "工单现在的状态不能“{step}”，请刷新页面看最新状态。"


class ContactFirst(Refused):
    code = "rating_contact_first"
    message = "请先联系评价人核实，登记联系情况后再处理。"


class VisitFirst(Refused):
    code = "rating_visit_first"
    message = "{detail}"


class SamePerson(NotAllowed):
    code = "rating_same_person"
    message = "“{step}”不能由前一步的经办人自己做，请换一位同事。"


class OwnRating(NotAllowed):
    """被评的人不能处理自己的差评。"""

    code = "rating_own"
    message = "这条评价评的是您本人的服务，请由其他同事处理。"


class NoteMissing(Invalid):
    code = "rating_note_missing"
    message = "请写明情况，不超过 500 字。"


class NotIdentified(Refused):
    code = "rating_anonymous"
    message = "这条评价是匿名的，没有联系方式。"


class TerminalUnknown(NotAllowed):
    code = "rating_terminal_unknown"
    message = "评价器没有登记或已停用，请联系系统管理员重新登记。"
    status = 401


class TerminalInvalid(Invalid):
    code = "rating_terminal_invalid"
    message = "请填写评价器名称、窗口与部门，名称不能重复。"


class PolicyInvalid(Invalid):
    code = "rating_policy_invalid"
    message = "规则参数有误，请按提示修改。"


class PolicyChanged(StaleVersion):
    code = "rating_policy_changed"
    message = "规则刚刚被别人改过，请刷新后再改。"
