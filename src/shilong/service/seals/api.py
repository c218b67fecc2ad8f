"""签章接口（P17）：别的系统凭令牌与用章授权签章、验章。签后的 OFD 原样返回，批量的用 Base64。

与页面走同一套服务：印章状态、授权、空白文书一样查，用章日志一样记。
"""

import base64
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from shilong.foundation.documents.ofd.signing import Stamp
from shilong.foundation.refusals import TooLarge
from shilong.identity.roles.actor import STAFF_ROLES, Actor, require
from shilong.service.seals import rules, selectors, services
from shilong.service.seals.refusals import SealInvalid
from shilong.service.seals.selectors import SealBrief
from shilong.service.seals.services import BatchDocument

router = Router()
OFD = "application/ofd"
MAX_OFD = 20 << 20
MAX_FILES = 50
Text = Annotated[str, Field(max_length=80)]


class SealOut(Schema):
    """一枚能用的章。`image` 是章图 PNG 的 Base64；`width`、`height` 毫米。"""

    seal_no: str
    name: str
    kind: str
    kind_name: str
    department: str
    width: int
    height: int
    image: str


class PlaceIn(Schema):
    """签什么、盖在哪里。单位毫米，页面左上角为原点；`page` 为 0 是最后一页。"""

    doc_type: str = Field(max_length=32, description="文书种类，见 GET /seals/doc-types")
    doc_id: Text = Field(min_length=1, max_length=80, description="文书编号，写进用章日志")
    case_no: str = Field("", max_length=50)
    approved_by: str = Field("", max_length=100, description="用印审批人")
    page: int = Field(0, ge=0, le=2000)
    x: float = Field(130, ge=0, le=10_000)
    y: float = Field(220, ge=0, le=10_000)
    straddle: bool = Field(False, description="另加骑缝章（两页以上）")


class ManyIn(Schema):
    """批量：每份文件同样的位置；`doc_ids` 与文件一一对应，逗号分开。"""

    doc_type: str = Field(max_length=32)
    doc_ids: str = Field(min_length=1, max_length=5000, description="文书编号，与文件一一对应，英文逗号分开")
    approved_by: str = Field("", max_length=100)
    page: int = Field(0, ge=0, le=2000)
    x: float = Field(130, ge=0, le=10_000)
    y: float = Field(220, ge=0, le=10_000)
    straddle: bool = False


class ManyOut(Schema):
    """批量里一份的结果；不成时 `ofd` 为空，`code`、`message` 说明为什么。"""

    doc_id: str
    ok: bool
    ofd: str
    code: str
    message: str


class CheckOut(Schema):
    """一项检查。`code` 是原因码，`seal` 是第几枚章（0 是整个文件）。"""

    code: str
    name: str
    ok: bool
    detail: str
    seal: int


class SignedOut(Schema):
    """文件里的一枚章。"""

    es_id: str
    name: str
    signer: str
    signed_at: datetime
    valid_from: datetime
    valid_until: datetime


class ReportOut(Schema):
    """验章报告。`ok` 为真当且仅当每一项都通过。"""

    ok: bool
    checks: list[CheckOut]
    seals: list[SignedOut]


class UseOut(Schema):
    """用章日志的一行。"""

    position: int | None
    at: datetime
    seal_no: str
    seal_name: str
    version: int
    doc_type: str
    doc_id: str
    case_no: str
    user_name: str
    ok: bool
    fail_reason: str


class UsesOut(Schema):
    """一页用章日志。"""

    count: int
    page: int
    results: list[UseOut]


@router.get("", response=list[SealOut], summary="我能用的印章")
def usable(request: HttpRequest, doc_type: str = Query("other", max_length=32), department: str = Query("", max_length=32)) -> Any:
    """按用章授权列出此刻能给这类文书签章的印章。"""
    return [_seal(row) for row in selectors.usable(_staff(request), doc_type, department)]


@router.get("/doc-types", response=dict[str, str], summary="文书种类")
def doc_types(request: HttpRequest) -> Any:
    """文书种类码与名称。"""
    _staff(request)
    return dict(rules.DOC_TYPES)


@router.post("/verify", response=ReportOut, summary="验章")
def verify(request: HttpRequest, file: UploadedFile = File(...)) -> Any:  # noqa: B008 框架的声明方式
    """逐项检查文件里的全部印章；不是 OFD 的也得到报告。"""
    _staff(request)
    report = services.verify(_content(file))
    return {"ok": report.ok, "checks": [_check(one) for one in report.checks], "seals": [_signed(one) for one in report.seals]}


