"""读账号：谁在操作、申请人档案、列表。"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import FilteredRelation, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from shilong.foundation.gm import sm3
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import NotFound
from shilong.identity.accounts import sessions
from shilong.identity.accounts.models import Account, Agency, Kind, Token
from shilong.identity.accounts.network import client_ip
from shilong.identity.accounts.refusals import OutsideAgency
from shilong.identity.roles.actor import ANONYMOUS, EXCLUSIVE_ADMINS, Actor, Role, Scope

VERIFIED = 1  # 实名等级：证件核验过（standards §6.1）
_COLUMNS = (
    "id",
    "name",
    "username",
    "kind",
    "password",
    "realname_level",
    "person__id_type",
    "person__id_index",
    "staff__scope",
    "staff__window",
    "staff__department__key",
    "granted__role",
)


@dataclass(frozen=True, slots=True)
class ApplicantProfile:
    """申请人档案。`kind` 是服务对象码：1 自然人，2 企业法人，3 事业法人……；证件类型 111 居民身份证、001 统一社会信用代码。"""

    kind: str
    name: str
    id_type: str
    id_no: str
    mobile: str = ""
    legal_name: str = ""
    legal_id_no: str = ""
    address: str = ""
    account_id: int | None = None
    realname_level: int = 0


def actor_of(request: HttpRequest) -> Actor:
    """这次请求是谁在操作：会话登录或 `Authorization: Bearer`；停用账号、失效会话、失效令牌视为匿名。

    令牌只认请求头，不认查询串（查询串会进访问日志）。
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _bearer(token.strip(), client_ip(request))
    account_id = request.session.get(SESSION_KEY)
    if account_id is None:
        return replace(ANONYMOUS, ip=client_ip(request))
    rows = _rows(Q(pk=account_id))
    actor = _actor(rows, client_ip(request))
    if actor is None or not _session_fresh(request, rows[0]["password"]):
        return replace(ANONYMOUS, ip=client_ip(request))
    sessions.touch(request)
    principal = request.session.get(sessions.AGENT_FOR)
    agency = agency_of(principal, rows[0]) if principal else None
    return replace(actor, agent_for=principal, agent_scope=tuple(agency.scope)) if agency else actor


def actor_for(account_id: int, ip: str = "") -> Actor:
    """按账号主键取操作人（后台作业、测试用）；停用或不存在时 `NotFound`。"""
    actor = _actor(_rows(Q(pk=account_id)), ip)
    if actor is None:
        raise NotFound("账号不存在或已停用。")
    return actor


def actor_on_behalf(account_id: int, agent_for: int | None, ip: str = "") -> Actor:
    """按账号主键取操作人，并回到他正在代办的单位；授权已撤销、过期的不再代。停用或不存在时 `NotFound`。"""
    actor = actor_for(account_id, ip)
    if agent_for is None:
        return actor
    person = Account.objects.filter(pk=account_id).values("person__id_index", "realname_level").first()
    agency = agency_of(agent_for, person) if person else None
    if agency is None:
        raise NotFound("代办授权已经失效，请重新登录。")
    return replace(actor, agent_for=agent_for, agent_scope=tuple(agency.scope))


def applicant(account_id: int) -> ApplicantProfile:
    """申请人档案（明文，仅供办件快照与预填；显示时由页面脱敏）。工作人员账号没有档案，`NotFound`。"""
    account = Account.objects.select_related("person", "enterprise").filter(pk=account_id).first()
    if account is not None and account.kind == Kind.PERSON:
        person = account.person
        return ApplicantProfile(
            kind="1",
            name=account.name,
            id_type=person.id_type,
            id_no=person.id_no,
            mobile=account.mobile,
            address=person.address,
            account_id=account.pk,
            realname_level=account.realname_level,
        )
    if account is not None and account.kind == Kind.ENTERPRISE:
        firm = account.enterprise
        return ApplicantProfile(
            kind=firm.server_type,
            name=account.name,
            id_type="001",
            id_no=firm.uscc,
            mobile=account.mobile,
            legal_name=firm.legal_name,
            legal_id_no=firm.legal_id_no,
            address=firm.address,
            account_id=account.pk,
            realname_level=account.realname_level,
        )
    raise NotFound("没有找到申请人档案。工作人员账号不能作为申请人，请用个人或法人账号。")


def account_by_id_no(id_type: str, id_no: str) -> int | None:
    """按证件找账号主键（窗口代填时把办件归到本人名下）；没有注册过返回 None。"""
    if id_type == "001":
        return Account.objects.filter(enterprise__uscc=id_no.upper()).values_list("pk", flat=True).first()
    # 没核验过的证件号是自填的：不能凭它把别人的办件归到自己名下。
    found = Account.objects.filter(person__id_type=id_type, person__id_index=blind_index(id_no.upper()), realname_level__gte=VERIFIED)
    return found.values_list("pk", flat=True).first()


