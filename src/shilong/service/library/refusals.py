"""材料库的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotFound, Refused


class PaperNotFound(NotFound):
    """没有，或不是自己的：说同一句话。"""

    code = "paper_not_found"
    message = "没有找到这份材料，可能已经删除。"


class PaperExpired(Refused):
    """过了有效期的不能再用。"""

    code = "paper_expired"
    message = "“{name}”已于 {until:%Y年%m月%d日} 过期，不能使用。请换一份，或更正有效期。"


class AlreadyKept(Refused):
    """同样的内容已经在库里。"""

    code = "paper_already_kept"
    message = "库里已有内容相同的“{name}”，不用再存一份。"
    status = 409


class NoHolder(Refused):
    """没有实名就没有可信的主体，不能归集。"""

    code = "library_needs_realname"
    message = "实名认证后才能使用材料库，请到“账号与安全”完成实名认证。"
    status = 403


class PaperInvalid(Invalid):
    code = "paper_invalid"
    message = "填写的内容有误，请按提示修改。"


class CodeUnusable(Refused):
    """码用过、过期、撤销、写错。"""

    code = "paper_code_unusable"
    message = "这个码{detail}，请申请人在“我的证明”重新出示。"
    status = 410


class NotTheApplicant(Refused):
    """扫到的是别人的证明：不能放进这份申请。"""

    code = "paper_of_someone_else"
    message = "这份证明不是本次申请人的，不能用在这份申请里。请核对申请人与出示的码。"
    status = 403


class NothingShared(Refused):
    code = "nothing_shared"
    message = "共享的证照数据里没有查到您名下有效的“{name}”，不能据此核验。可到窗口核对原件。"


class LibraryFull(Refused):
    code = "library_full"
    message = "材料库最多存 {limit} 份，请先删去不用的。"
