"""用章授权：授权谁、哪类文书、期限、可否批量；撤销。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.seals import permissions, rules
from shilong.service.seals.models import Grant, Seal
from shilong.service.seals.refusals import (
    GrantNotFound,
    NotAuthorisedInBulk,
    NotAuthorisedToSeal,
    SealInvalid,
    SealNotFound,
    SelfGrant,
)
from shilong.service.seals.rules.lifecycle import MAX_REASON, MIN_REASON

MAX_DAYS = 366 * 3
SYSTEM_NAME = "系统自动签章"


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """授权的内容。

    属性：
        doc_types: `rules.DOC_TYPES` 的键；含 `*` 为全部文书。
        bulk: 可否批量签章，要单独勾。
        until: 止期；起期默认现在。
    """

    doc_types: Sequence[str]
    until: datetime
    since: datetime | None = None
    bulk: bool = False
    reason: str = ""
    document: str = ""


def grant(seal_no: str, account_id: int | None, terms: GrantTerms, *, actor: Actor) -> int:
    """授权一个账号用章，返回授权编号；`account_id` 为 None 是授权给系统自动签章（制证、出文书）。

    异常：
        NotAllowed: 不是本部门负责人或行政审批局。SelfGrant: 授权给自己。
        SealInvalid: 不是工作人员账号、文书种类或期限不对。
    """
    seal = Seal.objects.filter(seal_no=seal_no).first()
    if seal is None:
        raise SealNotFound
    permissions.require_manager(actor, seal.department)
    if account_id is not None and account_id == actor.account_id:
        raise SelfGrant
    since = terms.since or timezone.now()
    name = _grantee(account_id)
    _check(terms, since)
    with transaction.atomic():
        row = Grant.objects.create(
            seal=seal,
            account_id=account_id,
            account_name=name,
            doc_types=sorted(set(terms.doc_types)),
            bulk=terms.bulk,
            valid_from=since,
            valid_until=terms.until,
            reason=terms.reason.strip(),
            document=terms.document.strip()[:120],
            granted_by_id=actor.account_id,
            granted_by=actor.name,
            granted_at=timezone.now(),
        )
        detail = {"grantee": name, "doc_types": row.doc_types, "bulk": row.bulk, "until": row.valid_until.isoformat()}
        audit.record("seal.grant", actor=actor, object_type="seal", object_id=seal.seal_no, detail=detail)
    return int(row.pk)


def revoke(grant_id: int, *, actor: Actor, reason: str) -> None:
    """撤销授权，立即生效；重复撤销保留第一次的记录。异常：NotAllowed、GrantNotFound、SealInvalid。"""
    if not MIN_REASON <= len(reason.strip()) <= MAX_REASON:
        raise SealInvalid(fields={"reason": f"请写明撤销原因，{MIN_REASON} 到 {MAX_REASON} 个字"})
    with transaction.atomic():
        row = Grant.objects.select_for_update(of=("self",)).select_related("seal").filter(pk=grant_id).first()
        if row is None:
            raise GrantNotFound
        permissions.require_manager(actor, row.seal.department)
        if row.revoked_at is not None:
            return
        row.revoked_at, row.revoked_by, row.revoke_reason = timezone.now(), actor.name, reason.strip()
        row.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
        detail = {"grantee": row.account_name, "reason": row.revoke_reason}
        audit.record("seal.revoke_grant", actor=actor, object_type="seal", object_id=row.seal.seal_no, detail=detail)


def authorised(seal: Seal, actor: Actor, doc_type: str, *, bulk: bool) -> Grant:
    """此刻生效的授权。

    异常：
        NotAuthorisedToSeal: 没有授权、到期、撤销，或不含这类文书。
        NotAuthorisedInBulk: 有授权但不能批量。
    """
    now = timezone.now()
    rows = Grant.objects.filter(
        seal=seal, account_id=actor.account_id, revoked_at__isnull=True, valid_from__lte=now, valid_until__gt=now
    ).order_by("-bulk", "-valid_until")
    fitting = [row for row in rows if doc_type in row.doc_types or rules.ALL_DOC_TYPES in row.doc_types]
    named = {"name": seal.name, "doc_type": rules.doc_type_name(doc_type)}
    if not fitting or (actor.account_id is None and actor.roles != SYSTEM.roles):
        raise NotAuthorisedToSeal(fields=None, **named)
    if bulk and not fitting[0].bulk:
        raise NotAuthorisedInBulk(fields=None, **named)
    return fitting[0]


def _grantee(account_id: int | None) -> str:
    if account_id is None:
        return SYSTEM_NAME
    found = organizations.staff(account_id)
    if found is None:
        raise SealInvalid(fields={"account": "只能授权给工作人员账号"})
    return found.name


def _check(terms: GrantTerms, since: datetime) -> None:
    errors = {}
    known = {*rules.DOC_TYPES, rules.ALL_DOC_TYPES}
    if not terms.doc_types or not set(terms.doc_types) <= known:
        errors["doc_types"] = "请至少选择一种文书"
    if terms.until <= max(since, timezone.now()):
        errors["until"] = "止期要晚于现在和起期"
    elif (terms.until - since).days > MAX_DAYS:
        errors["until"] = "授权期限最长三年"
    if not MIN_REASON <= len(terms.reason.strip()) <= MAX_REASON:
        errors["reason"] = f"请写明授权事由，{MIN_REASON} 到 {MAX_REASON} 个字"
    if errors:
        raise SealInvalid(fields=errors)