def has_demo_accounts() -> bool:
    """是否存在启用的演示账号。生产模式启动时据此拒绝启动。"""
    return Account.objects.filter(is_demo=True, is_active=True).exists()


def agent_may(actor: Actor, item_code: str, department: str = "") -> bool:
    """代理法人办这个事项是否在授权范围内；不是代理时恒为真。"""
    if actor.agent_for is None:
        return True
    person = Account.objects.filter(pk=actor.account_id or 0).values("person__id_index", "realname_level").first()
    agency = agency_of(actor.agent_for, person) if person else None
    return agency is not None and covers(agency.scope, item_code, department)


def require_agent_may(actor: Actor, item_code: str, department: str, item_name: str) -> None:
    """代理法人时，要求事项在现行有效的授权范围内。写入前调用，直接问库，不凭请求开始时取的范围。异常：`OutsideAgency`。"""
    if not agent_may(actor, item_code, department):
        raise OutsideAgency(item=item_name)


def covers(scope: Collection[str], item_code: str, department: str = "") -> bool:
    """授权范围是否包含某事项：空范围是全部事项；范围元素是部门键或业务办理项编码。"""
    return not scope or item_code in scope or bool(department and department in scope)


def principals(account_id: int) -> list[tuple[int, str]]:
    """这个人现在可以代理哪些法人：[(法人账号主键, 名称)]。"""
    index = Account.objects.filter(pk=account_id, realname_level__gte=VERIFIED).values_list("person__id_index", flat=True).first()
    if not index:
        return []
    active = active_agencies().filter(agent_index=index, enterprise__is_active=True).select_related("enterprise")
    return [(agency.enterprise_id, agency.enterprise.name) for agency in active]


def active_agencies() -> QuerySet[Agency]:
    """现在有效的授权：未撤销、在期限内（起止当日都算）。"""
    today = timezone.localdate()
    return Agency.objects.filter(revoked_at=None, valid_from__lte=today, valid_until__gte=today)


def agencies(enterprise_id: int) -> QuerySet[Agency]:
    """法人给出的全部授权（含已撤销），新的在前。"""
    return Agency.objects.filter(enterprise_id=enterprise_id)


def _rows(condition: Q) -> list[dict[str, Any]]:
    """账号、任职、有效角色一次查出：每个有效角色一行，没有角色也有一行。"""
    query = Account.objects.filter(condition, is_active=True)
    query = query.annotate(granted=FilteredRelation("grants", condition=Q(grants__revoked_at=None)))
    return list(query.values(*_COLUMNS))


def _actor(rows: list[dict[str, Any]], ip: str) -> Actor | None:
    if not rows:
        return None
    row = rows[0]
    if row["kind"] == Kind.STAFF:
        roles = frozenset(Role(item["granted__role"]) for item in rows if item["granted__role"])
        # 数据库约束已保证互斥；万一约束被人为去掉，宁可两员都不给，也不让一人独揽。
        if len(roles & EXCLUSIVE_ADMINS) > 1:
            roles -= EXCLUSIVE_ADMINS
    else:
        roles = frozenset({Role.APPLICANT})
    return Actor(
        account_id=row["id"],
        name=row["name"],
        username=row["username"],
        roles=roles,
        department=row["staff__department__key"] or "",
        scope=Scope(row["staff__scope"]) if row["staff__scope"] else Scope.OWN,
        ip=ip,
        realname_level=row["realname_level"],
    )


def _bearer(token: str, ip: str) -> Actor:
    digest = sm3(token.encode()).hex() if token else ""
    valid = Token.objects.filter(digest=digest, revoked_at=None, expires_at__gt=timezone.now())
    actor = _actor(_rows(Q(pk__in=valid.values("account_id"))), ip) if token else None
    return actor or replace(ANONYMOUS, ip=ip)


def _session_fresh(request: HttpRequest, password: str) -> bool:
    """会话里的密码指纹是否仍与账号一致：改密后旧会话立即失效。"""
    expected = Account(password=password).get_session_auth_hash()
    return constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), expected)


def agency_of(enterprise_id: int, person: Mapping[str, Any]) -> Agency | None:
    index = person.get("person__id_index")
    if not index or person["realname_level"] < VERIFIED:
        return None  # 授权是给某个证件号的：自填而没核验过的证件号，不能当作被授权的人
    return active_agencies().filter(enterprise_id=enterprise_id, agent_index=index, enterprise__is_active=True).first()
