"""每个动作的处理函数：校验内容，登记要改什么；落库由引擎统一做。"""

from collections.abc import Callable

from shilong.service.cases.rules import INTAKE, Action
from shilong.service.cases.services.handlers import finish, handling, intake, special
from shilong.service.cases.services.work import Work

Handler = Callable[[Work], None]


def _transfer(work: Work) -> None:
    """受理前的转办是退件（转外部门），受理后的转办是换人办。"""
    (intake.turn_away if work.case.state in INTAKE else handling.hand_over)(work)


HANDLERS: dict[Action, Handler] = {
    Action.RECEIVE: intake.receive,
    Action.ACCEPT: intake.accept,
    Action.AUTO_ACCEPT: intake.auto_accept,
    Action.SUPPLEMENT: intake.supplement,
    Action.RESUBMIT: intake.resubmit,
    Action.REJECT: intake.reject,
    Action.WITHDRAW: intake.withdraw,
    Action.LAPSE: intake.lapse,
    Action.LATE_SUPPLEMENT: intake.late_supplement,
    Action.URGE_LATE: intake.urge_late,
    Action.START_SPECIAL: special.start,
    Action.END_SPECIAL: special.end,
    Action.EXTEND: handling.extend,
    Action.REVIEW: handling.examine,
    Action.TRANSFER: _transfer,
    Action.ADD_REVIEWER: handling.add_reviewer,
    Action.RETURN_ROUND: handling.return_round,
    Action.DECIDE: handling.decide,
    Action.SUSPEND: handling.suspend,
    Action.RESUME: handling.resume,
    Action.TERMINATE: handling.terminate,
    Action.APPROVE: handling.approve,
    Action.REFUSE: handling.refuse,
    Action.DELIVER: finish.deliver,
    Action.ARCHIVE: finish.archive,
}
