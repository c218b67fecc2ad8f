"""等待统计：按窗口组、时段、事项、窗口或日期。"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from shilong.identity.roles.actor import Actor, require
from shilong.service.queueing import permissions
from shilong.service.queueing.models import Ticket
from shilong.service.queueing.rules import Sample, State, Summary, summarise

BY = {"group": "窗口组", "hour": "时段", "item": "事项", "window": "窗口", "day": "日期"}
_FIELDS = ("group__name", "item_name", "window__name", "day", "state", "taken_at", "called_at", "serving_at", "finished_at", "slot_start")
_LOST = (State.MISSED, State.ABANDONED, State.EXPIRED)


def statistics(first: date, last: date, *, by: str, actor: Actor, hall: str = "", group: str = "", item: str = "") -> list[Summary]:
    """一段日子的等待统计；最后一行的键为“合计”。等待从取号（早到的从预约时段开始）算到首次呼叫。

    异常：
        NotAllowed: 不是窗口人员或行政审批局。
    """
    require(actor, *permissions.WATCHERS)
    rows = Ticket.objects.filter(day__gte=first, day__lte=last)
    wanted = {"hall__key": hall, "group__key": group, "item_code": item}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    samples = list(_samples(rows, by))
    total = summarise(Sample("合计", one.waited, one.served, one.finished, one.lost) for one in samples)
    return [*summarise(samples), *total]


def _samples(rows: QuerySet[Ticket], by: str) -> Iterator[Sample]:
    for row in rows.values(*_FIELDS).iterator(chunk_size=2000):
        start = max(row["taken_at"], row["slot_start"] or row["taken_at"])
        began, ended = row["serving_at"] or row["called_at"], row["finished_at"]
        finished = row["state"] == State.FINISHED
        yield Sample(
            key=_key(row, by),
            waited=max(0.0, (row["called_at"] - start).total_seconds()) if row["called_at"] else None,
            served=(ended - began).total_seconds() if finished and began and ended else None,
            finished=finished,
            lost=row["state"] in _LOST,
        )


def _key(row: dict[str, Any], by: str) -> str:
    if by == "hour":
        hour = timezone.localtime(row["taken_at"]).hour
        return f"{hour:02d}:00–{hour + 1:02d}:00"
    if by == "item":
        return row["item_name"] or "没有选事项"
    if by == "window":
        return row["window__name"] or "没有叫到"
    return f"{row['day']:%Y-%m-%d}" if by == "day" else row["group__name"]
