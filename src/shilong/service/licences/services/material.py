"""证照用作申请材料（免交）：群众选自己的，窗口凭持证人亮证、授权或到场代选；都放带水印的加注件，先验原件的章，次次留痕。"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.gm.fields import blind_index
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.catalog.views import ItemView, MaterialView
from shilong.service.licences import basis, journal, store, usage
from shilong.service.licences.models import Grant, Licence, ShowCode, UsedCopy
from shilong.service.licences.refusals import GrantUnusable, NoBasis, NotHeld, OthersLicence, SealBroken
from shilong.service.licences.rules.states import State
from shilong.service.licences.selectors.holder import names_of, reusable
from shilong.service.licences.services import sharing, showing
from shilong.service.seals import services as seals

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_Permit = Callable[[], tuple[Licence, str]]


@dataclass(frozen=True, slots=True)
class MaterialCopy:
    """一份要放进材料的加注件；存好文件后用 `keep_copy` 记下它从哪张证照来。"""

    name: str
    pdf: bytes = field(repr=False)
    uid: str
    basis: str
    checked: str


def copy_for_application(uid: object, profile: ApplicantProfile, material: MaterialView, item: ItemView, *, actor: Actor) -> MaterialCopy:
    """申报时选用自己的证照，记入用证日志。

    异常：
        OthersLicence: 不是申请人自己的、不是有效状态，或与这份材料对不上。SealBroken: 原件验章没有通过。
    """
    if str(uid) not in {one.uid for one in reusable(profile, [material], actor).get(material.code, [])}:
        raise OthersLicence("这张证照不能用作这份材料，请刷新后重选。")
    with transaction.atomic():
        row = journal.lock(str(uid))
        cause = f"申报“{item.name}”时选用"
        return _used(row, usage.Usage("reuse", cause[: sharing.MAX_CAUSE], "owner", item_code=item.code), item, actor)


def copy_at_counter(
    profile: ApplicantProfile, material: MaterialView, item: ItemView, *, actor: Actor, proof: str = "", present: bool = False
) -> MaterialCopy:
    """窗口代填时调用申请人的证照。

    参数：
        profile: 窗口登记的申请人；只取得到这个人的证照。
        proof: 持证人的亮证码（或扫出来的整条地址）、授权编号。
        present: 没有亮证时，持证人本人到场、窗口已核验证件原件。

    异常：
        NotAllowed: 不是窗口。NoBasis: 亮证、授权、到场一样都没有。
        NotHeld: 申请人没有这种有效证照。OthersLicence: 亮的、授权的不是申请人的，或与材料对不上。
        CodeUnusable、GrantUnusable、Guessing、SealBroken。
    """
    require(actor, Role.WINDOW)
    code = _token(proof)
    if _UUID.fullmatch(code.lower()):
        permit: _Permit = partial(_by_grant, code.lower(), actor)
    elif code:
        permit = partial(_by_code, showing.known(code, actor=actor), actor)
    elif present:
        basis.of_presence(actor)
        permit = partial(_by_presence, blind_index(profile.id_no), material)
    else:
        raise NoBasis("请扫持证人的亮证码或填授权编号；持证人本人到场的，核验证件原件后勾选再取。")
    with transaction.atomic():
        row, ground = permit()
        _require_fits(row, blind_index(profile.id_no), material)
        cause = f"窗口代填“{item.name}”"[: sharing.MAX_CAUSE]
        used = usage.Usage("reuse", cause, ground, item_code=item.code, grant_uid=code if ground in Grant.Mode else "", channel="window")
        return _used(row, used, item, actor)


def keep_copy(copy: MaterialCopy, file_id: UUID) -> None:
    """记下这个文件是哪张证照的加注件；同一文件只记一次。"""
    row = Licence.objects.get(uid=copy.uid)
    values = {"licence": row, "basis": copy.basis, "checked": copy.checked, "at": timezone.now()}
    UsedCopy.objects.get_or_create(file_id=file_id, defaults=values)


def _by_grant(uid: str, actor: Actor) -> tuple[Licence, str]:
    found = Grant.objects.filter(uid=uid).select_related("licence").first()
    if found is None:
        raise GrantUnusable(detail="没有这个授权编号")
    row = journal.lock(found.licence.uid)
    return row, sharing.spend(row, actor, uid).mode


def _by_code(found: ShowCode, actor: Actor) -> tuple[Licence, str]:
    return showing.take(found, actor=actor), "show"


def _by_presence(index: str, material: MaterialView) -> tuple[Licence, str]:
    rows = Licence.objects.filter(holder_index=index, name__in=names_of(material), state=State.VALID).exclude(ofd_digest="")
    found = rows.order_by("-issue_date", "-pk").first()
    if found is None:
        raise NotHeld(name=material.name)
    return journal.lock(found.uid), "present"


def _require_fits(row: Licence, index: str, material: MaterialView) -> None:
    """不合用的抛出，码与次数随事务退回。"""
    if row.holder_index != index:
        raise OthersLicence("出示的不是这位申请人的证照。请核对申请人，或请持证人重新亮证。")
    if row.name not in names_of(material) or row.state != State.VALID or not row.ofd_digest:
        raise OthersLicence(f"出示的“{row.name}”不能用作“{material.name}”，或现在不是有效状态。")


def _used(row: Licence, used: usage.Usage, item: ItemView, actor: Actor) -> MaterialCopy:
    """验原件的章、记用证日志、出加注件。须在事务里、已锁住。"""
    report = seals.verify(store.load(row, "ofd"))
    if not report.ok:
        raise SealBroken(name=row.name, detail=report.failures[0].name if report.failures else "没有印章")
    usage.record(row, used, actor, department_name=sharing.department_name(actor))
    checked = f"{len(report.seals)} 枚章、{len(report.checks)} 项检查全部通过"
    return MaterialCopy(f"{row.name}（加注件）.pdf", sharing.annotated(row, item.name), str(row.uid), used.basis, checked)


def _token(proof: str) -> str:
    """扫码枪给出的是整条地址，取最后一段；手工填的原样。"""
    text = proof.replace("\x00", "").strip().rstrip("/")
    return text.rsplit("/", 1)[-1][:100]


__all__ = ["MaterialCopy", "copy_at_counter", "copy_for_application", "keep_copy"]
