"""公开的评价：脱敏，不含评价人任何身份信息；认定误评、恶意的不公开。默认评价不列出，只计入统计口径。"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum

from shilong.foundation.pages import Page, paginate
from shilong.service.ratings.models import Rating, Tally
from shilong.service.ratings.rules.indicators import COLUMNS, Scores
from shilong.service.ratings.selectors.rows import TONES, channel_name, level_name, node_name, tag_names
from shilong.service.ratings.services import policies


@dataclass(frozen=True, slots=True)
class PublicRow:
    """一条公开的评价。"""

    item_code: str
    item_name: str
    department: str
    department_name: str
    node_name: str
    level: int
    level_name: str
    tone: str
    tags: list[str]
    text: str
    channel: str
    who: str
    at: datetime
    again: bool
    reply: str


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """一个事项的评价概况；`good_rate` 按规则里定的首选口径。"""

    scores: Scores
    good_rate: float | None
    tags: list[tuple[str, int]]


def public_page(*, department: str = "", item: str = "", level: str = "", page: int = 1, size: int = 20) -> Page[PublicRow]:
    """评价公开的一页，新的在前。"""
    rows = Rating.objects.filter(automatic=False, excluded="").select_related("occasion", "ticket")
    if department:
        rows = rows.filter(department=department)
    if item:
        rows = rows.filter(item_code=item)
    if level in ("1", "2", "3", "4", "5"):
        rows = rows.filter(satisfaction=int(level))
    return paginate(rows.order_by("-rated_at", "-id"), page, size, _row)


def public_totals(department: str = "", item: str = "") -> ItemSummary:
    """公开页顶上的合计。"""
    rows = Tally.objects.filter(facet="all")
    if department:
        rows = rows.filter(department=department)
    if item:
        rows = rows.filter(item_code=item)
    return _summary(rows, [])


def item_summary(code: str) -> ItemSummary:
    """办事指南上的评价概况。"""
    tags = Tally.objects.filter(facet__in=["tag", "praise"], item_code=code).values("key")
    counted = tags.annotate(n=Sum("a1") + Sum("a2") + Sum("a3") + Sum("a4") + Sum("a5")).order_by("-n", "key")[:4]
    named = [(tag_names([one["key"]])[0], one["n"]) for one in counted if one["n"] > 0]
    return _summary(Tally.objects.filter(facet="all", item_code=code), named)


def _summary(rows: QuerySet[Tally], tags: list[tuple[str, int]]) -> ItemSummary:
    scores = Scores(rows.aggregate(**{name: Sum(name, default=0) for name in COLUMNS}))
    whole = bool(policies.current()["default_counts"])
    return ItemSummary(scores, scores.good_rate_whole if whole else scores.good_rate, tags)


def _row(row: Rating) -> PublicRow:
    occasion, ticket = row.occasion, getattr(row, "ticket", None)
    return PublicRow(
        item_code=row.item_code,
        item_name=occasion.item_name or "窗口服务",
        department=row.department,
        department_name=occasion.department_name,
        node_name=node_name(occasion.node),
        level=row.satisfaction,
        level_name=level_name(row.satisfaction),
        tone=TONES[row.satisfaction],
        tags=tag_names(row.tags),
        text=row.shown,
        channel=channel_name(row.pf),
        who="匿名评价" if row.anonymous else {"1": "实名群众", "": "实名群众"}.get(occasion.person_kind, "实名企业"),
        at=row.rated_at,
        again=row.number > 1,
        reply=ticket.reply if ticket is not None else "",
    )
