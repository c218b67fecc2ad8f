"""统一身份认证（OpenID Connect）依赖方：授权码 + PKCE，核对 id_token 的签名、签发者、受众、随机数。

省统一身份认证的声明名与等级码值未核到（standards §6.1），因此声明名与等级映射都可配置；配置在“外部系统适配器”里。
"""

import secrets
import time
from collections.abc import MutableMapping
from typing import Any

import httpx
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from django.db import transaction
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shilong.foundation.adapters import services as adapters
from shilong.foundation.audit import services as audit
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Refused
from shilong.identity.accounts import services
from shilong.identity.accounts.adapters.oidc import KEY, Provider, load
from shilong.identity.accounts.models import Account, ExternalIdentity, Kind, Person
from shilong.identity.accounts.refusals import ProviderRejected, ProviderUnavailable
from shilong.identity.realname import services as realname
from shilong.identity.roles.actor import SYSTEM, Actor

_KEY = "oidc"
_LIFE = 600  # 秒：去统一认证一趟最多十分钟
_ALGORITHMS = ["RS256", "PS256", "ES256"]

Session = MutableMapping[str, Any]


def label() -> str:
    """登录页上的入口名；没有配置时为空，入口不显示。"""
    provider = load()
    return provider.label if provider else ""


def authorization_url(session: Session, callback: str) -> str:
    """生成去统一认证的地址，把 state、nonce、PKCE 校验串记在会话里。"""
    provider = _provider()
    note = {"state": generate_token(32), "nonce": generate_token(32), "verifier": generate_token(64), "at": int(time.time())}
    with _client(provider, callback) as client:
        url, _ = client.create_authorization_url(
            _discovery(provider)["authorization_endpoint"], state=note["state"], nonce=note["nonce"], code_verifier=note["verifier"]
        )
    session[_KEY] = note
    return str(url)


def finish(session: Session, params: dict[str, str], callback: str, *, ip: str) -> Account:
    """处理回调，返回账号；不建立会话。

    异常：
        ProviderRejected: 用户拒绝、state 不符、id_token 不合格、账号停用。
        ProviderUnavailable: 统一认证连不上。
    """
    provider = _provider()
    note = session.pop(_KEY, None)
    if not note or time.time() - note["at"] > _LIFE or not secrets.compare_digest(params.get("state", ""), note["state"]):
        raise ProviderRejected(reason="登录请求已失效")
    if params.get("error") or not params.get("code"):
        raise ProviderRejected(reason="您取消了登录" if params.get("error") == "access_denied" else "对方拒绝了请求")
    try:
        claims = _exchange(provider, params["code"], note, callback)
    except (JoseError, OAuthError, ValueError) as error:
        audit.record("login.failed", actor=Actor(account_id=None, name="访客", ip=ip), object_type="oidc", result="refused")
        raise ProviderRejected(reason="身份凭证不合格") from error
    return _account(provider, claims, ip)


def _provider() -> Provider:
    provider = load()
    if provider is None:
        raise ProviderUnavailable("没有配置统一身份认证，请用密码或短信登录。")
    return provider


def _client(provider: Provider, callback: str) -> OAuth2Client:
    return OAuth2Client(
        provider.client_id,
        provider.client_secret,
        scope=provider.scope,
        redirect_uri=callback,
        code_challenge_method="S256",
        timeout=provider.timeout,
    )


