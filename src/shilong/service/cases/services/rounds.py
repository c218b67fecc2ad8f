"""审查轮次的推进：按快照的审查方案开任务、收结果、进下一轮或决定环节。"""

from collections.abc import Iterable, Mapping
from typing import Any

from shilong.service.cases.models import Task
from shilong.service.cases.rules import clocks, review
from shilong.service.cases.services.work import Work

DECISION_ROUND = 99
EXTRA = "extra"  # 加签任务的键以此开头


def begin(work: Work) -> None:
    """受理时开第一轮；即办件与告知承诺件没有审查轮，直接进入决定。"""
    if work.case.committed or not review.rounds(work.case.plan):
        open_decision(work)
    else:
        open_round(work, 0)


def open_round(work: Work, index: int) -> None:
    """开某一轮的全部任务；重开的一轮里，上次加签的仍要审查，不能因为退回就绕过去。"""
    before = [task for task in work.tasks if task.stage == Task.Stage.REVIEW and task.round == index]
    last = max((task.attempt for task in before), default=0)
    steps = [*review.rounds(work.case.plan)[index].get("tasks", []), *(_extra(work, task) for task in before if _is_extra(task, last))]
    _add(work, [_task(work, step, Task.Stage.REVIEW, index, last + 1) for step in steps])
    work.set(round_index=index)


def _is_extra(task: Task, attempt: int) -> bool:
    return task.attempt == attempt and task.key.startswith(EXTRA)


def _extra(work: Work, task: Task) -> dict[str, Any]:
    days = clocks.days_left(task.due_at, task.opened_at, work.calendar) if task.due_at else 0
    return {"key": task.key, "name": task.name, "department": task.department, "role": task.role, "days": max(days, 1)}


def open_decision(work: Work) -> None:
    """开决定任务。"""
    step = review.decision(work.case.plan, work.case.department)
    _add(work, [_task(work, step, Task.Stage.DECIDE, DECISION_ROUND, 1)])
    work.set(round_index=DECISION_ROUND)


def _add(work: Work, rows: list[Task]) -> None:
    """新任务接在内存列表后面，免得再查一次库。"""
    known = work.tasks
    Task.objects.bulk_create(rows)
    known.extend(row for row in rows if row not in known)


def _task(work: Work, step: Mapping[str, Any], stage: str, index: int, attempt: int) -> Task:
    days = int(step.get("days") or 0)
    department = str(step.get("department") or work.case.department)
    return Task(
        case=work.case,
        stage=stage,
        round=index,
        attempt=attempt,
        key=str(step.get("key") or stage)[:32],
        name=str(step.get("name") or "审查")[:80],
        department=department,
        outside=department != work.case.department,
        role=str(step.get("role") or "officer"),
        opened_at=work.now,
        due_at=work.due(days) if days else None,
    )


def latest(work: Work, index: int) -> list[Task]:
    """某轮最近一次的任务（退回的不算）。"""
    rows = [task for task in work.tasks if task.stage == Task.Stage.REVIEW and task.round == index and task.status != Task.Status.RETURNED]
    newest = max((task.attempt for task in rows), default=0)
    return [task for task in rows if task.attempt == newest]


def finish(work: Work, task: Task, result: str, opinion: str) -> None:
    """记下一个任务的结果。"""
    task.status = Task.Status.DONE
    task.result = result
    task.opinion = opinion
    task.done_at = work.now
    task.done_by = work.actor.name
    task.done_by_id = work.actor.account_id
    task.save(update_fields=["status", "result", "opinion", "done_at", "done_by", "done_by_id"])


def advance(work: Work) -> str:
    """看本轮完没完；完了就开下一轮或决定。返回本轮结果，空串表示还在等其他部门。"""
    index = work.case.round_index
    tasks = latest(work, index)
    mode = str(review.rounds(work.case.plan)[index].get("mode") or "all")
    result = review.outcome(mode, [task.result for task in tasks])
    if not result:
        return ""
    skip(work, [task for task in tasks if task.status == Task.Status.OPEN])
    following = review.next_round(work.case.plan, index, result)
    if following is None:
        open_decision(work)
    else:
        open_round(work, following)
    return result


def skip(work: Work, tasks: Iterable[Task]) -> None:
    """或签已有人同意，其余人不必再办。"""
    _mark(work, tasks, Task.Status.SKIPPED)


def close(work: Work) -> None:
    """办件离开审查环节：还开着的任务全部了结。"""
    _mark(work, work.open_tasks, Task.Status.SKIPPED)


def give_back(work: Work, index: int) -> None:
    """退回到某一轮：该轮及其后的任务作废，重新开这一轮。"""
    stale = [task for task in work.tasks if task.stage in (Task.Stage.REVIEW, Task.Stage.DECIDE) and task.round >= index]
    _mark(work, [task for task in stale if task.status != Task.Status.RETURNED], Task.Status.RETURNED)
    open_round(work, index)


def _mark(work: Work, tasks: Iterable[Task], status: str) -> None:
    rows = list(tasks)
    for task in rows:
        task.status = status
        task.done_at = task.done_at or work.now
    if rows:
        Task.objects.bulk_update(rows, ["status", "done_at"])


def objections(work: Work) -> list[Task]:
    """各轮最近一次结果里，使该轮不通过的任务。"""
    found: list[Task] = []
    for index, step in enumerate(review.rounds(work.case.plan)):
        tasks = [task for task in latest(work, index) if task.status == Task.Status.DONE]
        if review.outcome(str(step.get("mode") or "all"), [task.result for task in tasks]) == review.DISAGREE:
            found.extend(task for task in tasks if task.result == review.DISAGREE)
    return found
