"""评价接口：提交自己办件的评价、看自己办件的评价、公开评价。"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from shilong.service.ratings import selectors, services
from shilong.service.ratings.selectors import PublicRow
from shilong.service.ratings.services import Opinion

router = Router()


class RatingIn(Schema):
    """提交评价。"""

    node: str = Field("6", max_length=2, description="服务环节码，默认办结")
    satisfaction: int = Field(description="5 非常满意 … 1 非常不满意")
    tags: list[str] = Field(default_factory=list, max_length=20, description="标签码，见码表 rating_tag")
    text: str = Field("", max_length=2000, description="不超过 500 字")
    anonymous: bool = True
    pf: str = Field("2", pattern="^[12]$", description="1 电脑端 2 移动端")


class RatingOut(Schema):
    """一条评价。"""

    number: int
    satisfaction: int
    satisfaction_name: str
    tags: list[str]
    text: str
    channel: str
    anonymous: bool
    automatic: bool
    rated_at: datetime
    reply: str


class NodeOut(Schema):
    """一个环节的评价；`left` 还能评几次。"""

    node: str
    name: str
    left: int
    ratings: list[RatingOut]


class CaseRatingsOut(Schema):
    """一件办件的评价。"""

    case_no: str
    item_name: str
    nodes: list[NodeOut]


class PublicOut(Schema):
    """一条公开的评价，已脱敏。"""

    item_code: str
    item_name: str
    department_name: str
    node: str
    satisfaction: int
    tags: list[str]
    text: str
    channel: str
    who: str
    rated_at: datetime
    reply: str


class PublicPage(Schema):
    """公开评价的一页。"""

    count: int
    results: list[PublicOut]


class PublicFilters(Schema):
    """公开评价的条件。"""

    department: str = Field("", max_length=32)
    item: str = Field("", max_length=50)
    level: str = Field("", max_length=1)
    page: int = Field(1, ge=1, le=10_000)


@router.post("/cases/{case_no}/ratings", response={201: CaseRatingsOut}, summary="评价自己的办件")
def rate(request: HttpRequest, case_no: str, body: RatingIn) -> Any:
    """一环节一评、只可追评一次；差评须有标签或文字。"""
    actor = request.actor  # type: ignore[attr-defined]
    opinion = Opinion(body.satisfaction, body.tags, body.text, body.anonymous)
    services.rate_case(case_no, body.node, opinion, actor=actor, pf=body.pf)
    return 201, _case(case_no, actor)


@router.get("/cases/{case_no}/ratings", response=CaseRatingsOut, summary="自己办件的评价")
def mine(request: HttpRequest, case_no: str) -> Any:
    """各环节评了什么、还能评几次。"""
    return _case(case_no, request.actor)  # type: ignore[attr-defined]


@router.get("/ratings", response=PublicPage, summary="评价公开")
def public(request: HttpRequest, filters: Query[PublicFilters]) -> Any:
    """匿名可用；不含评价人身份。"""
    page = selectors.public_page(department=filters.department, item=filters.item, level=filters.level, page=filters.page)
    return {"count": page.total, "results": [_public(row) for row in page.items]}


def _public(row: PublicRow) -> dict[str, Any]:
    return {
        "item_code": row.item_code,
        "item_name": row.item_name,
        "department_name": row.department_name,
        "node": row.node_name,
        "satisfaction": row.level,
        "tags": row.tags,
        "text": row.text,
        "channel": row.channel,
        "who": row.who,
        "rated_at": row.at,
        "reply": row.reply,
    }


def _case(case_no: str, actor: Any) -> dict[str, Any]:
    found = selectors.case_ratings(case_no, actor)
    nodes = [
        {
            "node": one.node,
            "name": one.name,
            "left": one.left,
            "ratings": [
                {
                    "number": row.number,
                    "satisfaction": row.level,
                    "satisfaction_name": row.level_name,
                    "tags": row.tags,
                    "text": row.text,
                    "channel": row.channel,
                    "anonymous": row.anonymous,
                    "automatic": row.automatic,
                    "rated_at": row.at,
                    "reply": row.reply,
                }
                for row in one.ratings
            ],
        }
        for one in found.nodes
    ]
    return {"case_no": found.case_no, "item_name": found.item_name, "nodes": nodes}
