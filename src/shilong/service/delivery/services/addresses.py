"""收件地址簿。"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.identity.roles.actor import Actor
from shilong.service.delivery import permissions
from shilong.service.delivery.models import Address
from shilong.service.delivery.refusals import AddressNotFound, TooManyAddresses
from shilong.service.delivery.rules import address as rules
from shilong.service.delivery.rules.address import Contact


@transaction.atomic
def add_address(values: Mapping[str, str], *, default: bool = False, actor: Actor) -> UUID:
    """新增一个；第一个自动成为默认。

    参数：
        values: 键同 `rules.address.LABELS`。

    异常：
        AddressInvalid、TooManyAddresses、AgentCannotEdit。
    """
    owner, contact = permissions.editor(actor), rules.clean(values)
    held = list(Address.objects.select_for_update().filter(owner_id=owner))
    if len(held) >= rules.LIMIT:
        raise TooManyAddresses(limit=rules.LIMIT)
    now = timezone.now()
    first = default or not any(row.is_default for row in held)
    if first:
        Address.objects.filter(owner_id=owner, is_default=True).update(is_default=False)
    row = Address.objects.create(owner_id=owner, contact=contact.dump(), is_default=first, created_at=now, updated_at=now)
    _audit("add", row, actor)
    return row.uid


@transaction.atomic
def change_address(uid: UUID, values: Mapping[str, str], *, default: bool = False, actor: Actor) -> None:
    """修改一个；已经选给某件办件的是快照，不受影响。异常：AddressNotFound、AddressInvalid、AgentCannotEdit。"""
    row = _locked(uid, actor)
    row.contact, row.updated_at = rules.clean(values).dump(), timezone.now()
    row.save(update_fields=["contact", "updated_at"])
    if default and not row.is_default:
        _make_default(row)
    _audit("change", row, actor)


@transaction.atomic
def set_default(uid: UUID, *, actor: Actor) -> None:
    """设为默认。异常：AddressNotFound、AgentCannotEdit。"""
    row = _locked(uid, actor)
    _make_default(row)
    _audit("default", row, actor)


@transaction.atomic
def remove_address(uid: UUID, *, actor: Actor) -> None:
    """删掉一个；删的是默认的，最近用过的顶上。异常：AddressNotFound、AgentCannotEdit。"""
    row = _locked(uid, actor)
    _audit("remove", row, actor)
    was_default = row.is_default
    row.delete()
    following = permissions.addresses(actor).first() if was_default else None
    if following:
        _make_default(following)


def pick(uid: str, actor: Actor) -> Contact:
    """从地址簿里选用一个。异常：AddressNotFound、NotSignedIn、NotAllowed。"""
    try:
        wanted = UUID(uid)
    except ValueError:
        raise AddressNotFound from None
    row = permissions.addresses(actor).filter(uid=wanted).first()
    contact = rules.load(row.contact) if row else None
    if contact is None:
        raise AddressNotFound
    return contact


def _locked(uid: UUID, actor: Actor) -> Address:
    row = Address.objects.select_for_update().filter(owner_id=permissions.editor(actor), uid=uid).first()
    if row is None:
        raise AddressNotFound
    return row


def _make_default(row: Address) -> None:
    Address.objects.filter(owner_id=row.owner_id, is_default=True).exclude(pk=row.pk).update(is_default=False)
    row.is_default = True
    row.save(update_fields=["is_default"])


def _audit(action: str, row: Address, actor: Actor) -> None:
    audit.record(f"address.{action}", actor=actor, object_type="address", object_id=str(row.uid), detail={"owner": row.owner_id})
