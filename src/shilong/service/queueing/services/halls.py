"""大厅、窗口组、窗口与叫号规则的设置（行政审批局）。"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.queueing import permissions, policy
from shilong.service.queueing.models import Group, Hall, QueuePolicy, Window
from shilong.service.queueing.refusals import GroupNotFound, HallNotFound

LIMITS = {
    "booked_share": (1, 10),
    "walkin_share": (1, 10),
    "priority_run": (1, 20),
    "early_minutes": (0, 60),
    "return_after": (0, 20),
    "returns": (0, 5),
    "senior_age": (50, 100),
}
NAMES = {
    "booked_share": "预约号连叫",
    "walkin_share": "现场号连叫",
    "priority_run": "优先号最多连叫",
    "early_minutes": "预约提前可叫",
    "return_after": "找回后排到几位之后",
    "returns": "可找回次数",
    "senior_age": "老年人优先年龄",
}


def save_hall(key: str, *, name: str, actor: Actor, address: str = "", phone: str = "", active: bool = True) -> Hall:
    """新增或修改大厅。异常：NotAllowed、Invalid。"""
    _manager(actor)
    clean = _key(key)
    _text(name, "name", 60)
    if Hall.objects.exclude(key=clean).filter(name=name.strip()).exists():
        raise Invalid("已有同名大厅。", fields={"name": "已有同名大厅"})
    values = {"name": name.strip(), "address": address.strip()[:120], "phone": phone.strip()[:40], "is_active": active}
    with transaction.atomic():
        row, _ = Hall.objects.update_or_create(key=clean, defaults=values)
        audit.record("queue.hall", actor=actor, object_type="hall", object_id=clean)
    return row


def save_group(
    key: str,
    *,
    hall: str,
    name: str,
    letter: str,
    actor: Actor,
    departments: Sequence[str] = (),
    items: Sequence[str] = (),
    fallback: bool = False,
    active: bool = True,
) -> Group:
    """新增或修改窗口组。异常：NotAllowed、HallNotFound、Invalid（字头不对或重了）。"""
    _manager(actor)
    place, clean, mark = _hall(hall), _key(key), letter.strip().upper()
    _text(name, "name", 40)
    if not (mark.isascii() and mark.isalpha() and len(mark) <= 2):
        raise Invalid("字头是一两个英文字母。", fields={"letter": "一两个英文字母"})
    if Group.objects.exclude(key=clean).filter(letter=mark).exists():
        raise Invalid("这个字头已被别的窗口组用了。", fields={"letter": "已被使用"})
    if Group.objects.exclude(key=clean).filter(hall=place, name=name.strip()).exists():
        raise Invalid("这个大厅已有同名窗口组。", fields={"name": "已有同名窗口组"})
    values = {"hall": place, "name": name.strip(), "letter": mark, "is_active": active}
    lists = {"departments": list(departments)[:60], "items": list(items)[:200], "fallback": fallback}
    with transaction.atomic():
        row, _ = Group.objects.update_or_create(key=clean, defaults=values | lists)
        audit.record("queue.group", actor=actor, object_type="queue_group", object_id=clean)
    return row


def save_window(name: str, *, hall: str, groups: Sequence[str], actor: Actor) -> Window:
    """新增或修改窗口：叫哪些队列。异常：NotAllowed、HallNotFound、GroupNotFound、Invalid。"""
    _manager(actor)
    place = _hall(hall)
    _text(name, "name", 20)
    found = list(Group.objects.filter(hall=place, key__in=groups))
    if len(found) != len(set(groups)):
        raise GroupNotFound
    with transaction.atomic():
        row, _ = Window.objects.update_or_create(name=name.strip(), defaults={"hall": place})
        row.groups.set(found)
        audit.record("queue.window", actor=actor, object_type="window", object_id=row.name, detail={"groups": sorted(groups)})
    return row


def save_policy(values: dict[str, Any], *, actor: Actor) -> None:
    """修改叫号规则。异常：NotAllowed、Invalid（超出范围）。"""
    _manager(actor)
    wrong = {
        name: f"须在 {low} 到 {high} 之间" for name, (low, high) in LIMITS.items() if name in values and not low <= values[name] <= high
    }
    if wrong:
        raise Invalid(fields=wrong)
    row = policy.current()
    for name in LIMITS:
        setattr(row, name, values.get(name, getattr(row, name)))
    if "priorities" in values:
        row.priorities = [text.strip()[:20] for text in values["priorities"] if text.strip()][:12]
    with transaction.atomic():
        QueuePolicy.objects.update_or_create(pk=1, defaults={name: getattr(row, name) for name in (*LIMITS, "priorities")})
        audit.record("queue.policy", actor=actor, object_type="queue_policy", object_id="1", detail={n: getattr(row, n) for n in LIMITS})


def authorise_device(hall: str, *, actor: Actor) -> str:
    """把一台设备授权为取号机，返回它的凭证；登记了取号大厅的一体机由系统自动授权。异常：NotAllowed、HallNotFound。"""
    require(actor, *permissions.WATCHERS, Role.SYSTEM)
    row = _hall(hall)
    audit.record("queue.device", actor=actor, object_type="hall", object_id=row.key)
    return permissions.device_token(row)


def revoke_devices(hall: str, *, actor: Actor) -> None:
    """收回这个大厅全部取号机的授权。异常：NotAllowed、HallNotFound。"""
    _manager(actor)
    row = _hall(hall)
    with transaction.atomic():
        Hall.objects.filter(pk=row.pk).update(devices=F("devices") + 1)
        audit.record("queue.device_revoke", actor=actor, object_type="hall", object_id=row.key)


def _manager(actor: Actor) -> None:
    require(actor, *permissions.MANAGERS, Role.SYSTEM)


def _hall(key: str) -> Hall:
    row = Hall.objects.filter(key=key).first()
    if row is None:
        raise HallNotFound
    return row


def _key(raw: str) -> str:
    clean = raw.strip().lower()
    if not clean or slugify(clean) != clean or len(clean) > 32:
        raise Invalid("键为小写字母、数字与短横线，不超过 32 位。", fields={"key": "小写字母、数字与短横线"})
    return clean


def _text(value: str, field: str, longest: int) -> None:
    if not value.strip() or len(value.strip()) > longest:
        raise Invalid(f"请填写名称，不超过 {longest} 字。", fields={field: f"必填，不超过 {longest} 字"})
