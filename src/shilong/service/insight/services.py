"""维护汇总表。

不重不漏的道理：计数与消费回执同一事务（事件至少一次、回执唯一）；重建与计数都先锁 `Watermark` 那一行，
重建把“不大于水位的履历”全部算进去，之后这些事件再被消费就跳过。
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import F

from shilong.service.cases.selectors import statistics
from shilong.service.cases.selectors.statistics import CountedEvent
from shilong.service.insight import rules
from shilong.service.insight.models import DailyStat, Watermark

BATCH = 2000
Key = tuple[date, str, str, str]
Totals = dict[Key, dict[str, int]]


def count_event(event_id: int) -> None:
    """把一条履历计入汇总。必须在消费者的事务里调用。"""
    mark = _lock()
    if event_id <= mark.event_id:
        return
    totals: Totals = {}
    _add(totals, statistics.facts_of(event_id))
    for key, changes in totals.items():
        _increase(key, changes)


def rebuild() -> int:
    """从全部办件履历重算，返回计入的事实条数。算的时候旧数仍可读；最后一步才替换。"""
    first = statistics.last_event()
    totals: Totals = {}
    counted = _add(totals, statistics.facts(0, first))
    with transaction.atomic():
        mark = _lock()
        last = statistics.last_event()
        counted += _add(totals, statistics.facts(first, last))
        DailyStat.objects.all().delete()
        DailyStat.objects.bulk_create([_row(key, counts) for key, counts in totals.items()], batch_size=BATCH)
        mark.event_id = last
        mark.save(update_fields=["event_id"])
    return counted


def _lock() -> Watermark:
    found = Watermark.objects.select_for_update().filter(pk=1).first()
    if found is not None:
        return found
    Watermark.objects.bulk_create([Watermark(pk=1)], ignore_conflicts=True)
    return Watermark.objects.select_for_update().get(pk=1)


def _increase(key: Key, changes: dict[str, int]) -> None:
    day, department, item_code, channel = key
    row = DailyStat.objects.filter(day=day, department=department, item_code=item_code, channel=channel)
    values = {name: F(name) + value for name, value in changes.items() if value}
    if values and not row.update(**values):
        DailyStat.objects.bulk_create([_row(key, {})], ignore_conflicts=True)
        row.update(**values)


def _add(totals: Totals, facts: Iterable[CountedEvent]) -> int:
    counted = 0
    for fact in facts:
        counted += 1
        counts = totals.setdefault((fact.day, fact.department, fact.item_code, fact.channel), defaultdict(int))
        for name, value in rules.increments(fact.action, _outcome(fact)).items():
            counts[name] += value * fact.sign
    return counted


def _outcome(fact: CountedEvent) -> rules.Outcome | None:
    if fact.action != "decide":
        return None
    return rules.Outcome(fact.granted, fact.instant, fact.used, fact.promised, fact.legal_used, fact.legal)


def _row(key: Key, counts: dict[str, int]) -> DailyStat:
    day, department, item, channel = key
    return DailyStat(day=day, department=department, item_code=item, channel=channel, **counts)
