"""证照状态（standards §4.5）与合法变化，写成数据。"""

from dataclasses import dataclass
from enum import StrEnum

from shilong.foundation.refusals import Refused
from shilong.identity.roles.actor import Role


class State(StrEnum):
    """证照状态；00、90 是项目自定（PD），其余同住建部实例码。"""

    DRAFT = "00"
    VALID = "01"
    SUSPENDED = "02"
    REVOKED = "03"
    CANCELLED = "04"
    EXPIRED = "05"
    DISCARDED = "90"


STATE_NAMES = {
    State.DRAFT: "待签发",
    State.VALID: "有效",
    State.SUSPENDED: "暂停",
    State.REVOKED: "已撤销",
    State.CANCELLED: "已注销",
    State.EXPIRED: "已过期",
    State.DISCARDED: "未签发作废",
}
TONES = {
    State.DRAFT: "b",
    State.VALID: "g",
    State.SUSPENDED: "o",
    State.REVOKED: "r",
    State.CANCELLED: "",
    State.EXPIRED: "y",
    State.DISCARDED: "",
}
LIVE = frozenset({State.VALID, State.SUSPENDED})
ISSUED = frozenset(State) - {State.DRAFT, State.DISCARDED}


class Act(StrEnum):
    """对一张证照的动作。"""

    ISSUE = "issue"
    DISCARD = "discard"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    CANCEL = "cancel"
    EXPIRE = "expire"
    SUPERSEDE = "supersede"
    CHANGE = "change"
    RENEW = "renew"
    REISSUE = "reissue"


@dataclass(frozen=True, slots=True)
class Move:
    """一次合法的变化。`target` 为空表示不改本证状态，而是生成下一版待签发。`operation` 是归集用的操作类型码。"""

    name: str
    sources: frozenset[State]
    target: State | None
    roles: tuple[Role, ...]
    basis: str = ""
    operation: str = "07"
    formal: bool = True


_SIGNERS = (Role.LEADER,)
_MAKERS = (Role.OFFICER, Role.LEADER)
MOVES: dict[Act, Move] = {
    Act.ISSUE: Move("签发", frozenset({State.DRAFT}), State.VALID, (*_MAKERS, Role.SYSTEM), "行政许可法第三十九条", "01", formal=False),
    Act.DISCARD: Move("作废草稿", frozenset({State.DRAFT}), State.DISCARDED, _MAKERS, "", "07", formal=False),
    Act.SUSPEND: Move("暂停", frozenset({State.VALID}), State.SUSPENDED, _SIGNERS, "行政处罚法第九条", "03"),
    Act.RESUME: Move("恢复", frozenset({State.SUSPENDED}), State.VALID, _SIGNERS, "", "06"),
    Act.REVOKE: Move("撤销", LIVE, State.REVOKED, _SIGNERS, "行政许可法第六十九条", "07"),
    Act.CANCEL: Move("注销", LIVE | {State.EXPIRED}, State.CANCELLED, (Role.LEADER, Role.SYSTEM), "行政许可法第七十条", "05"),
    Act.EXPIRE: Move("过期", LIVE, State.EXPIRED, (Role.SYSTEM,), "行政许可法第七十条第一项", "04", formal=False),
    Act.SUPERSEDE: Move("换发作废", LIVE | {State.EXPIRED}, State.CANCELLED, (Role.LEADER, Role.SYSTEM), "", "09", formal=False),
    Act.CHANGE: Move("变更", frozenset({State.VALID}), None, (*_MAKERS, Role.SYSTEM), "行政许可法第四十九条", "09"),
    Act.RENEW: Move("延续", frozenset({State.VALID, State.EXPIRED}), None, (*_MAKERS, Role.SYSTEM), "行政许可法第五十条", "02"),
    Act.REISSUE: Move("补证", frozenset({State.VALID}), None, _MAKERS, "", "07"),
}


class NotPossible(Refused):
    code = "licence_step_not_possible"
    message = "这张证照现在是“{state}”，不能{action}。"
    status = 409


def move(action: Act, state: State) -> Move:
    """查这一步。

    异常：
        NotPossible: 表上没有。
    """
    found = MOVES[action]
    if state not in found.sources:
        raise NotPossible(state=STATE_NAMES[state], action=found.name)
    return found
