"""先申请、再由负责人批准的事：延期与再次补正。负责人直接做的，视为本人批准。"""

from typing import Any

from shilong.identity.roles.actor import Role
from shilong.service.cases.models import ApprovalRequest, Task
from shilong.service.cases.refusals import NoRequestPending, RequestPending
from shilong.service.cases.rules import ACTION_NAMES, Action
from shilong.service.cases.services.work import Work


def granted(work: Work) -> bool:
    """已经批准（正在执行批准），或者操作人就是本部门负责人。"""
    if work.data.get("approved_by"):
        return True
    if work.actor.has(Role.LEADER) and work.actor.covers(work.case.department):
        work.data["approved_by"] = work.actor.name
        return True
    return False


def pending(work: Work) -> ApprovalRequest | None:
    """等待批准的申请；一件办件同时最多一份（数据库约束）。"""
    return ApprovalRequest.objects.filter(case=work.case, status=ApprovalRequest.Status.PENDING).first()


def ask(work: Work, reason: str, payload: dict[str, Any]) -> None:
    """把本次动作变成一份申请：状态不动，给负责人一个待办。"""
    waiting = pending(work)
    if waiting is not None:
        raise RequestPending(name=ACTION_NAMES[Action(waiting.action)])
    action = work.row.action
    ApprovalRequest.objects.create(
        case=work.case,
        action=action,
        payload=payload,
        reason=reason,
        requested_at=work.now,
        requested_by=work.actor.name,
        requested_by_id=work.actor.account_id,
        requester_department=work.actor.department,
    )
    Task.objects.create(
        case=work.case,
        stage=Task.Stage.APPROVE,
        key=action,
        name=f"批准{ACTION_NAMES[action]}",
        department=work.case.department,
        role=Role.LEADER,
        opened_at=work.now,
        due_at=work.due(1),
    )
    work.stay()
    work.action = Action.REQUEST
    work.note = f"提请负责人批准{ACTION_NAMES[action]}：{reason}"
    work.data["request"] = action


def conclude(work: Work, status: str, opinion: str) -> ApprovalRequest:
    """负责人作出批准或不批准。

    异常：NoRequestPending。
    """
    request = pending(work)
    if request is None:
        raise NoRequestPending
    request.status = status
    request.decided_at = work.now
    request.decided_by = work.actor.name
    request.opinion = opinion
    request.save(update_fields=["status", "decided_at", "decided_by", "opinion"])
    for task in work.open_tasks:
        if task.stage == Task.Stage.APPROVE:
            task.status = Task.Status.DONE
            task.result = status[:12]
            task.opinion = opinion
            task.done_at = work.now
            task.done_by = work.actor.name
            task.done_by_id = work.actor.account_id
            task.save()
    return request


def close_pending(work: Work) -> None:
    """办件已经走到终点，挂着的申请一并了结。"""
    waiting = [task for task in work.tasks if task.stage == Task.Stage.APPROVE and task.done_at is None]
    skipped = [task for task in work.tasks if task.stage == Task.Stage.APPROVE and task.status == Task.Status.SKIPPED]
    if not waiting and not skipped:
        return
    ApprovalRequest.objects.filter(case=work.case, status=ApprovalRequest.Status.PENDING).update(
        status=ApprovalRequest.Status.REFUSED, decided_at=work.now, decided_by="系统", opinion="办件已作出处理，申请自动关闭"
    )
    for task in waiting:
        task.status = Task.Status.SKIPPED
        task.done_at = work.now
        task.save(update_fields=["status", "done_at"])
