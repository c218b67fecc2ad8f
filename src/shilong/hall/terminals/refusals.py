"""终端的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused, StaleVersion, TooMany


class TerminalNotFound(NotFound):
    code = "terminal_not_found"
    message = "没有这台终端，请核对编号。"


class WrongActivationCode(Invalid):
    code = "wrong_activation_code"
    message = "激活码不对、已用过或已过期。请在“系统管理—终端设备”里重新生成。"


class NotActivated(NotAllowed):
    """请求没有带有效的设备令牌：没激活、被吊销，或换过机。"""

    code = "terminal_not_activated"
    message = "这台终端没有激活，或已被吊销。请联系大厅管理人员。"


class WrongKind(NotAllowed):
    code = "terminal_wrong_kind"
    message = "这个页面不是给{kind}用的。"


class NameTaken(Invalid):
    code = "terminal_name_taken"
    message = "已有同名的终端，请换一个名称。"


class TerminalRetired(Refused):
    code = "terminal_retired"
    message = "这台终端已停用，不能再操作。要重新使用请另行登记。"


class TerminalChanged(StaleVersion):
    code = "terminal_changed"
    message = "这台终端的资料刚刚被别人改过，请刷新后再改。"


class NotOnline(Refused):
    code = "terminal_not_online"
    message = "这台终端不在线，收不到指令。等它恢复在线再试。"


class NoSuchShot(NotFound):
    code = "screenshot_not_found"
    message = "没有这张截屏，可能已超过七天被清理。"


class FaultNotFound(NotFound):
    code = "fault_not_found"
    message = "没有这张故障单，或不在您的范围内。"


class FaultChanged(StaleVersion):
    code = "fault_changed"
    message = "这张故障单刚刚被别人处理过，请刷新后再试。"


class StepNotPossible(Refused):
    code = "fault_step_not_possible"
    message = "故障单现在是“{state}”，不能{step}。"


class AlreadyReported(Refused):
    code = "fault_already_reported"
    message = "这台终端的“{category}”故障已经报过（{number}），正在处理。"


class TooManyCards(TooMany):
    code = "too_many_cards"
    message = "这台终端刷卡太频繁，请十分钟后再试，或到窗口办理。"


class NoSuchVideo(NotFound):
    code = "video_not_found"
    message = "没有这段视频，可能已被撤下。"
