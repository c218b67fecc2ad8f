"""证照接口（GB/T 36906 的查询、获取、核验）。调用须有事由与依据，次次留痕；错误体统一 `{code, message, fields}`。"""

from datetime import date

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from shilong.identity.accounts.network import client_ip
from shilong.identity.roles.actor import Actor
from shilong.service.licences import selectors, services

router = Router()


class QueryIn(Schema):
    """查询：`case_no`（事项授权）与 `grant`（持证人授权编号）给一个。"""

    holder_code: str = Field(max_length=30, description="持证主体代码")
    use_cause: str = Field(max_length=200, description="用证事由，必填")
    type_code: str = Field("", max_length=21)
    number: str = Field("", max_length=128)
    case_no: str = Field("", max_length=50)
    grant: str = Field("", max_length=36)


class FetchIn(Schema):
    """获取加注件。"""

    use_cause: str = Field(max_length=200)
    case_no: str = Field("", max_length=50)
    grant: str = Field("", max_length=36)


class VerifyIn(Schema):
    """核验：打印件上的验真码。"""

    code: str = Field(max_length=60)


class VerifyOut(Schema):
    """核验结果，已脱敏。"""

    name: str
    number: str
    identifier: str
    holder: str
    issuer: str
    issue_date: date | None
    valid_text: str
    state: str
    state_name: str
    ofd_digest: str


class FoundOut(Schema):
    """核验应答；没有这个码时 `found` 为假。"""

    found: bool
    licence: VerifyOut | None


class MineOut(Schema):
    """我的一张证照。"""

    uid: str
    identifier: str
    name: str
    number: str
    issuer: str
    issue_date: date | None
    valid_text: str
    state: str
    state_name: str


@router.get("/licences/mine", response=list[MineOut], summary="我的证照")
def mine(request: HttpRequest) -> list[selectors.LicenceRow]:
    """持证人自己的证照。"""
    return selectors.mine(_actor(request))


@router.post("/licences/query", response=list[dict[str, str]], summary="查询证照（最小字段）")
def query(request: HttpRequest, body: QueryIn) -> list[dict[str, str]]:
    """按持证主体查。字段名用 GB/T 36903 缩写。"""
    return services.query(
        holder_code=body.holder_code,
        use_cause=body.use_cause,
        type_code=body.type_code,
        number=body.number,
        case_no=body.case_no,
        grant_uid=body.grant,
        actor=_actor(request),
        channel="api",
    )


@router.post("/licences/verify", response=FoundOut, summary="核验证照（匿名可用）")
def verify(request: HttpRequest, body: VerifyIn) -> FoundOut:
    """凭验真码核验；猜错太多次会被限频（429）。"""
    found = services.verify(body.code, ip=client_ip(request))
    return FoundOut(found=found is not None, licence=VerifyOut.from_orm(found) if found else None)


@router.post("/licences/{identifier}/fetch", summary="获取加注件（PDF）")
def fetch(request: HttpRequest, identifier: str, body: FetchIn) -> HttpResponse:
    """加注件带“仅用于……”水印与有效期。"""
    _, pdf = services.fetch(
        identifier, use_cause=body.use_cause, case_no=body.case_no, grant_uid=body.grant, actor=_actor(request), channel="api"
    )
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]
