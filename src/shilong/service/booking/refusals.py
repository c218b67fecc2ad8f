"""预约的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused


class SlotNotFound(NotFound):
    code = "slot_not_found"
    message = "没有这个时段，请重新选择。"


class SlotFull(Refused):
    code = "slot_full"
    message = "{when}已约满，请换一个时段。"
    status = 409


class SlotClosed(Refused):
    code = "slot_closed"
    message = "{when}不能预约：{reason}。请换一个时段。"
    status = 409


class OutOfRange(Refused):
    code = "slot_out_of_range"
    message = "只能预约今天起 {days} 个工作日以内、还没有开始的时段。"


class WrongPlace(Invalid):
    code = "slot_wrong_place"
    message = "这个时段不办您选的事项，请回到事项页重新选择。"


class NotRead(Refused):
    """预约前须看过条件与材料（W01），免得白跑。"""

    code = "booking_not_read"
    message = "请看过受理条件与办理材料，再勾选“我已看清”。"


class TooManyToday(Refused):
    code = "booking_day_limit"
    message = "{day:%m月%d日}您已有 {most} 个预约，达到每日上限。请改约其他日期，或先取消一个。"
    status = 409


class TooManyOpen(Refused):
    code = "booking_open_limit"
    message = "您还有 {most} 个没有办的预约，达到上限。请先办理或取消一个。"
    status = 409


class AlreadyBooked(Refused):
    code = "booking_twice"
    message = "您已约了这个时段（{number}），不用再约。"
    status = 409


class Blocked(NotAllowed):
    """多次爽约，限期不能预约；现场取号不受影响。"""

    code = "booking_blocked"
    message = "您因“{reason}”暂停网上预约至 {until:%Y年%m月%d日}。仍可到大厅现场取号办理；有异议请拨打大厅电话。"


class BookingNotFound(NotFound):
    code = "booking_not_found"
    message = "没有找到这个预约。请核对预约编号，或在“我的预约”里查看。"


class TooLate(Refused):
    code = "booking_too_late"
    message = "已过截止时间（{deadline:%m月%d日 %H:%M}），不能再{action}。请按时到厅；确实来不了请电话告知大厅。"
    status = 409


class ChangesUsed(Refused):
    code = "booking_changes_used"
    message = "一个预约最多改 {most} 次。请取消后重新预约。"
    status = 409


class CheckInEarly(Refused):
    code = "check_in_early"
    message = "您约的是 {when}，开始前 {minutes} 分钟起可以签到。"
    status = 409


class CheckInLate(Refused):
    code = "check_in_late"
    message = "您约的 {when} 已经过了，请改为现场取号。"
    status = 409


class NothingToday(NotFound):
    code = "nothing_today"
    message = "没有找到今天可以签到的预约。请核对编号与手机后四位，或改为现场取号。"


class OtherHall(Refused):
    code = "booking_other_hall"
    message = "这个预约是在“{hall}”办理，请到那里签到。"
    status = 409


class TemplateNotFound(NotFound):
    code = "slot_template_not_found"
    message = "没有这个时段模板。"


class ClosureNotFound(NotFound):
    code = "closure_not_found"
    message = "没有这条停办，或者它已撤销。"
