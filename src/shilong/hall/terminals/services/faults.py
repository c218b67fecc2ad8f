"""故障单：报修、派单、处理、恢复。以后由 ops.tickets 消费 `terminal.fault.*` 接成工单。"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.events import services as events
from shilong.foundation.notify import services as notify
from shilong.foundation.numbering.services import next_number
from shilong.foundation.refusals import Invalid, NotAllowed
from shilong.hall.terminals import permissions, rules
from shilong.hall.terminals.models import Fault, FaultEvent, Terminal
from shilong.hall.terminals.refusals import AlreadyReported, FaultChanged, FaultNotFound, StepNotPossible, TerminalNotFound
from shilong.hall.terminals.rules import FaultState
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, Role, require
from shilong.identity.roles.selectors import roles_of
from shilong.identity.roles.services import holders

SOURCES = {"terminal": "终端报修", "staff": "人工登记"}


def report(number: str, category: str, description: str, *, actor: Actor, source: str) -> str:
    """报修，返回故障单号。终端上谁都能按；人工登记限大厅工作人员。

    异常：
        AlreadyReported: 同一类故障还没恢复，带单号（现场会连着点）。
        Invalid: 类别不对、说明太长。
    """
    if source == "staff":
        require(actor, *permissions.REPAIRERS)
    if category not in rules.CATEGORIES:
        raise Invalid("请选择哪里坏了。", fields={"category": "请选择哪里坏了。"})
    terminal = Terminal.objects.filter(number=number).exclude(state=rules.State.RETIRED).first()
    if terminal is None:
        raise TerminalNotFound
    _refuse_open(terminal, category)
    try:
        with transaction.atomic():
            fault = Fault.objects.create(
                number=next_number("terminal_fault"),
                terminal=terminal,
                category=category,
                description=description.strip()[:500],
                source=source,
                reported_at=timezone.now(),
            )
            _record(fault, "report", actor, fault.description)
            _tell(fault)
    except IntegrityError:
        _refuse_open(terminal, category)
        raise
    return fault.number


def assign(number: str, account_id: int, *, version: int, actor: Actor, note: str = "") -> None:
    """派给一个人；已派的可以改派。

    异常：
        NotAllowed: 不是系统管理员或审批局；Invalid: 选的人不能处理故障。
        FaultChanged、StepNotPossible。
    """
    require(actor, *permissions.KEEPERS)
    who = organizations.staff(account_id)
    if who is None or not set(roles_of([account_id])[account_id]) & set(permissions.REPAIRERS):
        raise Invalid("这个人不能处理终端故障，请另选。", fields={"assignee": "请另选处理人。"})
    with transaction.atomic():
        fault = _taken(number, "assign", version)
        fault.assignee_id, fault.assignee_name = who.account_id, who.name
        _step(fault, "assign", actor, f"派给{who.name}{'：' + note if note else ''}")
        context = _facts(fault)
        notify.send("terminal_fault_assigned", context=context, account_id=who.account_id, subject_no=fault.number)


def move(number: str, step: str, *, version: int, actor: Actor, note: str = "") -> None:
    """开始处理、恢复、撤销、重新打开。

    异常：
        NotAllowed: 既不是管理人员也不是被派的人。
        Invalid: 该写说明的没写。
    """
    definition = rules.STEPS.get(step)
    if definition is None or step == "assign":
        raise FaultNotFound
    require(actor, *permissions.REPAIRERS)
    with transaction.atomic():
        fault = _taken(number, step, version)
        mine = definition.assignee and fault.assignee_id == actor.account_id
        if not mine and not permissions.is_keeper(actor):
            raise NotAllowed("这张故障单没有派给您。")
        if definition.note and len(note.strip()) < 2:
            raise Invalid(f"{definition.name}要写明情况。", fields={"note": "请写明情况，至少两个字。"})
        _stamp(fault, step, note.strip())
        _step(fault, step, actor, note.strip())


def _stamp(fault: Fault, step: str, note: str) -> None:
    now = timezone.now()
    if step in ("start", "resolve") and fault.started_at is None:
        fault.started_at = now
    if step == "resolve":
        fault.resolved_at, fault.solution = now, note[:500]
    if step == "reopen":
        fault.started_at = fault.resolved_at = None
        fault.solution, fault.assignee_id, fault.assignee_name = "", None, ""
        _refuse_open(fault.terminal, fault.category)


def _taken(number: str, step: str, version: int) -> Fault:
    fault = Fault.objects.select_for_update(of=("self",)).select_related("terminal").filter(number=number).first()
    if fault is None:
        raise FaultNotFound
    if fault.version != version:
        raise FaultChanged
    if fault.state not in rules.STEPS[step].sources:
        raise StepNotPossible(state=rules.FAULT_NAMES[FaultState(fault.state)], step=rules.STEPS[step].name)
    return fault


def _step(fault: Fault, step: str, actor: Actor, note: str) -> None:
    fault.state = rules.STEPS[step].target
    fault.version += 1
    fault.save()
    _record(fault, step, actor, note)


def _record(fault: Fault, action: str, actor: Actor, note: str) -> None:
    FaultEvent.objects.create(
        fault=fault,
        action=action,
        target=fault.state,
        note=note[:500],
        actor_id=actor.account_id,
        actor_name=actor.name,
        at=timezone.now(),
    )
    audit.record(f"terminal.fault.{action}", actor=actor, object_type="fault", object_id=fault.number, detail={"state": fault.state})
    events.emit(f"terminal.fault.{action}", key=fault.number, fault=fault.number, number=fault.terminal.number, state=fault.state)


def _tell(fault: Fault) -> None:
    for account_id in holders(Role.SYSADMIN):
        notify.send("terminal_fault_reported", context=_facts(fault), account_id=account_id, subject_no=fault.number)


def _facts(fault: Fault) -> dict[str, str]:
    terminal = fault.terminal
    return {
        "fault": fault.number,
        "name": terminal.name,
        "place": terminal.hall + terminal.place,
        "category": rules.CATEGORIES[fault.category],
        "note": fault.description,
    }


def _refuse_open(terminal: Terminal, category: str) -> None:
    pending = Fault.objects.filter(terminal=terminal, category=category, state__in=sorted(rules.PENDING))
    known = pending.values_list("number", flat=True).first()
    if known:
        raise AlreadyReported(category=rules.CATEGORIES[category], number=known)
