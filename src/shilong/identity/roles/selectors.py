"""读角色授予。"""

from dataclasses import dataclass
from datetime import datetime

from shilong.identity.roles.actor import ROLE_NAMES, Role
from shilong.identity.roles.models import Grant


@dataclass(frozen=True, slots=True)
class GrantView:
    """一次授予；`revoked_at` 为空是现任。"""

    account_id: int
    role: Role
    role_name: str
    granted_by: str
    granted_at: datetime
    revoked_by: str
    revoked_at: datetime | None
    reason: str


def history(account_id: int) -> list[GrantView]:
    """某账号的授予履历，含已撤销。"""
    rows = Grant.objects.filter(account_id=account_id).select_related("granted_by", "revoked_by").order_by("-granted_at")
    return [_view(row) for row in rows]


def roles_of(account_ids: list[int]) -> dict[int, list[Role]]:
    """一批账号的现任角色（列表页用，一次查询）。"""
    found: dict[int, list[Role]] = {key: [] for key in account_ids}
    known = [key for key in account_ids if key < 2**63]  # 网址里的数字可以任意长
    for account_id, role in Grant.objects.filter(account_id__in=known, revoked_at=None).values_list("account_id", "role"):
        found[account_id].append(Role(role))
    return found


def _view(row: Grant) -> GrantView:
    return GrantView(
        account_id=row.account_id,
        role=Role(row.role),
        role_name=ROLE_NAMES[Role(row.role)],
        granted_by=row.granted_by.name if row.granted_by else "系统",
        granted_at=row.granted_at,
        revoked_by=row.revoked_by.name if row.revoked_by else "",
        revoked_at=row.revoked_at,
        reason=row.reason,
    )
