"""审查与决定：审查、转办、加签、退回、延期、中止、恢复、终止、决定（行政许可法第三十四、三十八、四十二条）。"""

import re
from typing import Any

from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import ROLE_NAMES, Role
from shilong.service.cases import permissions
from shilong.service.cases.models import Task
from shilong.service.cases.refusals import (
    ExtendNotAllowed,
    LateMaterialOutstanding,
    NothingToReview,
    OthersCase,
    PointsUnchecked,
    ReviewDisagreed,
    ReviewsOutstanding,
)
from shilong.service.cases.rules import Action, State, clocks, review, transition
from shilong.service.cases.services import approvals, clockwork, rounds
from shilong.service.cases.services.fields import Fields
from shilong.service.cases.services.handlers.intake import close_all, supplement
from shilong.service.cases.services.work import Work, names

RESULTS = {"agree": "同意", "disagree": "不同意"}
DECISIONS = {"grant": "准予", "deny": "不予"}
_LAW = re.compile(r"《[^》]+》|第[〇一二三四五六七八九十百零0-9]+条|法|条例|规定|办法")
_PERMIT = "01"


def examine(work: Work) -> None:
    """审查：一人办一个任务；本轮办完自动进下一轮或决定环节。"""
    fields = Fields(work.payload)
    result = fields.choice("result", "审查结果", RESULTS, aliases={"同意": "agree", "不同意": "disagree"})
    opinion = fields.text("opinion", "审查意见", required=result == "disagree", message="不同意的须写明审查意见")
    task = _pick(work, Task.Stage.REVIEW)
    fields.done()
    points = _checked(work, task, result)
    rounds.finish(work, task, result, opinion)
    ended = rounds.advance(work)
    work.note = f"{task.name}：{RESULTS[result]}" + (f"。{opinion}" if opinion else "")
    work.data |= {"task": task.key, "round": task.round, "result": result, "round_result": ended}
    if points:
        work.data["points"] = points


def _checked(work: Work, task: Task, result: str) -> list[dict[str, Any]]:
    """逐条核对的结果，随审查意见进履历。`points` 是勾选了的要点原文。

    异常：
        PointsUnchecked: 同意，却有没勾选的。
    """
    raw = work.payload.get("points")
    ticked = {str(one) for one in raw} if isinstance(raw, list) else set()
    wanted = review.points(work.case.plan, task.round, task.key)
    missing = [text for text in wanted if text not in ticked]
    if missing and result == review.AGREE:
        raise PointsUnchecked(count=len(missing), fields={"points": f"没有勾选：{'；'.join(missing)}"})
    return [{"text": text, "ok": text in ticked} for text in wanted]


def _pick(work: Work, stage: str) -> Task:
    """本人该办的任务。有任务但都不归此人，是 403；根本没有任务，是 422。"""
    waiting = [task for task in work.open_tasks if task.stage == stage]
    if not waiting:
        raise NothingToReview
    task = permissions.take(work.actor, waiting, work.payload.get("task_id"))
    if task is None:
        who = "、".join(f"{one.name}（{ROLE_NAMES[Role(one.role)]}）" for one in waiting)
        raise OthersCase(f"这一步由其他人员办理：{who}。")
    return task


def hand_over(work: Work) -> None:
    """转办：把待办指定给另一个人，或者转给另一个部门。"""
    fields = Fields(work.payload)
    reason = fields.text("reason", "转办原因", limit=500)
    assignee = fields.integer("assignee_id", "接办人", low=1, high=2**62, default=0)
    name = fields.text("assignee_name", "接办人姓名", required=False, limit=100)
    department = fields.text("department", "接办部门", required=False, limit=32)
    if not assignee and not department:
        fields.errors["assignee_id"] = "请选择接办人或接办部门"
    _known(fields, department)
    fields.done()
    task = _pick_any(work)
    task.assignee_id = assignee or None
    task.assignee_name = name
    task.department = department or task.department
    task.outside = task.department != work.case.department
    task.save(update_fields=["assignee_id", "assignee_name", "department", "outside"])
    to = name or organizations.department(department).name
    work.note = f"{task.name}转由{to}办理：{reason}"


def _known(fields: Fields, department: str) -> None:
    """部门须真有：写错一个字，待办就落到没有人的部门，办件从此走不动。"""
    if department and department not in {one.key for one in organizations.departments()}:
        fields.errors["department"] = "没有这个部门，请从部门列表里选择"


