"""流程位置：把状态画成几步。"""

from dataclasses import dataclass

from shilong.service.cases.selectors import CaseView

STEPS = ("申请", "收件", "受理", "审查", "决定", "送达", "归档")
_AT = {
    "submitted": 1,
    "received": 2,
    "supplementing": 1,
    "accepted": 3,
    "reviewing": 3,
    "special": 3,
    "suspended": 3,
    "granted": 5,
    "denied": 5,
    "delivered": 6,
    "archived": 7,
}


@dataclass(frozen=True, slots=True)
class Step:
    """一步。`state`：done 已过、now 当前、next 未到、stop 在此结束。"""

    name: str
    state: str
    who: str = ""


def steps(view: CaseView) -> list[Step]:
    """流程各步及当前位置；不予受理、撤回、终止的停在到过的那一步。"""
    at = _AT.get(view.status)
    if at is None:
        at = 4 if view.accepted_at else 2
        reached = "stop"
    else:
        reached = "now"
    deciding = view.status == "reviewing" and any(task.stage == "decide" for task in view.open_tasks)
    at += 1 if deciding else 0
    who = "、".join(dict.fromkeys(task.assignee_name or task.name for task in view.open_tasks))
    return [Step(name, "done" if i < at else reached if i == at else "next", who if i == at else "") for i, name in enumerate(STEPS)]
