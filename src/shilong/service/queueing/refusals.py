"""叫号的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused


class HallNotFound(NotFound):
    code = "hall_not_found"
    message = "没有这个大厅，或者它已停用。"


class GroupNotFound(NotFound):
    code = "queue_group_not_found"
    message = "没有这个窗口组，或者它已停用。"


class TicketNotFound(NotFound):
    code = "ticket_not_found"
    message = "没有找到这个号。请核对号码；号当天有效。"


class NoWindow(NotAllowed):
    """任职里没有登记窗口，或者大厅里没有这个窗口。"""

    code = "no_window"
    message = "您的任职里没有登记窗口，不能叫号。请系统管理员在“账号—调整部门”里填写窗口，名称与大厅设置里的一致。"


class NotYourTicket(NotAllowed):
    code = "not_your_ticket"
    message = "{number} 号不在您的窗口。"


class StillCalling(Refused):
    code = "still_calling"
    message = "{number} 号还没有处理完：请先开始办理、过号或办结，再叫下一位。"
    status = 409


class WindowPaused(Refused):
    code = "window_paused"
    message = "窗口正在暂停，恢复之后才能叫号。"
    status = 409


class NobodyWaiting(Refused):
    code = "nobody_waiting"
    message = "现在没有人在等候。"
    status = 409


class ReturnsUsed(Refused):
    """过号只能找回有限次（PD），防止反复占号。"""

    code = "returns_used"
    message = "{number} 号已经找回过 {times} 次，不能再找回。请重新取号。"
    status = 409


class AlreadyQueued(Refused):
    code = "already_queued"
    message = "您今天在这里已有 {number} 号正在排队，不用再取。"
    status = 409


class UnknownPriority(Invalid):
    code = "unknown_priority"
    message = "没有这一类优先对象。"


class DeviceNotAllowed(NotAllowed):
    """防止在网上替大厅取号占队：取号只能在授权过的取号机上。"""

    code = "device_not_allowed"
    message = "这台设备没有授权为取号机。请大厅工作人员登录后，在“取号机”页面授权。"


class InUse(Refused):
    code = "queue_in_use"
    message = "{detail}"
    status = 409