def _pick_any(work: Work) -> Task:
    task = permissions.take(work.actor, work.open_tasks, work.payload.get("task_id"))
    if task is None:
        raise NothingToReview("没有可以转办的待办，或者它不归您办理。")
    return task


def add_reviewer(work: Work) -> None:
    """加签：在当前轮增加一个审查任务，全部完成才进下一步。"""
    fields = Fields(work.payload)
    department = fields.text("department", "加签部门", limit=32)
    name = fields.text("name", "审查名称", required=False, limit=80) or "协同审查"
    role = fields.choice("role", "加签角色", {"officer": "审批人员", "leader": "负责人"}, aliases={"": "officer"})
    days = fields.integer("days", "审查时限", low=1, high=30, default=1, unit="个工作日")
    reason = fields.text("reason", "加签原因", limit=500)
    _known(fields, department)
    fields.done()
    current = work.case.round_index
    tasks = rounds.latest(work, current)
    if current < 0 or current >= len(review.rounds(work.case.plan)) or not any(task.status == Task.Status.OPEN for task in tasks):
        raise NothingToReview("当前没有正在进行的审查轮次，不能加签。")
    attempt = max(task.attempt for task in tasks)
    row = Task(
        case=work.case,
        stage=Task.Stage.REVIEW,
        round=current,
        attempt=attempt,
        key=f"{rounds.EXTRA}{len(work.tasks) + 1}",
        name=name,
        department=department,
        outside=department != work.case.department,
        role=role,
        opened_at=work.now,
        due_at=work.due(days),
    )
    row.save()
    work.note = f"请{organizations.department(department).name}加签“{name}”：{reason}"


def return_round(work: Work) -> None:
    """退回重审：默认退回最近办完的一轮；不同意之后要准予，必须先走这一步。"""
    fields = Fields(work.payload)
    reason = fields.text("reason", "退回原因", limit=500) if work.payload.get("reason") else fields.text("opinion", "退回原因", limit=500)
    current = work.case.round_index
    done = len(review.rounds(work.case.plan))
    default = max((task.round for task in work.tasks if task.stage == Task.Stage.REVIEW and task.status == Task.Status.DONE), default=-1)
    if current < done:
        default = max(current - 1, 0)
    index = fields.integer("round", "退回到第几轮", low=0, high=max(done - 1, 0), default=max(default, 0))
    if index > min(current, done - 1):
        fields.errors["round"] = "不能退回到还没有开始的一轮"
    fields.done()
    if not done:
        raise NothingToReview("本事项没有审查轮次，不能退回。")
    rounds.give_back(work, index)
    work.note = f"退回“{review.rounds(work.case.plan)[index].get('name') or '审查'}”重审：{reason}"
    work.data["round"] = index


def extend(work: Work) -> None:
    """延期：行政许可可延长十日，须负责人批准并告知理由（第四十二条）；其他事项按配置的单行法。只能一次。"""
    fields = Fields(work.payload)
    most, basis = _extension_rule(work)
    days = fields.integer("days", "延长天数", low=1, high=most, default=most, unit="个工作日")
    reason = fields.text("reason", "延期理由")
    fields.done()
    if approvals.granted(work):
        _extend(work, days, reason, basis)
    else:
        approvals.ask(work, reason, {"days": days, "reason": reason})


def _extension_rule(work: Work) -> tuple[int, str]:
    if work.case.extended_days:
        raise ExtendNotAllowed(reason="这件办件已经延期过一次，不能再次延期。")
    own = work.case.policy.get("extend")
    if own:
        return int(own["days"]), str(own["basis"])
    if work.case.item_type == _PERMIT:
        return clocks.EXTENSION_DAYS, "行政许可法第四十二条"
    raise ExtendNotAllowed(reason="本事项不是行政许可，且没有配置单行法的延期依据，不能延期。")


def _extend(work: Work, days: int, reason: str, basis: str) -> None:
    approvals.close_pending(work)
    work.set(extended_days=days)
    work.basis = basis
    clockwork.refresh(work)
    work.document("extension", basis=basis, reason=reason, days=days, promise_due=work.case.promise_due, legal_due=work.case.legal_due)
    work.note = f"经{work.data['approved_by']}批准，办理期限延长 {days} 个工作日。理由：{reason}"
    work.data["days"] = days


def suspend(work: Work) -> None:
    """中止：须理由与单行法依据；停表，恢复后继续。"""
    reason, basis = _grounds(work, "中止")
    work.basis = basis
    work.flag("Y5", f"中止并停表：{basis}"[:300])
    work.note = f"中止办理：{reason}（依据：{basis}）"


