"""给人看的账号资料：一律先脱敏。"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import FilteredRelation, Q
from django.utils import timezone

from shilong.foundation.codes import masks
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.pages import Page, paginate
from shilong.foundation.refusals import NotFound
from shilong.identity.accounts import otp
from shilong.identity.accounts.models import Account, Agency, Enterprise, Kind, Person
from shilong.identity.accounts.selectors.core import agencies
from shilong.identity.roles.actor import Actor


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """账号资料，敏感项已脱敏。"""

    account_id: int
    username: str
    kind: str
    kind_name: str
    name: str
    masked_name: str
    id_label: str
    id_no: str
    legal_name: str
    mobile: str
    address: str
    realname_level: int
    is_active: bool
    is_demo: bool
    second_factor: bool
    must_change_password: bool
    password_changed_at: datetime
    created_at: datetime
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class AgencyView:
    """一份经办授权。"""

    id: int
    agent_name: str
    agent_id_no: str
    scope: str
    valid_from: date
    valid_until: date
    state: str
    tone: str
    revocable: bool
    stamped: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """授权书内容（双方自己看，不脱敏）。`stamped_file` 是盖章件的文件编号，`mine` 表示看的人就是授权单位。"""

    number: str
    enterprise: str
    uscc: str
    legal_name: str
    agent_name: str
    agent_id_no: str
    scope: str
    valid_from: date
    valid_until: date
    revoked_at: datetime | None
    id: int
    stamped_file: str
    mine: bool


def account(account_id: int) -> Account:
    """账号本身，只给登录步骤与凭据页面用。"""
    row = Account.objects.filter(pk=account_id).first()
    if row is None:
        raise NotFound("没有这个账号。")
    return row


def summary(account_id: int) -> AccountSummary:
    """一个账号的脱敏资料。"""
    row = Account.objects.select_related("person", "enterprise").filter(pk=account_id).first()
    if row is None:
        raise NotFound("没有这个账号。")
    return _summary(row, second_factor=otp.bound(row))


def search(*, q: str = "", kind: str = "", active: str = "", role: str = "", page: int = 1, size: int = 20) -> Page[AccountSummary]:
    """账号列表（系统管理用）：按登录名前缀，或完整姓名、手机号精确匹配（密文不能模糊查）。

    参数：
        role: 现任角色的值；`none` 是还没有任何角色的。
    """
    rows = Account.objects.select_related("person", "enterprise").order_by("-created_at", "-id")
    text = q.strip()
    if text:
        index = blind_index(text)
        rows = rows.filter(Q(username__startswith=text.lower()) | Q(name_index=index) | Q(mobile_index=index))
    if kind:
        rows = rows.filter(kind=kind)
    if active in ("1", "0"):
        rows = rows.filter(is_active=active == "1")
    if role:
        rows = rows.annotate(granted=FilteredRelation("grants", condition=Q(grants__revoked_at=None)))
        rows = rows.filter(granted=None) if role == "none" else rows.filter(granted__role=role)
    bound = set(otp.bound_ids())
    return paginate(rows, page, size, lambda row: _summary(row, second_factor=row.pk in bound))


def agency_views(enterprise_id: int, names: dict[str, str]) -> list[AgencyView]:
    """法人给出的授权，新的在前；`names` 是部门键到名称。"""
    return [_agency_view(row, names) for row in agencies(enterprise_id)]


def agency_letter(agency_id: int, *, actor: Actor, names: dict[str, str]) -> Letter:
    """授权书：只有授权的法人与被授权的本人能看。"""
    row = Agency.objects.select_related("enterprise__enterprise").filter(pk=agency_id).first()
    me = Account.objects.filter(pk=actor.account_id or 0).values_list("person__id_index", flat=True).first()
    if row is None or (row.enterprise_id != actor.account_id and row.agent_index != me):
        raise NotFound("没有找到这份授权。")
    firm = row.enterprise.enterprise
    return Letter(
        number=f"SQ{row.created_at:%Y%m%d}{row.pk:06d}",
        enterprise=row.enterprise.name,
        uscc=firm.uscc,
        legal_name=firm.legal_name,
        agent_name=row.agent_name,
        agent_id_no=row.agent_id_no,
        scope=_scope_text(row.scope, names),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        revoked_at=row.revoked_at,
        id=row.pk,
        stamped_file=str(row.letter_file or ""),
        mine=row.enterprise_id == actor.account_id,
    )


def _scope_text(scope: list[str], names: dict[str, str]) -> str:
    return "、".join(names.get(item, item) for item in scope) or "全部事项"


def _agency_view(row: Agency, names: dict[str, str]) -> AgencyView:
    if row.revoked_at:
        state, tone = "已撤销", ""
    elif row.valid_until < timezone.localdate():
        state, tone = "已到期", "o"
    else:
        state, tone = "有效", "g"
    return AgencyView(
        id=row.pk,
        agent_name=row.agent_name,
        agent_id_no=masks.mask_idno(row.agent_id_no),
        scope=_scope_text(row.scope, names),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=state,
        tone=tone,
        revocable=row.revoked_at is None,
        stamped=row.letter_file is not None,
    )


def _summary(row: Account, *, second_factor: bool) -> AccountSummary:
    person: Person | None = getattr(row, "person", None)
    firm: Enterprise | None = getattr(row, "enterprise", None)
    return AccountSummary(
        account_id=row.pk,
        username=row.username,
        kind=row.kind,
        kind_name=Kind(row.kind).label,
        name=row.name,
        masked_name=row.name if firm else masks.mask_name(row.name),
        id_label="统一社会信用代码" if firm else "身份证号",
        id_no=firm.uscc if firm else masks.mask_idno(person.id_no) if person else "",
        legal_name=masks.mask_name(firm.legal_name) if firm else "",
        mobile=masks.mask_mobile(row.mobile) if row.mobile else "",
        address=person.address if person else firm.address if firm else "",
        realname_level=row.realname_level,
        is_active=row.is_active,
        is_demo=row.is_demo,
        second_factor=second_factor,
        must_change_password=row.must_change_password,
        password_changed_at=row.password_changed_at,
        created_at=row.created_at,
        last_login=row.last_login,
    )
