"""证照库：查询、详情、批次、导入。"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from shilong.foundation.documents.ofd import preview
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor, Scope, require
from shilong.service.licences import copies, permissions, store
from shilong.service.licences.faces import ofd, values
from shilong.service.licences.models import Batch, BatchItem, ImportRow, ImportRun, Licence, LicenceUse
from shilong.service.licences.refusals import LicenceNotFound
from shilong.service.licences.rules.identifiers import ROOT
from shilong.service.licences.rules.states import MOVES, Act, State
from shilong.service.licences.selectors.holder import UseRow, use_row
from shilong.service.licences.selectors.rows import LicenceRow, LicenceView, row_of, view_of

EXPORT_LIMIT = 20_000
SHOWN = 200
FEW = 2000  # 名称命中不超过这么多，就按主键取
LAST = "\U0010ffff"  # 比任何字都靠后


@dataclass(frozen=True, slots=True)
class DetailView:
    """证照库里的一张，附能做的动作与用证记录。"""

    licence: LicenceView
    acts: tuple[Act, ...]
    uses: list[UseRow]
    versions: list[LicenceRow]


@dataclass(frozen=True, slots=True)
class BatchView:
    """一批的进度。"""

    uid: str
    status: str
    status_name: str
    total: int
    done: int
    failed: int
    waiting: int
    actor_name: str
    created_at: datetime
    finished_at: datetime | None
    problems: list[tuple[LicenceRow, str]]

    @property
    def percent(self) -> int:
        return 100 * (self.total - self.waiting) // self.total if self.total else 100


@dataclass(frozen=True, slots=True)
class ImportView:
    """一次导入的结果。"""

    uid: str
    filename: str
    type_name: str
    total: int
    done: int
    failed: int
    waiting: int
    actor_name: str
    created_at: datetime
    problems: list[tuple[int, str]]

    @property
    def percent(self) -> int:
        return 100 * (self.total - self.waiting) // self.total if self.total else 100

    @property
    def moving(self) -> bool:
        """后台是不是正在导：“全部正确才导入”而有误的，一行也不会动。"""
        return bool(self.waiting) and (self.done > 0 or self.failed == 0)


def library(actor: Actor, filters: Mapping[str, Any], page: int = 1, size: int = 20) -> Page[LicenceRow]:
    """证照库，最近制证的在前。filters：q（编号、标识、主体名称开头或主体代码）state type department since until expiring。"""
    return paginate(_filtered(actor, filters).order_by("-created_at", "-pk"), page, min(max(1, size), 100), row_of)


def export(actor: Actor, filters: Mapping[str, Any]) -> Iterator[LicenceRow]:
    """导出，最多 20,000 行。"""
    for one in _filtered(actor, filters).order_by("-created_at", "-pk")[:EXPORT_LIMIT].iterator(chunk_size=500):
        yield row_of(one)


def waiting_count(actor: Actor) -> int:
    """等签发的张数。"""
    return permissions.visible(actor).filter(state=State.DRAFT).count() if actor.has(*permissions.KEEPERS) else 0


def detail(uid: UUID | str, actor: Actor) -> DetailView:
    """一张。异常：OthersLicence。"""
    row = permissions.kept(uid, actor)
    acts = tuple(
        act
        for act, move in MOVES.items()
        if row.state in move.sources and actor.has(*move.roles) and actor.covers(row.department) and act is not Act.SUPERSEDE
    )
    uses = LicenceUse.objects.filter(licence=row).select_related("licence").order_by("-seq")[:20]
    versions = Licence.objects.filter(type=row.type, serial=row.serial).exclude(pk=row.pk).order_by("-version")
    return DetailView(view_of(row), acts, [use_row(one) for one in uses], [row_of(one) for one in versions])


def picture(uid: UUID | str, actor: Actor, dpi: int = 100) -> bytes:
    """一张的图；没签发的画出样子（没有章，二维码不能用）。异常：OthersLicence。"""
    row = permissions.kept(uid, actor)
    if row.ofd_digest:
        return preview.render_png(store.load(row, "ofd"), dpi=dpi)
    plain = ofd.compose(row.type.template, values.of(row), verify_url="https://未签发", at=row.created_at, note="未签发")
    return preview.render_png(plain, dpi=dpi)


def file(uid: UUID | str, kind: str, actor: Actor) -> tuple[LicenceRow, bytes]:
    """一张的文件。异常：OthersLicence、NotElectronic、FileBroken。"""
    row = permissions.kept(uid, actor)
    return row_of(row), copies.load(row, kind)


def batches(actor: Actor, limit: int = 10) -> list[BatchView]:
    """最近的批量签发。"""
    require(actor, *permissions.KEEPERS)
    return [_batch(one, problems=False) for one in Batch.objects.filter(department=actor.department).order_by("-created_at")[:limit]]


def batch(uid: UUID | str, actor: Actor) -> BatchView:
    """一批。异常：LicenceNotFound。"""
    require(actor, *permissions.KEEPERS)
    row = Batch.objects.filter(uid=uid, department=actor.department).first()
    if row is None:
        raise LicenceNotFound("没有找到这一批，或不是本部门的。")
    return _batch(row, problems=True)


def imports(actor: Actor, limit: int = 10) -> list[ImportView]:
    """最近的导入。"""
    require(actor, *permissions.MAKERS)
    rows = ImportRun.objects.select_related("type").order_by("-created_at")
    if actor.scope is not Scope.DISTRICT:
        rows = rows.filter(department=actor.department)
    return [_import(one, problems=False) for one in rows[:limit]]


def import_run(uid: UUID | str, actor: Actor) -> ImportView:
    """一次导入。异常：LicenceNotFound。"""
    require(actor, *permissions.MAKERS)
    row = ImportRun.objects.filter(uid=uid).select_related("type").first()
    if row is None or not actor.covers(row.department):
        raise LicenceNotFound("没有找到这次导入，或不是本部门的。")
    return _import(row, problems=True)


def import_problems(uid: UUID | str, actor: Actor) -> list[tuple[int, str]]:
    """全部坏行（行号，原因），导出用。"""
    import_run(uid, actor)
    rows = ImportRow.objects.filter(run__uid=uid, status=ImportRow.Status.FAILED).order_by("line")
    return list(rows.values_list("line", "problem"))


def _filtered(actor: Actor, filters: Mapping[str, Any]) -> QuerySet[Licence]:
    rows = permissions.visible(actor)
    for name, column in (("state", "state"), ("type", "type_code"), ("department", "department")):
        if value := str(filters.get(name) or ""):
            rows = rows.filter(**{column: value[:32]})
    if q := str(filters.get("q") or "").replace("\x00", "").strip()[:128]:
        rows = _search(rows, q)
    if isinstance(since := filters.get("since"), date):
        rows = rows.filter(issue_date__gte=since)
    if isinstance(until := filters.get("until"), date):
        rows = rows.filter(issue_date__lte=until)
    if filters.get("paper"):
        rows = rows.filter(state=State.VALID, ofd_digest="")
    return rows


def _search(rows: QuerySet[Licence], q: str) -> QuerySet[Licence]:
    """关键词认样子走各自的索引：带点的是标识，15、18 位的是主体代码，其余字母数字是办件号，剩下的先当编号、再当主体名称开头。

    编号与名称不写成一个“或”：百万行时两种数据库都会放弃索引。
    """
    if q.isascii() and q.count(".") >= 4:
        return rows.filter(identifier=q.upper() if q.startswith(ROOT) else f"{ROOT}.{q.upper()}")
    if q.isascii() and q.isalnum():
        return rows.filter(holder_index=blind_index(q)) if len(q) in (15, 18) else rows.filter(case_no=q.upper())
    numbered = Licence.objects.filter(number=q).exists()
    return rows.filter(number=q) if numbered else _named(rows, q)


def _named(rows: QuerySet[Licence], q: str) -> QuerySet[Licence]:
    """主体名称以这几个字开头。

    命中少的先由名称的索引取出主键再排序：合在一起写，两种数据库都可能沿“最近制证”的索引一行行往回找半张表；
    命中多的反而该沿那个索引找，很快就够一页。
    SQLite 的 LIKE 不走索引，写成范围；PostgreSQL 的排序规则不按码位，范围不可靠，用 LIKE 走 `varchar_pattern_ops`。
    """
    within = Q(holder_name__gte=q, holder_name__lt=q + LAST) if connection.vendor == "sqlite" else Q(holder_name__startswith=q)
    named = rows.filter(within)
    few = list(named.order_by().values_list("pk", flat=True)[: FEW + 1])
    return rows.filter(pk__in=few) if len(few) <= FEW else named


def _batch(row: Batch, *, problems: bool) -> BatchView:
    counts = dict(row.items.order_by().values_list("status").annotate(n=Count("pk")))
    failed = row.items.filter(status=BatchItem.Status.FAILED).select_related("licence").order_by("pk")[:SHOWN] if problems else []
    return BatchView(
        uid=str(row.uid),
        status=row.status,
        status_name=row.get_status_display(),
        total=row.total,
        done=counts.get("done", 0),
        failed=counts.get("failed", 0),
        waiting=counts.get("waiting", 0),
        actor_name=row.actor_name,
        created_at=row.created_at,
        finished_at=row.finished_at,
        problems=[(row_of(one.licence), one.problem) for one in failed],
    )


def _import(row: ImportRun, *, problems: bool) -> ImportView:
    counts = dict(row.rows.order_by().values_list("status").annotate(n=Count("pk")))
    failed = row.rows.filter(status=ImportRow.Status.FAILED).order_by("line")[:SHOWN] if problems else []
    return ImportView(
        uid=str(row.uid),
        filename=row.filename,
        type_name=row.type.name,
        total=row.total,
        done=counts.get("done", 0),
        failed=counts.get("failed", 0),
        waiting=counts.get("waiting", 0),
        actor_name=row.actor_name,
        created_at=row.created_at,
        problems=[(one.line, one.problem) for one in failed],
    )