@router.get("/uses", response=UsesOut, summary="用章日志")
def uses(request: HttpRequest, page: int = Query(1, ge=1, le=10_000), q: str = Query("", max_length=80)) -> Any:
    """看得到的用章日志，新的在前，每页 50 条。`q` 是文书编号、办件编号或印章编号。"""
    found = selectors.uses(_staff(request), selectors.UseFilters(q=q.replace("\x00", "")), page)
    return {"count": found.total, "page": found.number, "results": [_use(row) for row in found]}


@router.post(
    "/{seal_no}/stamp",
    summary="签章",
    openapi_extra={"responses": {200: {"description": "签后的 OFD", "content": {OFD: {"schema": {"type": "string", "format": "binary"}}}}}},
)
def stamp(request: HttpRequest, seal_no: str, place: Form[PlaceIn], file: UploadedFile = File(...)) -> HttpResponse:  # noqa: B008
    """给一份 OFD 盖章，返回签后的文件；已有章的再盖就是会签。403 没有授权，409 印章停用、过期或注销，422 空白文书或位置不对。"""
    actor, ofd = _staff(request), _content(file)
    brief = _usable_brief(actor, seal_no, place.doc_type)
    signed = services.stamp(
        ofd,
        seal_no=seal_no,
        doc_type=place.doc_type,
        doc_id=place.doc_id,
        case_no=place.case_no,
        approved_by=place.approved_by,
        actor=actor,
        stamps=_stamps(ofd, place, brief),
    )
    return HttpResponse(signed, content_type=OFD)


@router.post("/{seal_no}/stamp-many", response=list[ManyOut], summary="批量签章")
def stamp_many(request: HttpRequest, seal_no: str, place: Form[ManyIn], files: list[UploadedFile] = File(...)) -> Any:  # noqa: B008
    """批量盖章，需要批量授权；一次最多 50 份，逐份独立成败。"""
    actor = _staff(request)
    ids = [one.strip() for one in place.doc_ids.split(",")]
    if len(ids) != len(files) or len(files) > MAX_FILES or not all(ids):
        raise SealInvalid(fields={"doc_ids": f"文书编号要与文件一一对应，最多 {MAX_FILES} 份"})
    brief = _usable_brief(actor, seal_no, place.doc_type)
    contents = [_content(file) for file in files]
    documents = [BatchDocument(ofd, doc_id[:80], _stamps(ofd, place, brief)) for ofd, doc_id in zip(contents, ids, strict=True)]
    results = services.stamp_many(documents, seal_no=seal_no, doc_type=place.doc_type, actor=actor, approved_by=place.approved_by)
    return [
        {
            "doc_id": one.doc_id,
            "ok": one.ofd is not None,
            "ofd": base64.b64encode(one.ofd).decode() if one.ofd is not None else "",
            "code": one.refusal.code if one.refusal else "",
            "message": one.refusal.text if one.refusal else "",
        }
        for one in results
    ]


def _staff(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, *STAFF_ROLES)
    return actor


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > MAX_OFD:
        raise TooLarge("文件太大，最大 20 MB。")
    return bytes(file.read())


def _usable_brief(actor: Actor, seal_no: str, doc_type: str) -> SealBrief | None:
    """章面大小；没有授权或章不能用的返回 None，由签章服务按次序拒绝并记日志。"""
    return next((row for row in selectors.usable(actor, doc_type) if row.seal_no == seal_no), None)


def _stamps(ofd: bytes, place: PlaceIn | ManyIn, brief: SealBrief | None) -> list[Stamp]:
    if brief is None:
        return []
    placement = services.Placement(place.page, place.x, place.y, place.straddle)
    return services.place(ofd, placement, width=brief.width, height=brief.height)


def _seal(row: SealBrief) -> dict[str, Any]:
    image = base64.b64encode(row.image_png).decode()
    names = ("seal_no", "name", "kind", "kind_name", "department", "width", "height")
    return {name: getattr(row, name) for name in names} | {"image": image}


def _check(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("code", "name", "ok", "detail", "seal")}


def _signed(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("es_id", "name", "signer", "signed_at", "valid_from", "valid_until")}


def _use(row: selectors.UseRow) -> dict[str, Any]:
    names = ("position", "at", "seal_no", "seal_name", "version", "doc_type", "doc_id", "case_no", "user_name", "ok", "fail_reason")
    return {name: getattr(row, name) for name in names}
