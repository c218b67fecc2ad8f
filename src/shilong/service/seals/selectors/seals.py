"""印章列表、详情、申请。"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor, Role
from shilong.service.seals import permissions, rules
from shilong.service.seals import picture as drawing
from shilong.service.seals.models import Application, Grant, Seal, SealEvent, SealVersion
from shilong.service.seals.refusals import ApplicationNotFound, SealNotFound
from shilong.service.seals.rules import ApplicationKind, ApplicationStatus, SealStatus, Step
from shilong.service.seals.rules.lifecycle import LIVE

EVENT_NAMES = {
    **{str(step): name for step, name in rules.STEP_NAMES.items()},
    **{f"apply_{kind}": f"申请{name}" for kind, name in rules.APPLICATION_NAMES.items()},
    "approve": "批准",
    "refuse": "不予批准",
    "withdraw": "撤回申请",
}


@dataclass(frozen=True, slots=True)
class SealRow:
    """列表的一行。"""

    seal_no: str
    name: str
    kind_name: str
    department_name: str
    status: str
    status_name: str
    tone: str
    version: int
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """一个版本。"""

    version: int
    code: str
    name: str
    serial: str
    valid_from: datetime
    valid_until: datetime
    made_by: str
    made_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """一份申请。`mine` 是当前操作人自己提出的。"""

    number: str
    kind: str
    kind_name: str
    status: str
    status_name: str
    seal_no: str
    seal_name: str
    department_name: str
    content: Mapping[str, Any]
    cause_name: str
    reason: str
    document: str
    applied_by: str
    applied_at: datetime
    decided_by: str
    decided_at: datetime | None
    opinion: str
    steps: frozenset[str]


@dataclass(frozen=True, slots=True)
class StepView:
    """履历的一步。"""

    at: datetime
    name: str
    status_name: str
    version: int
    actor_name: str
    reason: str
    document: str
    application: str


@dataclass(frozen=True, slots=True)
class GrantView:
    """一条授权。"""

    id: int
    account_name: str
    doc_types: str
    bulk: bool
    valid_from: datetime
    valid_until: datetime
    reason: str
    document: str
    granted_by: str
    revoked_at: datetime | None
    revoked_by: str
    live: bool


@dataclass(frozen=True, slots=True)
class SealView:
    """一枚章的全部，附当前操作人能走哪几步。"""

    row: SealRow
    kind: str
    holder: str
    department: str
    versions: list[VersionView]
    applications: list[ApplicationView]
    events: list[StepView]
    grants: list[GrantView]
    steps: frozenset[str] = field(default_factory=frozenset)


def listing(actor: Actor, filters: Mapping[str, str], page: int = 1, size: int = 20) -> Page[SealRow]:
    """印章台账，按部门、种类排。filters：q（编号或名称）department kind status。"""
    rows = permissions.visible(actor)
    for name in ("department", "kind", "status"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name][:32]})
    if q := filters.get("q", "").strip()[:60]:
        rows = rows.filter(Q(seal_no=q.upper()) | Q(name__contains=q))
    return paginate(rows.order_by("department", "kind", "-pk"), page, min(max(1, size), 100), _row)


def seal(seal_no: str, *, actor: Actor) -> SealView:
    """一枚章。异常：SealNotFound——没有，或不在可见范围内（说同一句话，不泄露有没有）。"""
    row = permissions.visible(actor).filter(seal_no=seal_no).first()
    if row is None:
        raise SealNotFound
    now = timezone.now()
    forms = list(row.applications.select_related("seal").defer("picture").order_by("-pk"))
    return SealView(
        row=_row(row),
        kind=row.kind,
        holder=row.holder,
        department=row.department,
        versions=[_version(one) for one in row.versions.defer("picture", "data", "key").order_by("-version")],
        applications=[_application(one, actor) for one in forms],
        events=[_event(one) for one in row.events.order_by("-at", "-pk")],
        grants=[_grant(one, now) for one in row.grants.order_by("-pk")],
        steps=_steps(row, forms, actor),
    )


def applications(actor: Actor, filters: Mapping[str, str], page: int = 1, size: int = 20) -> Page[ApplicationView]:
    """申请单，最近的在前。filters：status kind。"""
    rows = _visible_applications(actor)
    for name in ("status", "kind"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name][:12]})
    return paginate(rows.order_by("-pk"), page, min(max(1, size), 100), lambda row: _application(row, actor))


def application(number: str, *, actor: Actor) -> ApplicationView:
    """一份申请。异常：ApplicationNotFound——没有，或不在可见范围内。"""
    row = _visible_applications(actor).filter(number=number).first()
    if row is None:
        raise ApplicationNotFound
    return _application(row, actor)


def application_picture(number: str, *, actor: Actor) -> bytes:
    """批准后会制成什么样：上传的印模，或按内容画的样图（编码处是占位的零）。异常：ApplicationNotFound。"""
    row = _visible_applications(actor).filter(number=number).first()
    if row is None or row.kind == ApplicationKind.CANCEL:
        raise ApplicationNotFound
    if row.picture is not None:
        return bytes(row.picture)
    return drawing.draw(drawing.Face(rules.KINDS[row.seal.kind], row.content["name"], "0" * 13, row.seal.holder))


def pending_count(actor: Actor) -> int:
    """等这个人审批或制章的份数；自己提出的不能自批，不算。"""
    if not actor.has(Role.BUREAU):
        return 0
    rows = _visible_applications(actor)
    todo = Q(status=ApplicationStatus.PENDING) & ~Q(applied_by_id=actor.account_id or 0)
    return rows.filter(todo | Q(status=ApplicationStatus.APPROVED)).count()


def picture(seal_no: str, *, actor: Actor, version: int = 0) -> bytes:
    """章图 PNG，默认现行版本。看得到这枚章或被授权用它的人才能取。异常：SealNotFound。"""
    versions = SealVersion.objects.filter(seal__seal_no=seal_no)
    if not (actor.has(*permissions.READERS) and permissions.visible(actor).filter(seal_no=seal_no).exists()):
        versions = versions.filter(seal__grants__account_id=actor.account_id or 0, seal__grants__revoked_at__isnull=True)
    rows = versions.filter(version=version) if version else versions.order_by("-version")
    found = rows.values_list("picture", flat=True).first()
    if found is None:
        raise SealNotFound
    return bytes(found)


def _visible_applications(actor: Actor) -> QuerySet[Application]:
    return Application.objects.filter(seal__in=permissions.visible(actor)).select_related("seal").defer("picture")


def _steps(row: Seal, forms: list[Application], actor: Actor) -> frozenset[str]:
    """页面上给哪些按钮；服务里仍各自把关。"""
    leader = actor.has(Role.LEADER) and actor.covers(row.department)
    bureau = actor.has(Role.BUREAU) and actor.covers(row.department)
    possible = {str(step) for step, status in rules.STEPS if status == row.status}
    allowed: set[str] = set()
    if leader or bureau:
        allowed |= {Step.ACTIVATE, Step.FREEZE}
    if bureau:
        allowed |= {Step.RESUME}
    if leader and not any(one.status in LIVE for one in forms):
        allowed |= {Step.REMAKE, Step.CANCEL}
    grantable = row.status not in (SealStatus.CANCELLED, SealStatus.VOID, SealStatus.PREPARING)
    return frozenset({str(one) for one in allowed} & possible | ({"grant"} if (leader or bureau) and grantable else set()))


def _application_steps(row: Application, actor: Actor) -> frozenset[str]:
    bureau = actor.has(Role.BUREAU) and actor.covers(row.seal.department)
    mine = row.applied_by_id == actor.account_id
    if row.status == ApplicationStatus.PENDING:
        return frozenset(({"approve", "refuse"} if bureau and not mine else set()) | ({"withdraw"} if mine else set()))
    if row.status == ApplicationStatus.APPROVED and row.kind != ApplicationKind.CANCEL and bureau:
        return frozenset({"make"})
    return frozenset()


def _row(row: Seal) -> SealRow:
    status = SealStatus(row.status)
    return SealRow(
        seal_no=row.seal_no,
        name=row.name,
        kind_name=rules.KINDS[row.kind].name,
        department_name=row.department_name,
        status=row.status,
        status_name=rules.STATUS_NAMES[status],
        tone=rules.TONES[status],
        version=row.version,
        valid_until=row.valid_until,
    )


def _version(row: SealVersion) -> VersionView:
    return VersionView(
        version=row.version,
        code=row.code,
        name=row.name,
        serial=row.serial,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        made_by=row.made_by,
        made_at=row.made_at,
        superseded_at=row.superseded_at,
    )


def _application(row: Application, actor: Actor) -> ApplicationView:
    return ApplicationView(
        number=row.number,
        kind=row.kind,
        kind_name=rules.APPLICATION_NAMES[ApplicationKind(row.kind)],
        status=row.status,
        status_name=rules.APPLICATION_STATUS_NAMES[ApplicationStatus(row.status)],
        seal_no=row.seal.seal_no,
        seal_name=row.seal.name,
        department_name=row.seal.department_name,
        content=row.content,
        cause_name=next((name for cause, name in rules.CANCEL_CAUSES.items() if cause == row.content.get("cause")), ""),
        reason=row.reason,
        document=row.document,
        applied_by=row.applied_by,
        applied_at=row.applied_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        opinion=row.opinion,
        steps=_application_steps(row, actor),
    )


def _event(row: SealEvent) -> StepView:
    return StepView(
        at=row.at,
        name=EVENT_NAMES.get(row.step, row.step),
        status_name=rules.STATUS_NAMES[SealStatus(row.status)],
        version=row.version,
        actor_name=row.actor_name,
        reason=row.reason,
        document=row.document,
        application=row.application,
    )


def _grant(row: Grant, now: datetime) -> GrantView:
    return GrantView(
        id=row.pk,
        account_name=row.account_name,
        doc_types="、".join(rules.doc_type_name(code) for code in row.doc_types),
        bulk=row.bulk,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        reason=row.reason,
        document=row.document,
        granted_by=row.granted_by,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        live=row.revoked_at is None and row.valid_until > now,
    )
