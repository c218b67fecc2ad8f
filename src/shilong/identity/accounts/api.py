"""接口：取令牌、注销令牌。令牌之后放在 `Authorization: Bearer` 头里，由操作人中间件认。"""

from datetime import datetime

from django.http import HttpRequest
from ninja import Field, Router, Schema

from shilong.identity.accounts import services
from shilong.identity.accounts.network import client_ip
from shilong.identity.roles.actor import Role, require

router = Router()


class Credentials(Schema):
    """登录名（或个人手机号）与密码；绑定了动态口令的账号另给 `otp`。"""

    username: str = Field(max_length=64)
    password: str = Field(max_length=256)
    otp: str = Field("", max_length=8)


class IssuedToken(Schema):
    """令牌只在此刻可见，请妥善保存。"""

    token: str
    expires_at: datetime


class Revoked(Schema):
    revoked: bool


@router.post("/token", response=IssuedToken, auth=None, summary="登录换令牌")
def token(request: HttpRequest, body: Credentials) -> IssuedToken:
    """有效期 12 小时。失败计入锁定：同一登录名同一来源 5 次失败锁 15 分钟。"""
    value, expires = services.issue_token(
        body.username, body.password, client_ip(request), otp_code=body.otp, user_agent=request.headers.get("User-Agent", "")
    )
    return IssuedToken(token=value, expires_at=expires)


@router.post("/revoke", response=Revoked, summary="注销当前令牌")
def revoke(request: HttpRequest) -> Revoked:
    """注销请求头里的令牌，之后它不能再用。"""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, *Role)
    services.revoke_token(request.headers.get("Authorization", "").partition(" ")[2].strip(), actor=actor)
    return Revoked(revoked=True)
