"""办件的只读视图：页面与接口看到的样子。默认脱敏；各部分用到时才查库，动作返回的视图因此几乎不花钱。"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from shilong.foundation.codes import masks
from shilong.foundation.documents import selectors as documents
from shilong.identity.roles.actor import Actor, Role
from shilong.service.cases import clock, permissions
from shilong.service.cases.models import (
    ApprovalRequest,
    Case,
    CaseEvent,
    CaseMaterial,
    ClockSegment,
    Correction,
    Delivery,
    Dossier,
    Flag,
    SpecialProcedure,
    Task,
)
from shilong.service.cases.rules import ACTION_NAMES, HANDLING, STATE_NAMES, Action, State, Transition, basis_of, possible, review, special
from shilong.service.cases.rules.guide import GUIDE, Ask
from shilong.service.cases.selectors import formview
from shilong.service.cases.selectors.clockviews import ClockView, clock_views
from shilong.service.cases.selectors.sources import SOURCES
from shilong.service.forms import selectors as forms

CHANNELS = {"1": "电脑端", "2": "手机端", "3": "窗口", "4": "自助终端", "5": "快递", "9": "其他"}
TONES = {
    State.SUPPLEMENTING: "o",
    State.SUBMITTED: "b",
    State.RECEIVED: "b",
    State.ACCEPTED: "b",
    State.REVIEWING: "b",
    State.SPECIAL: "y",
    State.SUSPENDED: "y",
    State.GRANTED: "g",
    State.DELIVERED: "g",
    State.ARCHIVED: "g",
    State.DENIED: "r",
    State.REJECTED: "r",
}


@dataclass(frozen=True, slots=True)
class ActionView:
    """现在可以做的一个动作，`fields` 说明要填什么。"""

    name: str
    label: str
    basis: str
    fields: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class ApplicantView:
    """申请人（脱敏）。"""

    kind: str
    name: str
    id_type: str
    id_no: str
    mobile: str
    legal_name: str
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """一份材料。"""

    code: str
    name: str
    need: str
    file_ids: tuple[str, ...]
    source: str
    source_name: str
    late: bool
    late_due: datetime | None
    provided: bool
    batch: int


@dataclass(frozen=True, slots=True)
class EventRow:
    """一条履历。给群众看时 `actor_name` 只写岗位。"""

    id: int
    seq: int
    action: str
    name: str
    source: str
    target: str
    target_name: str
    at: datetime
    actor_name: str
    note: str
    basis: str
    data: dict[str, Any]


def display_name(kind: str, name: str) -> str:
    """自然人姓名脱敏，单位名称公开（standards §10.4）。"""
    return masks.mask_name(name) if kind == "1" else name


class CaseView:
    """一件办件。由 `selectors.case` 或 `services.act` 给出，权限已判过；其余部分惰性取。"""

    def __init__(self, case: Case, actor: Actor) -> None:
        self._case = case
        self._actor = actor
        self.case_no = case.case_no
        self.status = str(case.state)
        self.status_name = STATE_NAMES[State(case.state)]
        self.tone = TONES.get(State(case.state), "")
        self.version = case.version
        self.item_code = case.item_code
        self.item_version = case.item_version
        self.item_name = case.item_name
        self.item_type = case.item_type
        self.department = case.department
        self.department_name = case.department_name
        self.project_type = case.project_type
        self.project_type_name = "即办件" if case.project_type == "1" else "承诺件"
        self.channel = case.channel
        self.channel_name = CHANNELS.get(case.channel, "其他")
        self.applicant_name = display_name(case.applicant_kind, case.applicant_name)
        self.account_id = case.account_id
        self.submitted_at = case.submitted_at
        self.received_at = case.received_at
        self.accepted_at = case.accepted_at
        self.decided_at = case.decided_at
        self.delivered_at = case.delivered_at
        self.finished_at = case.finished_at
        self.result = case.result
        self.result_name = {"grant": "准予", "deny": "不予"}.get(case.result, "")
        self.promise_due = case.promise_due
        self.legal_due = case.legal_due
        self.answer_due = case.answer_due
        self.late_due = case.late_due
        self.late_pending = case.late_pending
        self.committed = case.committed
        self.auto_accepted = case.auto_accepted
        self.supplements = case.supplements
        self.policy = case.policy
        self.plan = case.plan

    def fresh(self, dossier: Dossier, materials: Sequence[CaseMaterial], segments: Sequence[ClockSegment]) -> "CaseView":
        """刚提交的办件：行就在手里，不再读一遍；此时还没有待办与文书。"""
        self.__dict__ |= {
            "_dossier": dossier,
            "materials": [_material(row) for row in sorted(materials, key=lambda row: (row.code, row.pk))],
            "clocks": clock_views(self._case, list(segments), clock.now()),
            "tasks": [],
            "documents": [],
        }
        return self

    @property
    def is_owner(self) -> bool:
        """当前操作人就是申请人（或其经办人）。"""
        return permissions.owns(self._actor, self._case)

    @cached_property
    def _dossier(self) -> Dossier:
        return Dossier.objects.get(pk=self._case.pk)

    @property
    def query_code(self) -> str:
        """查询码只给本人和窗口（回执上要印）。"""
        return self._dossier.query_code if self.is_owner or self._actor.has(Role.WINDOW, Role.SYSTEM) else ""

    @cached_property
    def applicant(self) -> ApplicantView:
        """申请人，脱敏；要看明文走 `services.reveal`。"""
        row = self._dossier
        person = self._case.applicant_kind == "1"
        agent = json.loads(row.agent) if row.agent else {}
        return ApplicantView(
            kind=self._case.applicant_kind,
            name=self.applicant_name,
            id_type=row.id_type,
            id_no=masks.mask_idno(row.id_no) if person else row.id_no,
            mobile=masks.mask_mobile(row.mobile) if row.mobile else "",
            legal_name=masks.mask_name(row.legal_name) if row.legal_name else "",
            address=masks.mask_address(row.address) if row.address else "",
            agent=masks.mask_name(agent["name"]) if agent.get("name") else "",
        )

    @cached_property
    def form(self) -> dict[str, Any]:
        """申请表（明文字段值）。证件与手机类字段在 `form_masked` 里脱敏，页面显示用后者。"""
        return json.loads(self._dossier.form)

    @cached_property
    def form_masked(self) -> dict[str, Any]:
        """申请表，按字段类型脱敏。"""
        return formview.masked(self.definition, self.form)

    @cached_property
    def form_sections(self) -> list[dict[str, Any]]:
        """给页面显示的申请表：[{title, rows:[(标签, 值)]}]，已脱敏。"""
        return formview.sections(self.definition, self.form_masked)

    @cached_property
    def definition(self) -> dict[str, Any]:
        """提交时那一版的表单定义。"""
        return dict(forms.definition(self._case.form_code, self._case.form_version or None))

    @property
    def situation(self) -> dict[str, Any]:
        """情形选择。"""
        return dict(self._dossier.situation)

    @cached_property
    def materials(self) -> list[MaterialRow]:
        """当前有效的材料。"""
        return [_material(row) for row in CaseMaterial.objects.filter(case=self._case, replaced=False).order_by("code", "pk")]

    @cached_property
    def all_materials(self) -> list[MaterialRow]:
        """含被补正替换掉的各批次。"""
        return [_material(row) for row in CaseMaterial.objects.filter(case=self._case).order_by("code", "batch", "pk")]

    @cached_property
    def clocks(self) -> list[ClockView]:
        """各只钟：已用、剩余、状态。"""
        rows = list(ClockSegment.objects.filter(case=self._case).order_by("pk"))
        return clock_views(self._case, rows, clock.now())

    @cached_property
    def tasks(self) -> list[Task]:
        """全部待办与已办的审查、决定、批准。"""
        return list(Task.objects.filter(case=self._case).order_by("pk"))

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.status == Task.Status.OPEN]

    @property
    def my_task(self) -> Task | None:
        """轮到当前操作人办的待办。"""
        return permissions.take(self._actor, [task for task in self.tasks if task.stage != Task.Stage.APPROVE])

    @property
    def my_points(self) -> list[str]:
        """轮到当前操作人审查的任务要逐条核对的要点。"""
        return review.points(self.plan, task.round, task.key) if (task := self.my_task) else []

    @cached_property
    def requests(self) -> list[ApprovalRequest]:
        """延期、再次补正的申请与批准。"""
        return list(ApprovalRequest.objects.filter(case=self._case).order_by("pk"))

    @property
    def pending_request(self) -> ApprovalRequest | None:
        return next((row for row in self.requests if row.status == ApprovalRequest.Status.PENDING), None)

    @cached_property
    def corrections(self) -> list[Correction]:
        """补正告知。"""
        return list(Correction.objects.filter(case=self._case).order_by("pk"))

    @cached_property
    def specials(self) -> list[SpecialProcedure]:
        """特别程序。"""
        return list(SpecialProcedure.objects.filter(case=self._case).order_by("pk"))

    @cached_property
    def deliveries(self) -> list[Delivery]:
        """送达登记。"""
        return list(Delivery.objects.filter(case=self._case))

    @cached_property
    def flags(self) -> list[Flag]:
        """监察标记。"""
        return list(Flag.objects.filter(case=self._case).order_by("pk"))

    @cached_property
    def documents(self) -> Sequence[Any]:
        """已签发的文书。"""
        return documents.for_subject(self.case_no)

    @cached_property
    def events(self) -> list[EventRow]:
        """履历，按先后。"""
        public = not self._actor.is_staff and not self._actor.has(Role.SYSTEM)
        return [event_row(row, public=public) for row in CaseEvent.objects.filter(case=self._case).order_by("seq")]

    @cached_property
    def actions(self) -> list[ActionView]:
        """当前操作人现在能做的动作。"""
        return [
            ActionView(row.action.value, _label(row, self._case), basis_of(self.item_type, row.basis), self._asks(row))
            for row in possible(self._case.state)
            if permissions.may(self._actor, row, self._case) and self._relevant(row)
        ]

    def can(self, action: str) -> bool:
        """页面判断按钮显不显示。"""
        return any(one.name == action for one in self.actions)

    def _relevant(self, row: Transition) -> bool:
        """表上允许但眼下没有对象的不列：没有待批申请就没有“批准”。"""
        action = row.action
        if action in (Action.APPROVE, Action.REFUSE):
            return self.pending_request is not None
        if action in (Action.LATE_SUPPLEMENT, Action.URGE_LATE):
            return self.late_pending
        if action in (Action.REVIEW, Action.DECIDE):
            stage = Task.Stage.REVIEW if action is Action.REVIEW else Task.Stage.DECIDE
            return permissions.take(self._actor, [task for task in self.tasks if task.stage == stage]) is not None
        if action is Action.TRANSFER and self._case.state in HANDLING:
            return permissions.take(self._actor, self.tasks) is not None
        if action is Action.EXTEND:
            return not self._case.extended_days and (self.item_type == "01" or bool(self.policy.get("extend")))
        if action is Action.RETURN_ROUND:
            return bool(self.plan.get("rounds"))
        if action is Action.ADD_REVIEWER:
            return any(task.stage == Task.Stage.REVIEW for task in self.open_tasks)
        return True

    def _asks(self, row: Transition) -> tuple[Ask, ...]:
        hidden = {name for name, key in (("present", "in_person"), ("committed", "promise_system")) if not self.policy.get(key)}
        asks = tuple(ask for ask in GUIDE.get(row.action, ()) if ask.name not in hidden)
        if row.action is not Action.START_SPECIAL:
            return asks
        options = dict(special.choices(self.policy.get("special") or []))
        return tuple(Ask(a.name, a.label, a.kind, a.required, options, a.help) if a.name == "kind" else a for a in asks)


def _label(row: Transition, case: Case) -> str:
    if row.action is Action.TRANSFER and row.target is State.TRANSFERRED:
        return "退件"
    if row.action is Action.EXTEND:
        return "申请延期"
    return ACTION_NAMES[row.action]


def _material(row: CaseMaterial) -> MaterialRow:
    return MaterialRow(
        code=row.code,
        name=row.name,
        need=row.need,
        file_ids=tuple(row.file_ids),
        source=row.source,
        source_name=SOURCES.get(row.source, row.source),
        late=row.late,
        late_due=row.late_due,
        provided=row.provided_at is not None,
        batch=row.batch,
    )


_INTERNAL = {Action.REVIEW, Action.ADD_REVIEWER, Action.RETURN_ROUND, Action.REFUSE}


def _internal(row: CaseEvent) -> bool:
    """部门之间的事：审查意见、加签、转办、退回、提请批准与不批准；群众看到有这一步，不看里面说的话。"""
    asked = row.action in (Action.EXTEND, Action.SUPPLEMENT) and row.source == row.target and "approved_by" not in row.data
    return row.action in _INTERNAL or asked or (row.action == Action.TRANSFER and row.target != State.TRANSFERRED)


def event_row(row: CaseEvent, *, public: bool) -> EventRow:
    """给群众看的履历不写工作人员姓名，申请人自己做的也不必写名。"""
    who = row.actor_name
    if public:
        who = "系统" if row.actor_id is None else ("工作人员" if row.department or row.action not in _BY_APPLICANT else "申请人")
    return EventRow(
        id=row.pk,
        seq=row.seq,
        action=row.action,
        name=ACTION_NAMES[Action(row.action)],
        source=row.source,
        target=row.target,
        target_name=STATE_NAMES[State(row.target)],
        at=row.at,
        actor_name=who,
        note="" if public and _internal(row) else row.note,
        basis=row.basis,
        data={} if public else row.data,
    )


_BY_APPLICANT = {Action.SUBMIT, Action.RESUBMIT, Action.WITHDRAW, Action.LATE_SUPPLEMENT}
