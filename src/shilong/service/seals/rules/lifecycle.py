"""印章的一生：申请 → 审批 → 制章 → 启用 → 停用/恢复 → 变更 → 注销；到期自动过期（GB/T 33481—2016）。

状态码沿用 0 有效、1 过期、2 冻结、3 注销（standards §5.3），启用之前的三个是本平台自定。
"""

from enum import StrEnum

from shilong.foundation.gm.certificates import RevocationReason
from shilong.foundation.refusals import Refused

MAX_YEARS = 5
MIN_REASON, MAX_REASON = 4, 300


class SealStatus(StrEnum):
    """印章状态。"""

    PREPARING = "preparing"  # 申请、审批中
    VOID = "void"  # 没有批准，从未制成
    MADE = "made"  # 已制章，待启用
    ACTIVE = "active"
    EXPIRED = "expired"
    FROZEN = "frozen"
    CANCELLED = "cancelled"


STATUS_NAMES = {
    SealStatus.PREPARING: "申请中",
    SealStatus.VOID: "未获批准",
    SealStatus.MADE: "待启用",
    SealStatus.ACTIVE: "有效",
    SealStatus.EXPIRED: "已过期",
    SealStatus.FROZEN: "已停用",
    SealStatus.CANCELLED: "已注销",
}
TONES = {
    SealStatus.PREPARING: "o",
    SealStatus.VOID: "",
    SealStatus.MADE: "b",
    SealStatus.ACTIVE: "g",
    SealStatus.EXPIRED: "r",
    SealStatus.FROZEN: "o",
    SealStatus.CANCELLED: "r",
}


class Step(StrEnum):
    """改变印章的动作。"""

    MAKE = "make"
    VOID = "void"
    ACTIVATE = "activate"
    FREEZE = "freeze"
    RESUME = "resume"
    REMAKE = "remake"
    CANCEL = "cancel"
    EXPIRE = "expire"


STEP_NAMES = {
    Step.MAKE: "制章",
    Step.VOID: "终止申请",
    Step.ACTIVATE: "启用",
    Step.FREEZE: "停用",
    Step.RESUME: "恢复",
    Step.REMAKE: "变更",
    Step.CANCEL: "注销",
    Step.EXPIRE: "到期",
}
STEPS = {
    (Step.MAKE, SealStatus.PREPARING): SealStatus.MADE,
    (Step.VOID, SealStatus.PREPARING): SealStatus.VOID,
    (Step.ACTIVATE, SealStatus.MADE): SealStatus.ACTIVE,
    (Step.FREEZE, SealStatus.ACTIVE): SealStatus.FROZEN,
    (Step.RESUME, SealStatus.FROZEN): SealStatus.ACTIVE,
    # 变更换了新密钥、新证书，旧版即不能再签；过期的章也靠变更续期。
    (Step.REMAKE, SealStatus.ACTIVE): SealStatus.ACTIVE,
    (Step.REMAKE, SealStatus.FROZEN): SealStatus.FROZEN,
    (Step.REMAKE, SealStatus.EXPIRED): SealStatus.ACTIVE,
    (Step.CANCEL, SealStatus.MADE): SealStatus.CANCELLED,
    (Step.CANCEL, SealStatus.ACTIVE): SealStatus.CANCELLED,
    (Step.CANCEL, SealStatus.FROZEN): SealStatus.CANCELLED,
    (Step.CANCEL, SealStatus.EXPIRED): SealStatus.CANCELLED,
    (Step.EXPIRE, SealStatus.MADE): SealStatus.EXPIRED,
    (Step.EXPIRE, SealStatus.ACTIVE): SealStatus.EXPIRED,
    (Step.EXPIRE, SealStatus.FROZEN): SealStatus.EXPIRED,
}


class ApplicationKind(StrEnum):
    """申请单的种类；三种都要行政审批局批准。"""

    CREATE = "create"
    CHANGE = "change"
    CANCEL = "cancel"


APPLICATION_NAMES = {ApplicationKind.CREATE: "制发", ApplicationKind.CHANGE: "变更", ApplicationKind.CANCEL: "注销"}
# 申请单批准后走哪一步；申请时就先看这一步走不走得通。
APPLICATION_STEPS = {
    ApplicationKind.CREATE: Step.MAKE,
    ApplicationKind.CHANGE: Step.REMAKE,
    ApplicationKind.CANCEL: Step.CANCEL,
}


class ApplicationStatus(StrEnum):
    """申请单的状态。"""

    PENDING = "pending"
    APPROVED = "approved"  # 已批准，待制章；注销一经批准即办结
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DONE = "done"


APPLICATION_STATUS_NAMES = {
    ApplicationStatus.PENDING: "待审批",
    ApplicationStatus.APPROVED: "已批准，待制章",
    ApplicationStatus.REFUSED: "不予批准",
    ApplicationStatus.WITHDRAWN: "已撤回",
    ApplicationStatus.DONE: "已办结",
}
LIVE = (ApplicationStatus.PENDING, ApplicationStatus.APPROVED)

# 密钥泄露的，签章时间可以倒填，注销前盖的章也不再可信；其余原因不影响历史签章。
CANCEL_CAUSES = {
    RevocationReason.CESSATION: "停止使用",
    RevocationReason.AFFILIATION_CHANGED: "机构变动",
    RevocationReason.KEY_COMPROMISE: "密钥泄露或被盗用（历史签章一并作废）",
}


class StepNotPossible(Refused):
    code = "seal_step_not_possible"
    message = "印章现在是“{status}”，不能{step}。"
    status = 409


def advance(step: Step, status: SealStatus) -> SealStatus:
    """走一步之后的状态。

    异常：
        StepNotPossible: 表上没有这一步。
    """
    target = STEPS.get((step, status))
    if target is None:
        raise StepNotPossible(status=STATUS_NAMES[status], step=STEP_NAMES[step])
    return target
