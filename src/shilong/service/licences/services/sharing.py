"""共享调用（GB/T 36906—2018）：有事由、有依据才给，只给最小字段，次次留痕，拒绝的也留痕。"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Invalid, NotFound
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, require
from shilong.service.catalog import selectors as catalog
from shilong.service.licences import basis, journal, permissions, usage
from shilong.service.licences.copies import verify_url
from shilong.service.licences.faces import pdf, values
from shilong.service.licences.models import Grant, Licence
from shilong.service.licences.refusals import CauseMissing, GrantUnusable, LicenceNotFound, NoBasis, OthersLicence
from shilong.service.licences.rules import identifiers, validity
from shilong.service.licences.rules.states import ISSUED, LIVE, STATE_NAMES, State

MINIMAL = ("ZZMC", "ZZLXDM", "ZZBH", "ZZBS", "ZZBFJG", "ZZBFRQ", "CZZT", "ZZYXQJZRQ")  # 查询默认只给这些
MAX_CAUSE, MAX_USES, MAX_DAYS, COPY_DAYS = 200, 20, 365, 30


def grant(uid: UUID | str, *, department: str, purpose: str, max_uses: int, days: int, actor: Actor, keys: Sequence[str] = ()) -> Grant:
    """持证人授权一个部门用自己的证照；代单位办事的经办人给出的是委托授权。

    参数：
        purpose: 用途，200 字以内。max_uses: 次数 1–20。days: 有效天数 1–365。
        keys: 除最小字段外还允许看的照面项代码。

    异常：
        OthersLicence: 不是自己的。Invalid: 填写不合规。
    """
    row = permissions.owned(uid, actor)
    why = clean_cause(purpose)
    if not 1 <= max_uses <= MAX_USES or not 1 <= days <= MAX_DAYS:
        raise Invalid(f"次数应在 1 到 {MAX_USES} 次之间，有效期应在 1 到 {MAX_DAYS} 天之间。")
    if row.state not in LIVE:
        raise Invalid("这张证照现在不是有效状态，不能授权。")
    target = organizations.department(department)
    known = {one["key"] for one in row.type.fields}
    now = timezone.now()
    return Grant.objects.create(
        licence=row,
        mode=Grant.Mode.AGENT if actor.agent_for else Grant.Mode.SELF,
        department=target.key,
        department_name=target.name,
        purpose=why,
        keys=[key for key in keys if key in known],
        max_uses=max_uses,
        expires_at=now + timedelta(days=days),
        granted_by_id=actor.account_id or 0,
        granted_by=actor.name,
        created_at=now,
    )


def revoke_grant(uid: UUID | str, *, actor: Actor) -> None:
    """撤回授权，立即生效。异常：OthersLicence。"""
    found = Grant.objects.filter(uid=uid, licence__in=permissions.mine(actor)).first()
    if found is None:
        raise OthersLicence("没有找到这份授权，或不是您给出的。")
    Grant.objects.filter(pk=found.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def query(
    *,
    holder_code: str,
    use_cause: str,
    actor: Actor,
    type_code: str = "",
    number: str = "",
    case_no: str = "",
    grant_uid: str = "",
    channel: str = "web",
) -> list[dict[str, str]]:
    """按持证主体查证照，只给最小字段（授权里另许的除外）。

    参数：
        holder_code: 持证主体代码。type_code、number: 再缩小范围。
        use_cause: 用证事由，必填，200 字以内。
        case_no: 要用到它的办件（事项授权）；grant_uid: 持证人给的授权编号。两者给一个。

    异常：
        CauseMissing、NotAllowed；NoBasis、GrantUnusable: 没有依据（也留痕）。
    """
    require(actor, *permissions.USERS)
    cause = clean_cause(use_cause)
    rows = Licence.objects.filter(holder_index=blind_index(holder_code), state__in=sorted(ISSUED))
    if type_code:
        rows = rows.filter(type_code=type_code.strip().upper())
    if number:
        rows = rows.filter(number=number.strip())
    found, refusal = [], None
    for uid in rows.order_by("-issue_date").values_list("uid", flat=True)[:50]:
        try:
            found.append(_use(uid, "query", cause, actor, case_no, grant_uid, channel))
        except (NoBasis, GrantUnusable) as error:
            refusal = error
    if refusal is not None and not found:
        raise refusal
    return [_shown(row, keys) for row, keys in found]


def fetch(
    identifier: str, *, use_cause: str, actor: Actor, case_no: str = "", grant_uid: str = "", channel: str = "web"
) -> tuple[Licence, bytes]:
    """下载加注件（PDF）：水印写明“仅用于××”与有效期，照面与原件一样但不带章。

    异常：
        同 `query`；LicenceNotFound: 没有这张证照。
    """
    require(actor, *permissions.USERS)
    cause = clean_cause(use_cause)
    row = by_identifier(identifier)
    used, _ = _use(row.uid, "fetch", cause, actor, case_no, grant_uid, channel)
    return used, annotated(used, cause)


def annotated(row: Licence, purpose: str) -> bytes:
    """加注件 PDF。二维码扫不出验真结果（码只在原件上），写明它只是加注件。"""
    until = timezone.localdate() + timedelta(days=COPY_DAYS)
    note = f"仅用于{purpose[:24]} 至{validity.chinese(until)}"
    return pdf.compose(row.type.template, values.of(row), verify_url=verify_url("COPY"), at=timezone.now(), note=note)


def by_identifier(identifier: str) -> Licence:
    """按标识取。异常：BadIdentifier、LicenceNotFound。"""
    row = Licence.objects.select_related("type").filter(identifier=str(identifiers.parse(identifier)), state__in=sorted(ISSUED)).first()
    if row is None:
        raise LicenceNotFound
    return row


def _use(
    uid: UUID | str, action: str, cause: str, actor: Actor, case_no: str, grant_uid: str, channel: str
) -> tuple[Licence, Sequence[str]]:
    """判依据、扣次数、留痕，同一事务；被拒绝的另记一笔。"""
    try:
        with transaction.atomic():
            row = journal.lock(uid)
            ground, item_code, keys = _basis(row, actor, case_no, grant_uid)
            _log(row, usage.Usage(action, cause, ground, case_no, item_code, grant_uid, channel), actor)
        return row, keys
    except (NoBasis, GrantUnusable):
        with transaction.atomic():
            _log(journal.lock(uid), usage.Usage(action, cause, "none", case_no[:50], "", grant_uid[:36], channel, "denied"), actor)
        raise


def _basis(row: Licence, actor: Actor, case_no: str, grant_uid: str) -> tuple[str, str, Sequence[str]]:
    if case_no:
        return "item", _needed_by(row, actor, case_no), [one["key"] for one in row.type.fields]
    if grant_uid:
        found = spend(row, actor, grant_uid)
        return found.mode, "", found.keys
    raise NoBasis


def _needed_by(row: Licence, actor: Actor, case_no: str) -> str:
    """这件办件是不是持证人自己的、要不要这种证照。返回事项编码。"""
    view = basis.of_case(case_no, row.holder_index, actor)
    item = catalog.item(view.item_code, view.item_version)
    if not any(row.name in {*one.share_source.split("/"), one.name} for one in item.materials):
        raise NoBasis("这件办件的材料清单里没有这种证照，不能凭它调用。")
    return view.item_code


def spend(row: Licence, actor: Actor, grant_uid: str) -> Grant:
    """用掉授权的一次。异常：GrantUnusable。"""
    found = Grant.objects.filter(uid=_uuid(grant_uid), licence=row).first()
    if found is None or found.department != actor.department:
        raise GrantUnusable(detail="不是给本部门、这张证照的")
    if found.revoked_at:
        raise GrantUnusable(detail="持证人已经撤回")
    if found.expires_at <= timezone.now():
        raise GrantUnusable(detail="已经过期")
    if not Grant.objects.filter(pk=found.pk, used__lt=F("max_uses")).update(used=F("used") + 1):
        raise GrantUnusable(detail="次数已经用完")
    return found


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise GrantUnusable(detail="授权编号写错了") from error


def _log(row: Licence, used: usage.Usage, actor: Actor) -> None:
    usage.record(row, used, actor, department_name=department_name(actor))


def department_name(actor: Actor) -> str:
    """操作人所在部门的名称；没有部门为空。"""
    try:
        return organizations.department(actor.department).name if actor.department else ""
    except NotFound:
        return ""


def _shown(row: Licence, keys: Sequence[str]) -> dict[str, str]:
    everything = values.metadata(row)
    wanted: Mapping[str, Any] = {key: everything.get(key, "") for key in (*MINIMAL, *keys)}
    return {**wanted, "state": row.state, "state_name": STATE_NAMES[State(row.state)]}


def clean_cause(text: str) -> str:
    """用证事由，去掉首尾空白。异常：CauseMissing。"""
    clean = text.replace("\x00", "").strip()
    if not clean or len(clean) > MAX_CAUSE:
        raise CauseMissing(fields={"use_cause": f"必填，不超过 {MAX_CAUSE} 字"})
    return clean


__all__ = ["annotated", "by_identifier", "clean_cause", "department_name", "fetch", "grant", "query", "revoke_grant", "spend"]
