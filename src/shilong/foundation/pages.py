"""分页结果：所有列表共用。大表不做精确计数，只数到上限。"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Count, Q, QuerySet

T = TypeVar("T")
COUNT_LIMIT = 10_000  # 超过就显示“一万条以上”：百万行的精确计数没人看，却要全扫


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """一页。`total_is_exact` 为假时 `total` 是下界。"""

    items: Sequence[T]
    number: int
    size: int
    total: int
    total_is_exact: bool = True

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number * self.size < self.total

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1

    @property
    def last(self) -> int:
        """最后一页的页码；没有内容也是 1。"""
        return max(1, -(-self.total // self.size))

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def paginate_parts(
    parts: Sequence[QuerySet], order: Sequence[Any], number: int, size: int, build: Callable[..., T], *, fields: Sequence[str] = ()
) -> Page[T]:
    """互不相交的几部分合成一个列表取一页：每部分各走各的索引取出排在前面的主键，再合起来排一次。

    参数：
        order: 每部分共同的排序。翻到计数上限之后为空页。
        fields: 只取这些列，空为全取。
    """
    first = parts[0]
    if len(parts) == 1:
        return paginate(first.only(*fields).order_by(*order), number, size, build)
    number = max(1, number)
    total = _counted(parts)
    start = min((number - 1) * size, COUNT_LIMIT)
    ids = [pk for part in parts for pk in part.order_by(*order).values_list("pk", flat=True)[: start + size]]
    rows = first.model._default_manager.filter(pk__in=ids).only(*fields).order_by(*order)
    return Page(
        items=[build(row) for row in rows[start : start + size]],
        number=number,
        size=size,
        total=min(total, COUNT_LIMIT),
        total_is_exact=total <= COUNT_LIMIT,
    )


def count_parts(parts: Sequence[QuerySet]) -> int:
    """互不相交的几部分共有几行，最多数到 `COUNT_LIMIT`。"""
    return min(_counted(parts), COUNT_LIMIT)


def count_each(parts: Sequence[QuerySet], wanted: Mapping[str, Q]) -> dict[str, int]:
    """互不相交的几部分里，符合各个条件的各有几行；每部分一趟数完，每个条件最多数到 `COUNT_LIMIT`。

    用在取行本身就费事的部分（如要与待办表相连）；条件列都在一个索引里的，逐个条件 `count_parts` 更快。
    行数超过上限的部分不能一趟数（截在上限处会漏掉后面的），改为逐个条件去数。
    """
    found = dict.fromkeys(wanted, 0)
    tallies = {name: Count("pk", filter=condition) for name, condition in wanted.items()}
    for part in parts:
        counted = part.order_by()[: COUNT_LIMIT + 1].aggregate(**tallies, all_of_them=Count("pk"))
        if counted.pop("all_of_them") > COUNT_LIMIT:
            counted = {name: count_parts([part.filter(condition)]) for name, condition in wanted.items()}
        found = {name: min(found[name] + counted[name], COUNT_LIMIT) for name in wanted}
    return found


def _counted(parts: Sequence[QuerySet]) -> int:
    """数到上限就停，后面的部分不必再数；超过上限得到的是下界。"""
    total = 0
    for part in parts:
        if total <= COUNT_LIMIT:
            total += part.order_by()[: COUNT_LIMIT + 1].count()
    return total


def paginate(queryset: QuerySet, number: int, size: int, build: Callable[..., T]) -> Page[T]:
    """取一页并把每行变成视图对象；计数最多数到 `COUNT_LIMIT`。"""
    number = max(1, number)
    total = queryset.order_by()[: COUNT_LIMIT + 1].count()
    start = (number - 1) * size
    return Page(
        items=[build(row) for row in queryset[start : start + size]],
        number=number,
        size=size,
        total=min(total, COUNT_LIMIT),
        total_is_exact=total <= COUNT_LIMIT,
    )
