"""群众看自己的评价，以及能评什么。"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from shilong.identity.roles.actor import Actor
from shilong.service.cases.selectors import served as cases
from shilong.service.ratings.models import Occasion, Rating, RatingFile
from shilong.service.ratings.refusals import NotYours
from shilong.service.ratings.selectors.rows import EXCLUDED, TONES, channel_name, level_name, node_name, tag_names
from shilong.service.ratings.services import occasions
from shilong.service.ratings.services.opinions import usable


@dataclass(frozen=True, slots=True)
class MediaView:
    """一个附件。`file_id` 是拿来看的那份（视频为转码后的）。"""

    id: int
    file_id: UUID
    video: bool
    note: str


@dataclass(frozen=True, slots=True)
class Mine:
    """我的一条评价。"""

    number: int
    level: int
    level_name: str
    tone: str
    tags: list[str]
    text: str
    channel: str
    anonymous: bool
    automatic: bool
    at: datetime
    excluded: str
    reply: str
    media: list[MediaView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NodeView:
    """一个可评的环节。`left` 是还能评几次；`again` 表示接下来这次是追评。"""

    node: str
    name: str
    at: datetime
    ratings: list[Mine]
    left: int
    again: bool


@dataclass(frozen=True, slots=True)
class CaseRatings:
    """一件办件的评价。"""

    case_no: str
    item_name: str
    department_name: str
    nodes: list[NodeView]

    @property
    def waiting(self) -> bool:
        """办结环节还没有本人评价。"""
        return any(one.node == occasions.DONE and not any(not row.automatic for row in one.ratings) for one in self.nodes)


def case_ratings(case_no: str, actor: Actor) -> CaseRatings:
    """我的一件办件：走到过的环节与各环节的评价。异常：NotSignedIn、OthersCase。"""
    case = cases.owned(case_no, actor)
    rows = {row.node: row for row in Occasion.objects.filter(case_no=case_no).exclude(node=occasions.ONSITE)}
    found = list(
        Rating.objects.filter(occasion__in=[row.pk for row in rows.values()])
        .prefetch_related("files")
        .select_related("ticket")
        .order_by("number")
    )
    nodes = [
        _node(node, step.at, [one for one in found if node in rows and one.occasion_id == rows[node].pk])
        for node, step in sorted(occasions.reached(case_no).items(), key=lambda pair: pair[0], reverse=True)
    ]
    return CaseRatings(case_no, case.item_name, case.department_name, nodes)


def pending(actor: Actor, *, days: int = 30, limit: int = 5) -> list[Occasion]:
    """等我评价的服务：最近办结、本人还没评的（系统记过默认评价的也还能评）。"""
    since = timezone.now() - timedelta(days=days)
    owner = actor.agent_for or actor.account_id
    rows = Occasion.objects.filter(account_id=owner, node=occasions.DONE, opened_at__gte=since).exclude(ratings__automatic=False)
    return list(rows.order_by("-opened_at")[:limit])


@dataclass(frozen=True, slots=True)
class LinkView:
    """凭链接打开时看到的：只有办了什么，没有个人信息。"""

    number: str
    item_name: str
    department_name: str
    node_name: str
    at: datetime
    again: bool


def service_by_link(token: str, actor: Actor) -> LinkView:
    """链接对应的服务。异常同 `rate_by_link`。"""
    row = usable(token, actor).occasion
    return LinkView(row.number, row.item_name or "窗口服务", row.department_name, node_name(row.node), row.opened_at, row.rated > 0)


def my_file(case_no: str, file_pk: int, actor: Actor) -> RatingFile:
    """我自己评价里的附件。异常：NotYours。"""
    cases.owned(case_no, actor)
    row = RatingFile.objects.filter(pk=file_pk, rating__occasion__case_no=case_no).first()
    if row is None:
        raise NotYours
    return row


def media_of(files: Sequence[RatingFile]) -> list[MediaView]:
    """附件的样子。"""
    return [MediaView(row.pk, row.playable_id or row.file_id, row.video, row.note) for row in files]


def _node(node: str, at: datetime, ratings: list[Rating]) -> NodeView:
    used = max((one.number for one in ratings), default=0)
    return NodeView(node, node_name(node), at, [_mine(one) for one in ratings], 2 - used, used > 0)


def _mine(row: Rating) -> Mine:
    ticket = getattr(row, "ticket", None)
    return Mine(
        number=row.number,
        level=row.satisfaction,
        level_name=level_name(row.satisfaction),
        tone=TONES[row.satisfaction],
        tags=tag_names(row.tags),
        text=row.text,
        channel=channel_name(row.pf),
        anonymous=row.anonymous,
        automatic=row.automatic,
        at=row.rated_at,
        excluded=EXCLUDED.get(row.excluded, ""),
        reply=ticket.reply if ticket is not None else "",
        media=media_of(list(row.files.all())),
    )
