"""持证人看自己的：证照、谁用过、给出的授权、申报时能选用的。"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from shilong.foundation.documents.ofd import preview
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.pages import Page, paginate
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor
from shilong.service.catalog.views import MaterialView
from shilong.service.licences import copies, permissions, store
from shilong.service.licences.models import Grant, LicenceUse
from shilong.service.licences.rules.states import ISSUED, LIVE, State
from shilong.service.licences.selectors.rows import LicenceRow, LicenceView, row_of, view_of
from shilong.service.licences.usage import ACTIONS, BASES

MOST = 200


@dataclass(frozen=True, slots=True)
class UseRow:
    """谁用过我的证照。"""

    licence: str
    number: str
    who: str
    action: str
    cause: str
    basis: str
    at: datetime
    denied: bool


@dataclass(frozen=True, slots=True)
class GrantRow:
    """给出的一份授权。"""

    uid: str
    licence: str
    department: str
    purpose: str
    used: int
    max_uses: int
    expires_at: datetime
    state: str
    usable: bool

    @property
    def left(self) -> int:
        """还剩几次。"""
        return self.max_uses - self.used


def mine(actor: Actor) -> list[LicenceRow]:
    """我的证照：有效的在前，其余按颁发日期；待签发的不列。"""
    rows = permissions.mine(actor).filter(state__in=sorted(ISSUED)).order_by("-issue_date", "-pk")[:MOST]
    found = [row_of(one, plain=True) for one in rows]
    return sorted(found, key=lambda one: one.state not in LIVE)


def licence(uid: UUID | str, actor: Actor) -> LicenceView:
    """我的一张。异常：OthersLicence。"""
    return view_of(permissions.owned(uid, actor), plain=True)


def file(uid: UUID | str, kind: str, actor: Actor) -> tuple[LicenceRow, bytes]:
    """我的一张的文件，`kind` 是 ofd 或 pdf。异常：OthersLicence、NotElectronic、FileBroken。"""
    row = permissions.owned(uid, actor)
    return row_of(row, plain=True), copies.load(row, kind)


def picture(uid: UUID | str, actor: Actor, dpi: int = 110) -> bytes:
    """我的一张的图。异常：同 `file`。"""
    return preview.render_png(store.load(permissions.owned(uid, actor), "ofd"), dpi=dpi)


def uses(actor: Actor, uid: UUID | str | None = None, page: int = 1, size: int = 20) -> Page[UseRow]:
    """谁用过我的证照，最近的在前；给出 `uid` 只看这一张。"""
    rows = (
        LicenceUse.objects.filter(licence=permissions.owned(uid, actor))
        if uid
        else LicenceUse.objects.filter(holder_index=permissions.holder_index(actor), licence__in=permissions.mine(actor))
    )
    return paginate(rows.select_related("licence").order_by("-at", "-pk"), page, size, use_row)


def grants(actor: Actor) -> list[GrantRow]:
    """我给出的授权，最近的在前。"""
    rows = Grant.objects.filter(licence__in=permissions.mine(actor)).select_related("licence").order_by("-created_at")[:MOST]
    return [_grant(one) for one in rows]


def reusable(profile: ApplicantProfile, materials: Iterable[MaterialView], actor: Actor) -> dict[str, list[LicenceRow]]:
    """申报时各份材料能直接选用的证照 {材料编码: 证照}：申请人自己的、有效的、名称对得上的。

    参数：
        profile: 申请人；须是操作人自己或其正代办的单位，窗口代填没有。
    """
    index = permissions.holder_index(actor)
    if not index or blind_index(profile.id_no) != index:
        return {}
    rows = permissions.mine(actor).filter(state=State.VALID).exclude(ofd_digest="").order_by("-issue_date")[:MOST]
    held = [row_of(one, plain=True) for one in rows]
    return {one.code: found for one in materials if (found := [row for row in held if row.name in names_of(one)])}


def names_of(material: MaterialView) -> set[str]:
    """能用作这份材料的证照名称。"""
    return {*material.share_source.split("/"), material.name} - {""}


def use_row(one: LicenceUse) -> UseRow:
    return UseRow(
        licence=one.licence.name,
        number=one.licence.number,
        who=f"{one.department_name} {one.user_name}".strip() if one.basis != "owner" else one.user_name,
        action=ACTIONS.get(one.action, one.action),
        cause=one.cause,
        basis=BASES.get(one.basis, one.basis),
        at=one.at,
        denied=one.result != "ok",
    )


def _grant(one: Grant) -> GrantRow:
    state = (
        "已撤回" if one.revoked_at else "已过期" if one.expires_at <= timezone.now() else "已用完" if one.used >= one.max_uses else "有效"
    )
    return GrantRow(
        str(one.uid), one.licence.name, one.department_name, one.purpose, one.used, one.max_uses, one.expires_at, state, state == "有效"
    )


__all__ = ["GrantRow", "UseRow", "file", "grants", "licence", "mine", "names_of", "picture", "reusable", "uses"]
