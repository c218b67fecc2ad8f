"""用章日志：筛选、分页、导出。"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from shilong.foundation.audit import selectors as audit
from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.days import day_end, day_start
from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor
from shilong.service.seals import permissions, rules
from shilong.service.seals.models import SealUse

EXPORT_HEADERS = (
    "链序号",
    "时间",
    "印章编号",
    "印章名称",
    "版本",
    "文书种类",
    "文书编号",
    "办件编号",
    "签章人",
    "签章人部门",
    "用印审批人",
    "证书序列号",
    "位置（页,左,上,宽,高 毫米）",
    "签章前 SM3",
    "签章后 SM3",
    "来源地址",
    "结果",
    "拒绝原因",
    "链摘要",
)


@dataclass(frozen=True, slots=True)
class UseFilters:
    """查询条件；日期含两端。`q` 是文书编号、办件编号或印章编号。"""

    first: date | None = None
    last: date | None = None
    q: str = ""
    doc_type: str = ""
    user: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class UseRow:
    """日志的一行。"""

    position: int | None
    at: datetime
    seal_no: str
    seal_name: str
    version: int
    doc_type: str
    doc_id: str
    case_no: str
    user_name: str
    approved_by: str
    pages: str
    ip: str
    ok: bool
    fail_reason: str
    batch: str


def uses(actor: Actor, filters: UseFilters, page: int = 1, size: int = 50) -> Page[UseRow]:
    """一页用章日志，新的在前。"""
    return paginate(_matching(actor, filters).order_by("-pk"), page, size, _row)


def export(actor: Actor, filters: UseFilters, limit: int = 100_000) -> Iterator[tuple[Any, ...]]:
    """导出行，旧的在前。"""
    for row in _matching(actor, filters).order_by("pk")[:limit].iterator(chunk_size=2000):
        yield (
            row.position or "",
            row.at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S"),
            row.seal_no,
            row.seal_name,
            row.seal_version,
            rules.doc_type_name(row.doc_type),
            row.doc_id,
            row.case_no,
            row.user_name,
            row.user_department,
            row.approved_by,
            row.serial,
            "；".join(",".join(f"{value:g}" for value in one) for one in row.positions),
            row.before_hash,
            row.after_hash,
            row.ip,
            "成功" if row.result == "ok" else "拒绝",
            row.fail_reason,
            row.digest,
        )


@dataclass(frozen=True, slots=True)
class LogCheck:
    """最近一次日志链校验。"""

    at: datetime
    actor_name: str
    checked: int
    problems: int
    examples: list[str]


def last_check() -> LogCheck | None:
    """最近一次校验的结果；没有校验过返回 None。"""
    row = next(iter(audit.search(audit.Filters(action="seal.verify_log"), size=1)), None)
    if row is None:
        return None
    detail = row.detail
    return LogCheck(row.at, row.actor_name, int(detail.get("checked", 0)), int(detail.get("problems", 0)), list(detail.get("examples", [])))


def _matching(actor: Actor, filters: UseFilters) -> QuerySet[SealUse]:
    rows = permissions.visible_uses(actor)
    if filters.first:
        rows = rows.filter(at__gte=day_start(filters.first))
    if filters.last:
        rows = rows.filter(at__lt=day_end(filters.last))
    exact = {"doc_type": filters.doc_type, "result": filters.result}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if filters.user:
        rows = rows.filter(user_name__contains=filters.user)
    if q := filters.q:
        rows = rows.filter(doc_id=q) | rows.filter(case_no=q) | rows.filter(seal_no=q.upper())
    return rows


def _row(row: SealUse) -> UseRow:
    return UseRow(
        position=row.position,
        at=row.at,
        seal_no=row.seal_no,
        seal_name=row.seal_name,
        version=row.seal_version,
        doc_type=rules.doc_type_name(row.doc_type),
        doc_id=row.doc_id,
        case_no=row.case_no,
        user_name=row.user_name,
        approved_by=row.approved_by,
        pages="、".join(dict.fromkeys(f"第 {int(one[0])} 页" for one in row.positions)),
        ip=row.ip,
        ok=row.result == "ok",
        fail_reason=row.fail_reason,
        batch=row.batch,
    )
