"""读母件：列表、详情（各子件进度、两只钟、待我处理、合并的补正）。"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import Unit, due
from shilong.foundation.codes import masks
from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor
from shilong.service.cases import selectors as cases
from shilong.service.cases.rules import STATE_NAMES, State
from shilong.service.forms import rendering
from shilong.service.joint import permissions
from shilong.service.joint.models import Bundle, Member
from shilong.service.joint.rules import papers
from shilong.service.joint.selectors.themes import ThemeView, form_of, theme

TONES = {"handling": "b", "partial": "o", "finished": "g", "closed": ""}
STAGE_TONES = {"waiting": "", "running": "b", "held": "o", "stopped": "", "cancelled": "", "granted": "g", "failed": "r"}
SCORES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}


@dataclass(frozen=True, slots=True)
class ClockRow:
    """母件的一只钟，工作日。"""

    name: str
    total: int
    used: int
    due: datetime
    basis: str

    @property
    def left(self) -> int:
        return self.total - self.used

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.used / self.total)) if self.total else 100


@dataclass(frozen=True, slots=True)
class BundleRow:
    """列表里的一行。"""

    omni_no: str
    theme_name: str
    applicant_name: str
    state: str
    state_name: str
    tone: str
    submitted_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    waiting: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """一件子件。"""

    part: str
    label: str
    item_code: str
    item_name: str
    department_name: str
    stage: str
    stage_name: str
    tone: str
    case_no: str
    case_state: str
    state_name: str
    reason: str
    waits: str
    released_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Correction:
    """一份合并材料要补的：哪几件提出、什么问题。"""

    code: str
    name: str
    problems: list[tuple[str, str]] = field(default_factory=list)


class BundleView:
    """一件联办申请，权限已判过；其余部分用到才取。"""

    def __init__(self, row: Bundle, actor: Actor) -> None:
        self._row = row
        self._actor = actor
        for name in ("omni_no", "theme_code", "theme_name", "state", "version", "channel", "submitted_at", "finished_at", "accepted_at"):
            setattr(self, name, getattr(row, name))
        self.state_name = Bundle.State(row.state).label
        self.tone = TONES[row.state]
        self.applicant_name = masks.mask_name(row.applicant_name) if row.applicant_kind == "1" else row.applicant_name
        self.promise_days = row.promise_days
        self.choice = row.choice
        self.choice_name = Bundle.Choice(row.choice).label
        self.pickup = row.pickup
        self.pickup_name = Bundle.Pickup(row.pickup).label
        self.score = row.score
        self.score_name = SCORES.get(row.score or 0, "")
        self.extended_by, self.extended_reason = row.extended_by, row.extended_reason
        self.by_window = row.by_window

    omni_no: str
    theme_code: str
    theme_name: str
    state: str
    version: int
    channel: str
    submitted_at: datetime
    finished_at: datetime | None
    accepted_at: datetime | None

    @property
    def is_owner(self) -> bool:
        return permissions.owns(self._actor, self._row)

    @property
    def asks(self) -> bool:
        """等申请人选继续还是撤回。"""
        row = self._row
        return row.asked_at is not None and not row.choice and row.finished_at is None

    @property
    def can_extend(self) -> bool:
        row = self._row
        return bool(row.joint_limit) and not row.extended_by and row.finished_at is None and self._actor.has(*permissions.APPROVERS)

    @cached_property
    def address(self) -> dict[str, str]:
        """快递收件信息，脱敏。"""
        found = json.loads(self._row.address) if self._row.address else {}
        return {
            "name": masks.mask_name(found.get("name", "")),
            "mobile": masks.mask_mobile(found.get("mobile", "")),
            "address": masks.mask_address(found.get("address", "")),
        }

    @cached_property
    def members(self) -> list[MemberRow]:
        rows = list(self._row.members.all())
        labels = {row.part: row.label for row in rows}
        return [_member(row, labels) for row in rows]

    @property
    def done(self) -> int:
        return sum(row.closed_at is not None for row in self.members)

    @property
    def deliverable(self) -> int:
        """全部完结后等着统一出件的件数。"""
        return sum(row.stage == "granted" and row.case_state == State.GRANTED for row in self.members) if self.finished_at else 0

    @cached_property
    def clocks(self) -> list[ClockRow]:
        """首件受理起两只钟：承诺（关键路径）、联合办理上限。还没有受理的没有钟。"""
        row = self._row
        if row.accepted_at is None:
            return []
        calendar = calendars.load()
        start = timezone.localdate(row.accepted_at)
        used = calendar.workdays_between(start, timezone.localdate(row.finished_at or timezone.now()))
        wanted = [("承诺时限", row.promise_days, "关键路径上各子件承诺之和")]
        if row.joint_limit:
            wanted.append(("联合办理上限", row.joint_limit, "行政许可法第四十二条第二款"))
        return [ClockRow(name, days, used, due(start, days, Unit.WORKDAY, calendar), basis) for name, days, basis in wanted]

    @cached_property
    def theme(self) -> ThemeView:
        return theme(self._row.theme_code, self._row.theme_version, self._row.item_versions)

    @cached_property
    def held(self) -> list[MemberRow]:
        return [row for row in self.members if row.stage == Member.Stage.HELD]

    @cached_property
    def supplementing(self) -> list[MemberRow]:
        return [row for row in self.members if row.stage == "running" and row.case_state == State.SUPPLEMENTING]

    @cached_property
    def _asked(self) -> list[tuple[MemberRow, Any]]:
        rows = [(row, cases.case(row.case_no, actor=self._actor)) for row in self.supplementing]
        return [(row, view.corrections[-1]) for row, view in rows if view.status == State.SUPPLEMENTING and view.corrections]

    @property
    def deadline(self) -> datetime | None:
        """各件补正期限里最早的一个。"""
        return min((one.deadline for _, one in self._asked), default=None)

    @cached_property
    def corrections(self) -> list[Correction]:
        """各子件的补正汇总到一处：同一份合并材料只列一次；申请表、说明不清的归到“申请表与其他”。"""
        codes = papers.codes(self.theme.content, self.theme.parts)
        names = {row["name"] for row in self.theme.content.get("materials") or []}
        found: dict[str, Correction] = {}
        for row, correction in self._asked:
            for item in correction.items:
                code = codes.get((row.part, item.get("code") or ""), "")
                name = (
                    next((title for title in names if (code and self._title(code) == title)), item["material"]) if code else "申请表与其他"
                )
                entry = found.setdefault(code, Correction(code, name))
                entry.problems.append((row.label, f"{item['material']}：{item['problem']}"))
        return list(found.values())

    def _title(self, code: str) -> str:
        codes = papers.codes(self.theme.content, self.theme.parts)
        rows = self.theme.content.get("materials") or []
        return next((row["name"] for row in rows if any(codes.get(tuple(place)) == code for place in row["parts"])), "")

    @property
    def needs_form(self) -> bool:
        """有没有要求改申请表的。"""
        return any(not one.code for one in self.corrections)

    def merged_form(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """待补正各件的合一表单：（定义, 已填的值, 条件里的情形）。"""
        keys = {row.part for row in self.supplementing}
        chosen = [row for row in self.theme.parts if row.key in keys]
        definition, context = form_of(self.theme, chosen, self._row.answers)
        values = json.loads(self._row.form)
        known = {key for row in chosen for key in self.theme.names[row.key].values()}
        return definition, {key: value for key, value in values.items() if key in known}, context

    def sections(self, errors: Mapping[str, str]) -> list[Any]:
        """补正页上的合一表单。"""
        definition, values, context = self.merged_form()
        return rendering.render(definition, values, errors=errors, context=context)


def bundle(omni_no: str, *, actor: Actor) -> BundleView:
    """一件联办申请。异常：NotSignedIn、BundleNotFound。"""
    return BundleView(permissions.readable(omni_no, actor), actor)


def is_bundle(number: str) -> bool:
    """这个编号是不是母件编号。"""
    return Bundle.objects.filter(omni_no=number).exists()


def of_case(case_no: str) -> tuple[str, str] | None:
    """办件属于哪件联办：（母件编号, 主题名称）；单独申请的为 None。"""
    row = Member.objects.filter(case_no=case_no).values_list("bundle__omni_no", "bundle__theme_name").first()
    return (row[0], row[1]) if row else None


def mine(actor: Actor, page: int = 1, size: int = 20) -> Page[BundleRow]:
    """我的联办申请。"""
    return paginate(_counted(permissions.mine(actor)), page, size, _row)


def listing(actor: Actor, *, q: str = "", state: str = "", theme_code: str = "", page: int = 1, size: int = 20) -> Page[BundleRow]:
    """工作人员看的联办申请。

    参数：
        q: 母件编号、子件编号或申请人。state: `Bundle.State`，或 deliver（等统一出件）。
    """
    rows = permissions.watched(actor)
    if q:
        rows = rows.filter(Q(omni_no=q) | Q(applicant_name__icontains=q) | Q(pk__in=Member.objects.filter(case_no=q).values("bundle_id")))
    if state == "deliver":
        ready = Member.objects.filter(stage=Member.Stage.GRANTED, case_state=State.GRANTED)
        rows = rows.filter(finished_at__isnull=False, pk__in=ready.values("bundle_id"))
    elif state in Bundle.State.values:
        rows = rows.filter(state=state)
    if theme_code:
        rows = rows.filter(theme_code=theme_code)
    return paginate(_counted(rows), page, size, _row)


def _counted(rows: QuerySet[Bundle]) -> QuerySet[Bundle]:
    # 加密的大字段列表用不到，不取。
    return rows.defer("form", "applicant", "address", "comment", "agent").annotate(
        total=Count("members"),
        done=Count("members", filter=Q(members__closed_at__isnull=False)),
        waiting=Count("members", filter=Q(members__stage="held") | Q(members__stage="running", members__case_state=State.SUPPLEMENTING)),
    )


def _row(row: Any) -> BundleRow:
    return BundleRow(
        omni_no=row.omni_no,
        theme_name=row.theme_name,
        applicant_name=masks.mask_name(row.applicant_name) if row.applicant_kind == "1" else row.applicant_name,
        state=row.state,
        state_name=Bundle.State(row.state).label,
        tone=TONES[row.state],
        submitted_at=row.submitted_at,
        finished_at=row.finished_at,
        total=row.total,
        done=row.done,
        waiting=row.waiting,
    )


def _member(row: Member, labels: Mapping[str, str]) -> MemberRow:
    running = row.stage == Member.Stage.RUNNING and row.case_state
    return MemberRow(
        part=row.part,
        label=row.label,
        item_code=row.item_code,
        item_name=row.item_name,
        department_name=row.department_name,
        stage=row.stage,
        stage_name=Member.Stage(row.stage).label,
        tone="o" if row.case_state == State.SUPPLEMENTING and running else STAGE_TONES[row.stage],
        case_no=row.case_no,
        case_state=row.case_state,
        state_name=STATE_NAMES[State(row.case_state)] if running else Member.Stage(row.stage).label,
        reason=row.reason,
        waits="、".join(labels.get(one, one) for one in row.after),
        released_at=row.released_at,
        closed_at=row.closed_at,
    )
