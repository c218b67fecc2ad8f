"""审核、发布、下线、版本对比。"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.events import services as events
from shilong.foundation.refusals import Invalid, Refused, StaleVersion
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.catalog import schema
from shilong.service.catalog.models import Item, ItemVersion
from shilong.service.catalog.refusals import ItemMissing, NotUnderReview, QualityFailed, SelfReview
from shilong.service.catalog.services.versions import check, locked, open_version
from shilong.service.catalog.versions import touch

Edit = ItemVersion.Edit
REVIEWERS = (Role.BUREAU, Role.CATALOG)


def publish(code: str, *, actor: Actor, revision: int, opinion: str = "同意发布") -> ItemVersion:
    """审核通过并发布；在办件仍按各自受理时的版本办理。

    异常：
        SelfReview: 改过或提交过这一版的人不能审核。
        QualityFailed: 提交后规则变了，质检不再通过。
    """
    with transaction.atomic():
        item, version = _reviewing(code, actor, revision)
        problems = check(item, version)
        if problems:
            raise QualityFailed(problems)
        now = timezone.now()
        version.edit_state, version.published_at = Edit.PUBLISHED, now
        version.reviewer_id, version.reviewer_name, version.opinion = actor.account_id, actor.name, opinion[:500]
        version.revision += 1
        version.save()
        item.current = version
        item.save(update_fields=["current"])
        touch()
        events.emit("catalog.publish", key=code, item_code=code, version=version.number)
        audit.record("catalog.publish", actor=actor, object_type="item", object_id=code, detail={"version": version.number})
    return version


def reject(code: str, *, actor: Actor, revision: int, opinion: str) -> ItemVersion:
    """驳回，写明原因；编辑人修改后可再次提交。"""
    if not opinion.strip():
        raise Invalid("驳回须写明原因。", fields={"opinion": "请写明原因"})
    with transaction.atomic():
        _, version = _reviewing(code, actor, revision)
        version.edit_state = Edit.REJECTED
        version.reviewer_id, version.reviewer_name, version.opinion = actor.account_id, actor.name, opinion.strip()[:500]
        version.revision += 1
        version.save()
        audit.record("catalog.reject", actor=actor, object_type="item", object_id=code, detail={"version": version.number})
    return version


def _reviewing(code: str, actor: Actor, revision: int) -> tuple[Item, ItemVersion]:
    item = locked(code)
    require(actor, *REVIEWERS, department=item.implement.department)
    version = open_version(item)
    if version is None or version.edit_state != Edit.REVIEWING:
        raise NotUnderReview
    if actor.account_id == version.submitter_id or actor.account_id in version.editors:
        raise SelfReview
    if version.revision != revision:
        raise StaleVersion
    return item, version


def withdraw(code: str, *, actor: Actor, reason: str, cancelled: bool = False) -> Item:
    """下线：暂停（可恢复）或取消（不可恢复，依据目录调整）。下线后不得新收件，在办件继续办完。"""
    if not reason.strip():
        raise Invalid("下线须写明原因或依据。", fields={"reason": "请写明原因"})
    with transaction.atomic():
        item = locked(code)
        require(actor, Role.BUREAU, department=item.implement.department)
        if item.state != Item.State.ACTIVE and not (cancelled and item.state == Item.State.PAUSED):
            raise Refused("这个事项已经下线。")
        item.state = Item.State.CANCELLED if cancelled else Item.State.PAUSED
        item.state_reason = reason.strip()[:200]
        item.save(update_fields=["state", "state_reason"])
        touch()
        version = item.current.number if item.current else 0
        events.emit("catalog.withdraw", key=code, item_code=code, version=version)
        audit.record(
            "catalog.withdraw", actor=actor, object_type="item", object_id=code, detail={"cancelled": cancelled, "reason": reason[:200]}
        )
    return item


def restore(code: str, *, actor: Actor) -> Item:
    """恢复暂停的事项；取消的不能恢复，只能由上级重新下发。"""
    with transaction.atomic():
        item = locked(code)
        require(actor, Role.BUREAU, department=item.implement.department)
        if item.state != Item.State.PAUSED:
            raise Refused("只有暂停的事项可以恢复；已取消的须由上级重新下发。")
        item.state, item.state_reason = Item.State.ACTIVE, ""
        item.save(update_fields=["state", "state_reason"])
        touch()
        events.emit("catalog.restore", key=code, item_code=code, version=item.current.number if item.current else 0)
        audit.record("catalog.restore", actor=actor, object_type="item", object_id=code)
    return item


@dataclass(frozen=True, slots=True)
class Change:
    """两版之间一个要素的不同；子表按行比（材料按编号）。"""

    field: str
    name: str
    before: str
    after: str


def compare(code: str, first: int, second: int) -> list[Change]:
    """比较同一事项的两个版本。"""
    contents = dict(ItemVersion.objects.filter(item__code=code, number__in=(first, second)).values_list("number", "content"))
    if len(contents) < len({first, second}):
        raise ItemMissing(item=f"{code} 第 {first}/{second} 版")
    return differences(contents[first], contents[second])


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """两份内容的不同。"""
    changes = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if key == "materials":
            changes += _material_changes(old or [], new or [])
        else:
            changes.append(Change(key, schema.label(key), schema.display(key, old), schema.display(key, new)))
    return changes


def _material_changes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Change]:
    before, after = ({row.get("code"): row for row in rows} for rows in (old, new))
    changes = []
    for number in dict.fromkeys([*before, *after]):
        left, right = before.get(number), after.get(number)
        if left != right:
            changes.append(Change("materials", f"材料 {number}", _material(left, right), _material(right, left)))
    return changes


def _material(row: dict[str, Any] | None, other: dict[str, Any] | None) -> str:
    """一份材料里与对面不同的部分；对面没有时写名称。"""
    if row is None:
        return "（无）"
    if other is None:
        return str(row.get("name", ""))
    parts = [f"{schema.material_label(key)}：{schema.plain(value)}" for key, value in row.items() if value != other.get(key)]
    return "；".join(parts) or "（未写）"
