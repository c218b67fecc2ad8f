"""创建账号。群众自己注册；工作人员账号由系统管理员创建、角色由安全管理员授予（三员分立）。"""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks, tables
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Invalid, NotAllowed, Refused
from shilong.identity.accounts import passwords, rules
from shilong.identity.accounts.models import Account, Enterprise, Kind, Person
from shilong.identity.accounts.refusals import AlreadyRegistered, UsernameTaken
from shilong.identity.accounts.services.signin import consume_code, match_code
from shilong.identity.organizations import services as organizations
from shilong.identity.roles import services as roles_service
from shilong.identity.roles.actor import EXCLUSIVE_ADMINS, SYSTEM, Actor, Role, Scope, require

# 能注册成单位的服务对象（standards §1.4）：除自然人以外。
CORPORATE_KINDS = frozenset(tables.SERVER_TYPE.entries) - {"1"}


def create_person(
    username: str,
    password: str | None,
    name: str,
    id_no: str,
    mobile: str,
    level: int = 0,
    *,
    id_type: str = "111",
    address: str = "",
    actor: Actor = SYSTEM,
) -> Account:
    """建自然人账号。`level` 是实名等级 0–4（standards §6.1），只应由核验过的来源给出。

    `password` 为 None 表示只能用统一认证或短信登录；`mobile` 可为空。

    异常：
        InvalidCode: 姓名、证件号、手机号不合规则。
        AlreadyRegistered: 证件或手机号已有账号。
        UsernameTaken / WeakPassword: 登录名被占用、密码不合策略。
    """
    name = checks.check_person_name(name)
    number = checks.check_idcard(id_no) if id_type == "111" else id_no.strip().upper()
    mobile = checks.check_mobile(mobile) if mobile else ""
    index = blind_index(number)
    if Person.objects.filter(id_type=id_type, id_index=index).exists():
        raise AlreadyRegistered(what="这个证件号")
    if mobile and Account.objects.filter(kind=Kind.PERSON, mobile_index=blind_index(mobile)).exists():
        raise AlreadyRegistered(what="这个手机号")
    with transaction.atomic():
        account = _account(username, password, name, Kind.PERSON, mobile, level)
        Person.objects.create(account=account, id_type=id_type, id_no=number, id_index=index, address=address)
        _recorded(account, actor)
    return account


def create_enterprise(
    username: str,
    password: str,
    name: str,
    uscc: str,
    legal_name: str,
    legal_id_no: str,
    mobile: str,
    kind: str = "2",
    *,
    level: int = 0,
    address: str = "",
    actor: Actor = SYSTEM,
) -> Account:
    """建法人账号。`kind` 是服务对象码（2 企业法人、3 事业法人、4 社会组织法人……），异常同 `create_person`。"""
    name = checks.check_corp_name(name)
    code = checks.check_uscc(uscc)
    legal_name = checks.check_person_name(legal_name)
    legal_number = checks.check_idcard(legal_id_no)
    mobile = checks.check_mobile(mobile)
    if Enterprise.objects.filter(uscc=code).exists():
        raise AlreadyRegistered(what="这个统一社会信用代码")
    with transaction.atomic():
        account = _account(username, password, name, Kind.ENTERPRISE, mobile, level)
        Enterprise.objects.create(
            account=account,
            server_type=kind,
            uscc=code,
            legal_name=legal_name,
            legal_id_no=legal_number,
            legal_id_index=blind_index(legal_number),
            address=address,
        )
        _recorded(account, actor)
    return account


def create_staff(
    username: str,
    password: str,
    name: str,
    department: str,
    roles: Iterable[Role] = (),
    scope: Scope = Scope.DEPARTMENT,
    position: str = "",
    window: str = "",
    *,
    mobile: str = "",
    actor: Actor,
) -> Account:
    """建工作人员账号，首次登录须改密。由系统管理员执行，且不能顺手授予角色——授予归安全管理员。

    `actor` 为 `SYSTEM`（安装、演示数据）时可以一并给出角色。

    异常：
        NotAllowed: 不是系统管理员，或系统管理员试图授予角色、扩大数据范围。
    """
    require(actor, Role.SYSADMIN, Role.SYSTEM)
    wanted = list(roles)
    if wanted and not actor.has(Role.SYSTEM):
        raise NotAllowed("角色由安全管理员授予：请先建账号，再请安全管理员授权。")
    if scope is Scope.DISTRICT and not actor.has(Role.SYSTEM):
        raise NotAllowed("全区数据范围由安全管理员授予。")
    name = checks.check_person_name(name)
    mobile = checks.check_mobile(mobile) if mobile else ""
    with transaction.atomic():
        account = _account(username, password, name, Kind.STAFF, mobile, 0)
        if not actor.has(Role.SYSTEM):
            account.must_change_password = True
            account.save(update_fields=["must_change_password"])
        organizations.assign(account.pk, department, scope=scope, position=position, window=window)
        for role in wanted:
            roles_service.grant(account.pk, role, actor=actor)
        _recorded(account, actor)
    return account


