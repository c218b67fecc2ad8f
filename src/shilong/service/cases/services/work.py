"""一次动作的工作现场：处理函数只在这里登记要改什么，引擎统一落库。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import Calendar, Unit
from shilong.foundation.calendar.rules import due as due_at
from shilong.foundation.documents import rules as document_rules
from shilong.foundation.documents import services as documents
from shilong.identity.roles.actor import Actor
from shilong.service.cases.models import Case, CaseMaterial, ClockSegment, Dossier, Flag, Task
from shilong.service.cases.rules import Action, ClockOp, State, Transition
from shilong.service.cases.rules.clocks import local_day


@dataclass
class Entry:
    """待写的一条履历。"""

    action: Action
    source: str
    target: str
    note: str = ""
    basis: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    secret: str = ""


@dataclass
class Work:
    """`case` 已加锁。`target`、`ops` 由转移表给出，处理函数可以改写。"""

    case: Case
    actor: Actor
    payload: Mapping[str, Any]
    now: datetime
    row: Transition
    target: str = ""
    action: Action = Action.SUBMIT
    basis: str = ""
    note: str = ""
    secret: str = ""
    ops: list[ClockOp] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    before: list[Entry] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    clock_start: datetime | None = None

    def __post_init__(self) -> None:
        self.target = self.row.target or self.case.state
        self.action = self.row.action
        self.basis = self.row.basis
        self.ops = list(self.row.clocks)

    @cached_property
    def calendar(self) -> Calendar:
        """工作日历（进程内缓存）。"""
        return calendars.load()

    @cached_property
    def tasks(self) -> list[Task]:
        """本办件全部待办，一次取出。"""
        return list(Task.objects.filter(case=self.case).order_by("pk"))

    @cached_property
    def segments(self) -> list[ClockSegment]:
        """时钟账本，一次取出。"""
        return list(ClockSegment.objects.filter(case=self.case).order_by("pk"))

    @cached_property
    def dossier(self) -> Dossier:
        """卷宗（解密）。"""
        return Dossier.objects.get(pk=self.case.pk)

    @cached_property
    def materials(self) -> list[CaseMaterial]:
        """当前有效的材料。"""
        return list(CaseMaterial.objects.filter(case=self.case, replaced=False).order_by("pk"))

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.status == Task.Status.OPEN]

    def set(self, **values: Any) -> None:
        """改投影列；新值同时写进履历，重放得到同样的投影。"""
        for name, value in values.items():
            setattr(self.case, name, value)
            self.changes[name] = value

    def stay(self) -> None:
        """状态与时钟都不动（如只是提请批准）。"""
        self.target = self.case.state
        self.ops = []

    def also(self, action: Action, *, note: str, basis: str = "", target: State | None = None) -> None:
        """在本动作之前补记一条履历：即办件一人办结也要有受理、审查、决定三条过程（standards §2.7）。"""
        self.before.append(Entry(action, self.case.state, target or self.case.state, note, basis))

    def due(self, days: int) -> datetime:
        """从今天起若干工作日，当日 23:59:59。"""
        return due_at(local_day(self.now), days, Unit.WORKDAY, self.calendar)

    def flag(self, rule: str, note: str) -> None:
        """留监察标记。"""
        Flag.objects.create(case=self.case, rule=rule, note=note, at=self.now)
        self.data.setdefault("flags", []).append(rule)

    @property
    def organ(self) -> Mapping[str, str]:
        """实施机关快照：全称、电话、窗口、复议机关、法院、设定依据；早先提交的办件没有。"""
        return self.case.policy.get("organ") or {}

    @property
    def remedy(self) -> str:
        """救济途径，写明机关（行政许可法第三十八条第二款）。"""
        return document_rules.remedy(self.organ.get("review_organ", ""), self.organ.get("court", ""))

    def material_rows(self) -> list[dict[str, Any]]:
        """文书上的材料清单。"""
        return [{"name": row.name, "copies": len(row.file_ids) or "", "note": _material_note(row)} for row in self.materials]

    def document(self, kind: str, **context: Any) -> str:
        """签发文书，返回编号；同一事务只插一行，渲染由作业完成。"""
        case, organ = self.case, self.organ
        base = {
            "case_no": case.case_no,
            "item_name": case.item_name,
            "task_type": case.item_type,
            "department_name": case.department_name,
            "applicant": case.applicant_name,
            "submitted_at": case.submitted_at,
            "accepted_at": case.accepted_at,
            "clerk": self.actor.name,
            **{key: organ.get(key, "") for key in ("phone", "window", "review_organ", "court", "basis")},
        }
        issued = documents.issue(
            kind,
            subject=case.case_no,
            context={**base, **context},
            issuer=organ.get("name") or case.department_name,
            department=case.department,
            issued_at=self.now,
        )
        self.issued.append(issued.number)
        self.data.setdefault("documents", []).append({"number": issued.number, "kind": kind, "title": issued.title})
        return issued.number


_MATERIAL_NOTES = {
    "paper": "纸质",
    "licence": "电子证照",
    "library": "材料库",
    "proof": "我的证明",
    "share": "共享取得",
    "form": "由申请表生成",
}


def _material_note(row: CaseMaterial) -> str:
    return "容缺后补" if row.late else _MATERIAL_NOTES.get(row.source, "")


def names(rows: Sequence[Any]) -> str:
    """把若干对象的名字连起来给人看。"""
    return "、".join(row.name for row in rows)
