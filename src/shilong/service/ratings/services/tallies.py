"""维护汇总。

每次服务把“已计入的内容”记在自己身上（`Occasion.counted`）；再算一遍时先减旧的、再加新的，所以重复执行、
乱序投递、追评、认定误评都不会多算少算，也可以整体重建。一次服务只算一票：以最后一次有效评价为准。
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shilong.service.ratings.models import Occasion, Rating, Tally
from shilong.service.ratings.rules import indicators, scores

PRAISE = "praise"  # 好评标签
Line = list[Any]  # [方面, 事项, 值, {列: 数}]；存进 JSON，不用元组


def count(occasion_pk: int) -> None:
    """（重新）计入一次服务。"""
    with transaction.atomic():
        row = Occasion.objects.select_for_update().filter(pk=occasion_pk).first()
        if row is None:
            return
        lines = lines_of(row, list(row.ratings.order_by("number")))
        key = [str(timezone.localdate(row.opened_at)), row.department]
        counted = [key, lines]
        if row.counted == counted:
            return
        if row.counted:
            _add(row.counted[0], row.counted[1], -1)
        _add(key, lines, 1)
        row.counted = counted
        row.save(update_fields=["counted"])


def rebuild(batch: int = 2000) -> int:
    """从全部服务重算，返回服务数。"""
    totals: dict[tuple[str, ...], dict[str, int]] = {}
    done = 0
    with transaction.atomic():
        Tally.objects.all().delete()
        for row in Occasion.objects.prefetch_related("ratings").order_by("pk").iterator(chunk_size=batch):
            lines = lines_of(row, sorted(row.ratings.all(), key=lambda one: one.number))
            key = [str(timezone.localdate(row.opened_at)), row.department]
            for facet, item, value, columns in lines:
                cell = totals.setdefault((day_of(facet, key[0]), key[1], item, facet, value), {})
                for name, number in columns.items():
                    cell[name] = cell.get(name, 0) + number
            if row.counted != [key, lines]:
                Occasion.objects.filter(pk=row.pk).update(counted=[key, lines])
            done += 1
        names = ("day", "department", "item_code", "facet", "key")
        Tally.objects.bulk_create([Tally(**dict(zip(names, key, strict=True)), **cell) for key, cell in totals.items()], batch_size=batch)
    return done


def day_of(facet: str, day: str) -> str:
    """这一格记在哪天：好评标签只用来列“夸什么的多”，按月记，不然“事项 × 标签 × 天”会比评价还多，看板慢。"""
    return f"{day[:8]}01" if facet == PRAISE else day


def lines_of(row: Occasion, ratings: list[Rating]) -> list[Line]:
    """一次服务计入哪些格、各加多少。"""
    columns: dict[str, int] = {"due": int(row.required or bool(ratings))}
    valid = [one for one in ratings if not one.excluded]
    final = valid[-1] if valid else None
    if excluded := sum(bool(one.excluded) for one in ratings):
        columns["excluded"] = excluded
    if final is not None:
        columns[f"{'d' if final.automatic else 'a'}{final.satisfaction}"] = 1
        if final.satisfaction in scores.BAD and not final.anonymous:
            columns["named"] = 1
    if not any(columns.values()):
        return []
    lines: list[Line] = [["all", row.item_code, "", columns]]
    facets = {"window": row.window, "staff": str(row.staff_id or ""), "node": row.node, "hour": f"{timezone.localtime(row.opened_at):%H}"}
    facets["pf"] = final.pf if final is not None else ""
    lines += [[facet, "", value, columns] for facet, value in facets.items() if value]
    if final is not None and final.tags:
        facet = "tag" if final.satisfaction in scores.BAD else PRAISE
        for tag, loss in indicators.shares(final.satisfaction, final.tags).items():
            lines.append([facet, row.item_code, tag, {f"a{final.satisfaction}": 1, "loss": loss}])
    return lines


def _add(key: Iterable[str], lines: Iterable[Line], sign: int) -> None:
    date, department = key
    for facet, item, value, columns in lines:
        day = day_of(facet, date)
        row = Tally.objects.filter(day=day, department=department, item_code=item, facet=facet, key=value)
        changes = {name: F(name) + number * sign for name, number in columns.items()}
        if not row.update(**changes):
            Tally.objects.bulk_create(
                [Tally(day=day, department=department, item_code=item, facet=facet, key=value)], ignore_conflicts=True
            )
            row.update(**changes)