def create_demo(username: str, password: str, *, kind: str, **profile: object) -> Account:
    """建演示账号：`kind` 为 person/enterprise/staff，其余参数同对应的 create_*；标记 is_demo，不强制改密。

    已存在时返回原账号（演示数据可重复执行）。
    """
    existing = Account.objects.filter(username=rules.clean_username(username)).first()
    if existing is not None:
        return existing
    makers = {Kind.PERSON: create_person, Kind.ENTERPRISE: create_enterprise, Kind.STAFF: create_staff}
    with transaction.atomic():
        account: Account = makers[Kind(kind)](username, password, actor=SYSTEM, **profile)  # type: ignore[operator]
        account.is_demo = True
        account.save(update_fields=["is_demo"])
    return account


def register_person(username: str, password: str, name: str, id_no: str, mobile: str, code: str, *, ip: str) -> Account:
    """群众自助注册：手机号须经短信验证；实名等级从 0 起，核验后才提升。"""
    mobile = checks.check_mobile(mobile)
    row = match_code(mobile, code, purpose="register")
    with transaction.atomic():
        account = create_person(username, password, name, id_no, mobile, 0, actor=Actor(account_id=None, name=name, ip=ip))
        consume_code(row)
    return account


def register_enterprise(
    username: str,
    password: str,
    name: str,
    uscc: str,
    legal_name: str,
    legal_id_no: str,
    mobile: str,
    code: str,
    kind: str = "2",
    *,
    ip: str,
) -> Account:
    """单位自助注册：手机号须经短信验证；实名等级从 0 起，核验后才能网上申报。`kind` 是服务对象码。

    异常：
        Invalid: 服务对象不是单位。其余同 `create_enterprise` 与 `match_code`。
    """
    if kind not in CORPORATE_KINDS:
        raise Invalid("请选择单位类型。", fields={"kind": "请选择单位类型"})
    mobile = checks.check_mobile(mobile)
    row = match_code(mobile, code, purpose="register")
    visitor = Actor(account_id=None, name=name.strip()[:50], ip=ip)
    with transaction.atomic():
        account = create_enterprise(username, password, name, uscc, legal_name, legal_id_no, mobile, kind, actor=visitor)
        consume_code(row)
    return account


def bootstrap_admin(username: str, password: str, name: str, role: Role, department: str) -> Account:
    """安装时建首任三员之一；已有在任者时拒绝，之后只能走正常的创建与授权。"""
    if role not in EXCLUSIVE_ADMINS:
        raise Refused("首任管理员只能是系统管理员、安全管理员或审计员。")
    if roles_service.holders(role):
        raise Refused("这个管理员角色已有人在任，请由现任者按流程创建与授权。")
    with transaction.atomic():
        account = create_staff(username, password, name, department, [role], Scope.DISTRICT, actor=SYSTEM)
        account.must_change_password = True
        account.save(update_fields=["must_change_password"])
    return account


def _account(username: str, password: str | None, name: str, kind: str, mobile: str, level: int) -> Account:
    account = Account(
        username=rules.clean_username(username),
        name=name.strip(),
        name_index=blind_index(name.strip()),
        kind=kind,
        mobile=mobile,
        mobile_index=blind_index(mobile) if mobile else "",
        realname_level=level,
    )
    if password is not None:
        passwords.check(password, account)
    account.set_password(password)
    if Account.objects.filter(username=account.username).exists():
        raise UsernameTaken(fields={"username": UsernameTaken.message})
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:  # 两个人同时注册同一个登录名或手机号
        raise UsernameTaken("登录名或手机号刚刚被别人注册，请换一个。") from error
    if password is not None:
        passwords.remember(account)
    return account


def _recorded(account: Account, actor: Actor) -> None:
    audit.record("account.create", actor=actor, object_type="account", object_id=str(account.pk), detail={"kind": account.kind})
