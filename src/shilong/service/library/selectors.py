"""读材料库。"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from shilong.foundation.files import selectors as files
from shilong.foundation.files.services import StoredFile
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.pages import Page, paginate
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.library import permissions, rules
from shilong.service.library.models import Paper, PaperUse, Preference, Reuse
from shilong.service.library.refusals import PaperNotFound
from shilong.service.library.services.codes import fresh_use
from shilong.service.library.usage import ACTIONS

SIZE, MOST = 20, 200


@dataclass(frozen=True, slots=True)
class PaperFile:
    """一页。"""

    file_id: str
    name: str
    mime: str
    pages: int

    @property
    def previewable(self) -> bool:
        return self.mime.startswith("image/") or self.mime == "application/pdf"


@dataclass(frozen=True, slots=True)
class PaperRow:
    """一份材料或证明。`state` 是 valid、soon、expired。"""

    uid: str
    kind: str
    name: str
    number: str
    issuer: str
    issued_on: date | None
    valid_until: date | None
    note: str
    origin_name: str
    item_name: str
    case_no: str
    checked: str
    checked_name: str
    checked_by: str
    checked_at: datetime | None
    digest: str
    times: int
    created_at: datetime
    state: str
    files: list[PaperFile]

    @property
    def usable(self) -> bool:
        return self.state != "expired"

    @property
    def is_proof(self) -> bool:
        return self.kind == Paper.Kind.PROOF


@dataclass(frozen=True, slots=True)
class Filters:
    """筛选。`state`：usable 没过期、expired 已过期；`checked`：yes、no。"""

    q: str = ""
    state: str = ""
    checked: str = ""


@dataclass(frozen=True, slots=True)
class UseRow:
    """谁用过。"""

    paper: str
    who: str
    action: str
    cause: str
    at: datetime
    denied: bool


@dataclass(frozen=True, slots=True)
class ReuseRow:
    """统计的一行。"""

    name: str
    licence: int
    library: int
    proof: int

    @property
    def total(self) -> int:
        return self.licence + self.library + self.proof


def mine(actor: Actor, kind: str, filters: Filters = Filters(), page: int = 1, size: int = SIZE) -> Page[PaperRow]:
    """我的材料（或证明），新入库的在前。"""
    found = paginate(
        _filtered(permissions.mine(actor).filter(kind=kind), filters).order_by("-created_at", "-pk"), page, size, lambda row: row
    )
    return Page(_rows(found.items), found.number, found.size, found.total, found.total_is_exact)


def counts(actor: Actor) -> dict[str, int]:
    """库里各有几份。"""
    rows = permissions.mine(actor).values("kind").annotate(n=Count("pk"))
    return {one["kind"]: one["n"] for one in rows}


def paper(uid: UUID | str, actor: Actor) -> PaperRow:
    """我的一份。异常：PaperNotFound。"""
    return _rows([permissions.owned(uid, actor)])[0]


def file_of(uid: UUID | str, file_id: object, actor: Actor) -> StoredFile:
    """我的一份里的一个文件，预览与下载前调用。异常：PaperNotFound。"""
    return _file(permissions.owned(uid, actor), file_id)


def opened(use_uid: UUID | str, actor: Actor) -> PaperRow:
    """工作人员刚扫到的那份，十五分钟内可看。异常：PaperNotFound。"""
    return _rows([_opened(use_uid, actor)])[0]


def opened_file(use_uid: UUID | str, file_id: object, actor: Actor) -> StoredFile:
    """刚扫到的那份里的一个文件。异常：PaperNotFound。"""
    return _file(_opened(use_uid, actor), file_id)


def pickable(profile: ApplicantProfile, actor: Actor) -> list[PaperRow]:
    """申报时能选的：申请人自己的材料与证明，过期的也列出（不能选，好让人知道为什么）。窗口代填没有。"""
    index = permissions.holder_index(actor)
    if not index or blind_index(profile.id_no) != index:
        return []
    return _rows(permissions.mine(actor).order_by("-created_at", "-pk")[:MOST])


def asking(profile: ApplicantProfile) -> bool:
    """申报时要不要问“存入材料库”。"""
    return not Preference.objects.filter(holder_index=blind_index(profile.id_no), ask=False).exists()


def uses(actor: Actor, uid: UUID | str | None = None, page: int = 1, size: int = SIZE) -> Page[UseRow]:
    """谁用过我的材料与证明，最近的在前；给出 `uid` 只看这一份。代单位办事只看授权范围内的。"""
    index = permissions.holder_index(actor)
    rows = PaperUse.objects.filter(holder_index=index) if index else PaperUse.objects.none()
    if uid is not None:
        rows = rows.filter(paper_uid=permissions.owned(uid, actor).uid)
    elif actor.agent_for and actor.agent_scope:
        rows = rows.filter(paper_uid__in=permissions.mine(actor).values("uid"))
    return paginate(rows.order_by("-at", "-pk"), page, size, _use)


def my_scans(actor: Actor, limit: int = 10) -> list[tuple[UUID, UseRow]]:
    """工作人员自己最近扫过的。"""
    require(actor, *permissions.SCANNERS)
    rows = PaperUse.objects.filter(user_id=actor.account_id, action__in=("scan", "attach")).order_by("-at")[:limit]
    return [(one.uid, _use(one)) for one in rows]


def reuse(actor: Actor, first: date, last: date, by: str = "item") -> list[ReuseRow]:
    """少交材料的统计，多的在前。

    参数：
        first、last: 提交日期，含两端。by: item 按事项，material 按材料，department 按部门。
    """
    column = {"item": "item_name", "material": "material_name", "department": "department"}[by]
    rows = Reuse.objects.filter(at__date__gte=first, at__date__lte=last)
    if actor.scope is not Scope.DISTRICT and not actor.has(Role.BUREAU, Role.WINDOW):
        rows = rows.filter(department=actor.department)
    sums = {source: Count("pk", filter=Q(source=source)) for source in rules.REUSED}
    found = rows.values(column).annotate(**sums)
    return sorted((ReuseRow(one[column], *(one[key] for key in rules.REUSED)) for one in found), key=lambda row: (-row.total, row.name))


def _filtered(rows: QuerySet[Paper], filters: Filters) -> QuerySet[Paper]:
    today = timezone.localdate()
    if filters.q:
        rows = rows.filter(Q(name__icontains=filters.q) | Q(item_name__icontains=filters.q) | Q(issuer__icontains=filters.q))
    if filters.state == "usable":
        rows = rows.filter(Q(valid_until=None) | Q(valid_until__gte=today))
    if filters.state == "expired":
        rows = rows.filter(valid_until__lt=today)
    if filters.checked in ("yes", "no"):
        rows = rows.filter(checked="") if filters.checked == "no" else rows.exclude(checked="")
    return rows


def _rows(papers: Iterable[Paper]) -> list[PaperRow]:
    listed = list(papers)
    stored = files.get_many(file_id for one in listed for file_id in one.file_ids)
    return [_row(one, [stored[file_id] for file_id in one.file_ids]) for one in listed]


def _row(one: Paper, stored: list[StoredFile]) -> PaperRow:
    plain = ("kind", "name", "number", "issuer", "issued_on", "valid_until", "note", "item_name", "case_no", "checked", "checked_by")
    return PaperRow(
        uid=str(one.uid),
        **{key: getattr(one, key) for key in plain},
        origin_name=Paper.Origin(one.origin).label,
        checked_name=Paper.Checked(one.checked).label,
        checked_at=one.checked_at,
        digest=one.digest,
        times=one.times,
        created_at=one.created_at,
        state=rules.freshness(one.valid_until, timezone.localdate()),
        files=[PaperFile(str(file.pk), file.name, file.mime, file.pages or 1) for file in stored],
    )


def _file(row: Paper, file_id: object) -> StoredFile:
    if str(file_id) not in row.file_ids:
        raise PaperNotFound
    return files.get(file_id)


def _opened(use_uid: UUID | str, actor: Actor) -> Paper:
    require(actor, *permissions.SCANNERS)
    row = Paper.objects.filter(uid=fresh_use(use_uid, actor).paper_uid).first()
    if row is None:
        raise PaperNotFound
    return row


def _use(one: PaperUse) -> UseRow:
    who = f"{one.department_name} {one.user_name}".strip() if one.action != "reuse" else one.user_name
    return UseRow(one.paper_name, who, ACTIONS.get(one.action, one.action), one.cause, one.at, one.result != "ok")
