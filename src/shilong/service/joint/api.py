"""双告知接口：市场监管系统推送登记信息。令牌的账号须是市场监管部门或行政审批局；同一批号重复推送不重复。"""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from shilong.service.joint import services
from shilong.service.joint.services.notices import Taken

router = Router()


class NoticeIn(Schema):
    """一批登记信息。"""

    source: str = Field("gongshang", max_length=40, description="来源")
    batch_no: str = Field(max_length=64, description="批号，对方唯一；重复推送只补没收进的")
    rows: list[dict[str, Any]] = Field(
        description="企业：name uscc scope registered_on，可带 kind address legal_name mobile capital authority"
    )


class BadRow(Schema):
    """一行坏数据。"""

    line: int
    reason: str


class NoticeOut(Schema):
    """结果。"""

    batch: str
    total: int
    taken: int
    repeated: int
    prompts: int
    errors: list[BadRow]


@router.post("/double-notices", response=NoticeOut, summary="推送双告知（企业登记信息）")
def push(request: HttpRequest, body: NoticeIn) -> Taken:
    """坏行在 errors 里报出行号（从 1 起）与原因，好行照收。"""
    return services.import_notices(body.source, body.batch_no, list(enumerate(body.rows, 1)), actor=request.actor)  # type: ignore[attr-defined]
