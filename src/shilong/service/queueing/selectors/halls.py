"""大厅、窗口组、窗口。"""

from dataclasses import dataclass

from shilong.service.queueing.models import Group, Hall, Window
from shilong.service.queueing.refusals import GroupNotFound, HallNotFound
from shilong.service.queueing.rules import Place, place_for


@dataclass(frozen=True, slots=True)
class HallView:
    """一个大厅。"""

    key: str
    name: str
    address: str
    phone: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """一个窗口组。"""

    key: str
    name: str
    letter: str
    hall: HallView
    items: tuple[str, ...]
    departments: tuple[str, ...]
    fallback: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class WindowView:
    """一个窗口。"""

    name: str
    hall: str
    status: str
    status_name: str
    reason: str
    groups: tuple[str, ...]
    group_names: str


def halls(*, include_inactive: bool = False) -> list[HallView]:
    """全部大厅。"""
    rows = Hall.objects.all()
    return [_hall(row) for row in (rows if include_inactive else rows.filter(is_active=True))]


def hall(key: str) -> HallView:
    """一个大厅。异常：HallNotFound。"""
    row = Hall.objects.filter(key=key, is_active=True).first()
    if row is None:
        raise HallNotFound
    return _hall(row)


def groups(hall_key: str = "", *, include_inactive: bool = False) -> list[GroupView]:
    """窗口组，默认全部大厅的。"""
    rows = Group.objects.select_related("hall")
    if hall_key:
        rows = rows.filter(hall__key=hall_key)
    return [_group(row) for row in (rows if include_inactive else rows.filter(is_active=True, hall__is_active=True))]


def group(key: str) -> GroupView:
    """一个窗口组，停用的也给。异常：GroupNotFound。"""
    row = Group.objects.select_related("hall").filter(key=key).first()
    if row is None:
        raise GroupNotFound
    return _group(row)


def windows(hall_key: str = "") -> list[WindowView]:
    """窗口与它叫的队列。"""
    rows = Window.objects.select_related("hall").prefetch_related("groups")
    return [_window(row) for row in (rows.filter(hall__key=hall_key) if hall_key else rows)]


def place_of(item_code: str, department: str) -> GroupView:
    """事项到哪个窗口组办。异常：GroupNotFound（哪里都不受理）。"""
    known = {row.key: row for row in groups()}
    places = [Place(row.key, row.items, row.departments, row.fallback) for row in known.values()]
    key = place_for(item_code, department, places)
    if not key:
        raise GroupNotFound("这个事项还没有安排大厅窗口，不能预约。请在网上办理，或拨打指南上的咨询电话。")
    return known[key]


def _hall(row: Hall) -> HallView:
    return HallView(row.key, row.name, row.address, row.phone, row.is_active)


def _group(row: Group) -> GroupView:
    return GroupView(row.key, row.name, row.letter, _hall(row.hall), tuple(row.items), tuple(row.departments), row.fallback, row.is_active)


def _window(row: Window) -> WindowView:
    served = list(row.groups.all())
    status = Window.Status(row.status)
    keys, names = tuple(one.key for one in served), "、".join(one.name for one in served)
    return WindowView(row.name, row.hall.key, row.status, status.label, row.reason, keys, names)