def resume(work: Work) -> None:
    """恢复办理。"""
    fields = Fields(work.payload)
    reason = fields.text("reason", "恢复的理由") if "reason" in work.payload else fields.text("opinion", "恢复的理由")
    fields.done()
    work.note = f"恢复办理：{reason}"


def terminate(work: Work) -> None:
    """终止：须理由与依据。"""
    reason, basis = _grounds(work, "终止")
    work.basis = basis
    close_all(work)
    work.note = f"终止办理：{reason}（依据：{basis}）"


def _grounds(work: Work, label: str) -> tuple[str, str]:
    fields = Fields(work.payload)
    reason = fields.text("reason", f"{label}的理由")
    basis = fields.text("basis", f"{label}的法律依据", limit=200)
    if basis and not _LAW.search(basis):
        fields.errors["basis"] = "请写明法律依据的名称与条款，例如《工伤保险条例》第二十条"
    fields.done()
    return reason, basis


def decide(work: Work) -> None:
    """决定：审查齐、没有不同意、容缺补齐才能准予；不予必须写理由并告知救济途径（第三十八条）。"""
    fields = Fields(work.payload)
    result = fields.choice("result", "决定", DECISIONS, aliases={"准予": "grant", "不予": "deny", "agree": "grant", "disagree": "deny"})
    opinion = fields.text("opinion", "决定意见", required=result == "deny", message="不予决定须写明理由")
    remedy = fields.text("remedy", "救济途径", required=False) or work.remedy
    _ready(work, result)
    task = _pick(work, Task.Stage.DECIDE)
    fields.done()
    if not any(one.stage == Task.Stage.REVIEW for one in work.tasks):
        reason = "申请人已作出承诺，当场审查" if work.case.committed else "当场审查申请材料"
        work.also(Action.REVIEW, note=f"{reason}：{opinion or DECISIONS[result]}", basis="行政许可法第三十四条", target=State.REVIEWING)
    rounds.finish(work, task, result, opinion)
    _conclude(work, result, opinion, remedy)


def _ready(work: Work, result: str) -> None:
    outstanding = [task for task in work.open_tasks if task.stage == Task.Stage.REVIEW]
    if outstanding:
        raise ReviewsOutstanding(names=names(outstanding))
    if result != "grant":
        return
    against = rounds.objections(work)
    if against:
        raise ReviewDisagreed(name=names(against))
    if work.case.late_pending:
        raise LateMaterialOutstanding(names=names([row for row in work.materials if row.late and not row.provided_at]))


def _conclude(work: Work, result: str, opinion: str, remedy: str) -> None:
    granted = result == "grant"
    work.target = State.GRANTED if granted else State.DENIED
    work.set(decided_at=work.now, finished_at=work.now, result=result)
    if work.case.late_pending:
        work.set(late_pending=False, late_due=None)
    approvals.close_pending(work)
    if granted and work.case.committed:
        work.data["check_within_days"] = clocks.CHECK_DAYS
    work.document(
        "grant" if granted else "deny",
        opinion=opinion,
        reason="" if granted else opinion,
        remedy=remedy,
        result_name=work.case.policy.get("result_name", ""),
        decided_at=work.now,
    )
    work.note = f"{DECISIONS[result]}" + (f"：{opinion}" if opinion else "")
    work.data |= {"result": result} | ({} if granted else {"remedy": remedy})


def approve(work: Work) -> None:
    """负责人批准，当场执行所申请的事。"""
    fields = Fields(work.payload)
    opinion = fields.text("opinion", "批准意见", required=False)
    fields.done()
    request = approvals.conclude(work, "approved", opinion)
    work.basis = transition(work.case.state, Action(request.action)).basis
    work.data |= {"approved_by": work.actor.name, "request": request.action, "requested_by": request.requested_by}
    work.payload = request.payload
    APPROVED[Action(request.action)](work)
    work.note = f"批准{request.requested_by}的申请。{work.note}"
    work.action = Action(request.action)


def refuse(work: Work) -> None:
    """负责人不批准。"""
    fields = Fields(work.payload)
    opinion = fields.text("opinion", "不批准的理由", limit=500)
    fields.done()
    request = approvals.conclude(work, "refused", opinion)
    work.basis = transition(work.case.state, Action(request.action)).basis
    work.note = f"不批准{request.requested_by}的申请：{opinion}"
    work.data["request"] = request.action


APPROVED = {Action.EXTEND: extend, Action.SUPPLEMENT: supplement}
