"""读事项。`item()` 一次查询加进程内缓存；列表与筛选在内存快照上做，快照按目录版本标记失效。"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import F

from shilong.foundation.pages import Page
from shilong.foundation.refusals import NotFound
from shilong.service.catalog import labels, search, views
from shilong.service.catalog.models import Item, ItemVersion
from shilong.service.catalog.snapshot import Snapshot, current
from shilong.service.catalog.views import ItemBrief, ItemView

_IDENTITY = (
    "item__code",
    "number",
    "digest",
    "published_at",
    "item__state",
    "item__implement__task_code",
    "item__implement__directory__catalog_code",
    "item__implement__department_code",
)


class ItemUnavailable(NotFound):
    """事项没有发布，或者已经暂停、取消。"""

    code = "item_unavailable"
    message = "没有找到这个事项，可能已经下线或编码有误。"


def item(code: str, version: int | None = None) -> ItemView:
    """取一个事项。

    参数：
        version: 版本号；None 取现行版本。指定版本时，已下线的事项也能取到（在办件要用）。

    异常：
        ItemUnavailable: 编码有误、从未发布；或未指定版本时事项已暂停、取消。
    """
    if not code.isalnum():  # 编码只有字母数字；PostgreSQL 遇到 NUL 会报错
        raise ItemUnavailable
    wanted = {"number": version} if version is not None else {"item__state": Item.State.ACTIVE, "item__current": F("pk")}
    row = ItemVersion.objects.filter(item__code=code, **wanted).values_list(*_IDENTITY).first()
    if row is None:
        raise ItemUnavailable
    return _view(*row)


@lru_cache(maxsize=4096)
def _view(
    code: str, number: int, digest: str, published_at: object, state: str, task_code: str, catalog_code: str, department_code: str
) -> ItemView:
    """按（编码、版本、内容摘要）缓存：内容变了摘要就变，不会拿到旧的。"""
    content = ItemVersion.objects.values_list("content", flat=True).get(item__code=code, number=number)
    return views.view(
        content,
        code=code,
        version=number,
        digest=digest,
        published_at=published_at,
        state=state,
        task_code=task_code,
        catalog_code=catalog_code,
        department_code=department_code,
    )


def published(
    q: str = "",
    theme: str = "",
    object: str = "",
    department: str = "",
    stage: str = "",
    area: str = "",
    page: int = 1,
    size: int = 20,
    *,
    online: bool | None = None,
    project_type: str = "",
) -> Page[ItemBrief]:
    """已发布的事项，带筛选与分页；有关键词时按相关度排，否则按目录顺序。

    参数：
        theme: 主题，`N040`（自然人）或 `C110`（法人）；不带前缀的码两边都算。
        object: 服务对象码（standards §1.4 国家口径）；`person`、`corp` 为个人、法人两大类。
        stage: 生命周期名称；area: 通办范围码；online: 能否网办；project_type: 1 即办件 2 承诺件。
    """
    snapshot = current()
    briefs: Iterable[ItemBrief] = _ranked(snapshot, q)
    wanted = [
        brief
        for brief in briefs
        if _has_theme(brief, theme)
        and _serves(brief, object)
        and (not department or brief.department == department)
        and (not stage or stage in brief.stages)
        and (not area or brief.area == area)
        and (online is None or brief.online is online)
        and (not project_type or brief.project_type == project_type)
    ]
    number = max(1, page)
    start = (number - 1) * size
    return Page(items=wanted[start : start + size], number=number, size=size, total=len(wanted))


def _ranked(snapshot: Snapshot, q: str) -> Iterable[ItemBrief]:
    if not q.strip():
        return snapshot.briefs
    return [snapshot.by_code[hit.code] for hit in search.index().search(q, limit=200)]


def _has_theme(brief: ItemBrief, theme: str) -> bool:
    if not theme:
        return True
    side, code = (theme[0], theme[1:]) if theme[:1] in "NC" else ("", theme)
    return (side != "C" and code in brief.user_topics) or (side != "N" and code in brief.corp_topics)


def _serves(brief: ItemBrief, target: str) -> bool:
    if target == "person":
        return "1" in brief.server_types
    if target == "corp":
        return any(code != "1" for code in brief.server_types)
    return not target or target in brief.server_types


@dataclass(frozen=True, slots=True)
class Facet:
    """一个可点的分类：`value` 是查询参数，`count` 是事项数。"""

    value: str
    name: str
    count: int


def facets() -> dict[str, list[Facet]]:
    """各分类下有多少事项；没有事项的分类不列。键：person_topics、corp_topics、departments、stages、areas。"""
    briefs = current().briefs
    names = {brief.department: brief.department_name for brief in briefs}
    persons = Counter(code for brief in briefs for code in brief.user_topics)
    corps = Counter(code for brief in briefs for code in brief.corp_topics)
    stages = Counter(name for brief in briefs for name in brief.stages)
    areas = Counter(brief.area for brief in briefs if brief.area)
    departments = Counter(brief.department for brief in briefs)
    order = [*labels.PERSON_STAGE.values(), *labels.CORP_STAGE.values()]
    return {
        "person_topics": [Facet("N" + code, name, persons[code]) for code, name in labels.PERSON_TOPIC.items() if persons[code]],
        "corp_topics": [Facet("C" + code, name, corps[code]) for code, name in labels.CORP_TOPIC.items() if corps[code]],
        "stages": [Facet(name, name, stages[name]) for name in order if stages[name]],
        "areas": [Facet(code, name, areas[code]) for code, name in labels.HANDLE_AREA.items() if areas[code]],
        "departments": [Facet(key, name, departments[key]) for key, name in names.items()],
    }


def codes_named(text: str) -> list[str]:
    """名称里含这段文字的事项编码，含已下线的、改过名的历史版本：办件查询先缩到几个事项，不必扫办件表。"""
    return list(ItemVersion.objects.filter(name__contains=text).values_list("item__code", flat=True).distinct()[:500])


def brief(code: str) -> ItemBrief:
    """一个在用事项的列表行；没有时 `ItemUnavailable`。"""
    found = current().by_code.get(code)
    if found is None:
        raise ItemUnavailable
    return found