def _discovery(provider: Provider) -> dict[str, Any]:
    document = _get(provider, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if document.get("issuer") != provider.issuer:
        raise ProviderUnavailable("统一身份认证的签发者与配置不一致，请系统管理员核对。")
    return document


def _get(provider: Provider, url: str, **headers: str) -> dict[str, Any]:
    try:
        response = httpx.get(url, headers=headers, timeout=provider.timeout)
        response.raise_for_status()
        body: dict[str, Any] = response.json()
    except (httpx.HTTPError, ValueError) as error:
        adapters.failed(KEY, f"{url} 取不到：{type(error).__name__}")
        raise ProviderUnavailable from error
    return body


def _exchange(provider: Provider, code: str, note: dict[str, Any], callback: str) -> dict[str, Any]:
    """授权码换令牌并核对；返回合并了 userinfo 的声明。"""
    document = _discovery(provider)
    with _client(provider, callback) as client:
        try:
            tokens = client.fetch_token(document["token_endpoint"], code=code, code_verifier=note["verifier"])
        except httpx.HTTPError as error:
            raise ProviderUnavailable from error
    keys = KeySet.import_key_set(_get(provider, document["jwks_uri"]))  # type: ignore[arg-type]
    claims = dict(jwt.decode(tokens["id_token"], keys, algorithms=_ALGORITHMS).claims)
    jwt.JWTClaimsRegistry(
        leeway=30,
        iss={"essential": True, "value": provider.issuer},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": note["nonce"]},
    ).validate(claims)
    audience = claims.get("aud")
    if provider.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise ValueError("aud")
    if "userinfo_endpoint" in document:
        extra = _get(provider, document["userinfo_endpoint"], Authorization=f"Bearer {tokens['access_token']}")
        if extra.get("sub") != claims["sub"]:
            raise ValueError("sub")
        claims |= extra
    return claims


def _account(provider: Provider, claims: dict[str, Any], ip: str) -> Account:
    with transaction.atomic():
        account = _bound(provider, claims) or _bind(provider, claims, ip)
        if not account.is_active:
            raise ProviderRejected(reason="本地账号已停用")
        level = provider.level(claims)
        actor = Actor(account_id=account.pk, name=account.name, username=account.username, ip=ip)
        realname.accept_external(account.pk, level, actor=actor, note=provider.issuer)
    adapters.succeeded(KEY)
    account.refresh_from_db()
    return account


def _bound(provider: Provider, claims: dict[str, Any]) -> Account | None:
    row = ExternalIdentity.objects.select_related("account").filter(issuer=provider.issuer, subject=claims["sub"]).first()
    return row.account if row else None


def _bind(provider: Provider, claims: dict[str, Any], ip: str) -> Account:
    """首次登录：证件号已有账号就绑定，否则建号。只认核验过证件（等级 ≥ 1）的外部身份，防止拿自填的证件号接管别人的账号。"""
    id_no, name = str(claims.get(provider.claim_id_no, "")).upper(), str(claims.get(provider.claim_name, ""))
    if not id_no or not name:
        raise ProviderRejected(reason="对方没有提供姓名与证件号")
    if provider.level(claims) < 1:
        raise ProviderRejected(reason="您在统一身份认证还没有实名")
    person = Person.objects.select_related("account").filter(id_type="111", id_index=blind_index(id_no)).first()
    if person and person.account.realname_level < 1:
        # 有人用自填的这个证件号先注册过：本人核验后来了，账号归本人，先前那个人的密码、手机、会话、令牌一律作废。
        services.disown(person.account, ip=ip)
    account = person.account if person else _create(provider, claims, name, id_no)
    ExternalIdentity.objects.create(account=account, issuer=provider.issuer, subject=claims["sub"])
    actor = Actor(account_id=account.pk, name=account.name, username=account.username, ip=ip)
    audit.record("oidc.bind", actor=actor, object_type="account", object_id=str(account.pk), detail={"issuer": provider.issuer})
    return account


def _create(provider: Provider, claims: dict[str, Any], name: str, id_no: str) -> Account:
    mobile = str(claims.get(provider.claim_mobile, "")).removeprefix("+86")
    if mobile and Account.objects.filter(kind=Kind.PERSON, mobile_index=blind_index(mobile)).exists():
        mobile = ""
    try:
        return services.create_person(f"u{secrets.token_hex(6)}", None, name, id_no, mobile, actor=SYSTEM)
    except Refused as refusal:
        raise ProviderRejected(reason=refusal.text) from refusal
