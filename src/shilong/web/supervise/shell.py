"""监察面孔的外壳：导航里有什么、谁看得见。"""

from typing import Any

from django.http import HttpRequest

from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.amendments import selectors as amendments

_STATS = (
    ("overview", "/supervise/", "统计概览", "chart-column"),
    ("departments", "/supervise/departments/", "部门排行", "building-2"),
    ("items", "/supervise/items/", "事项排行", "list-ordered"),
    ("joint", "/supervise/joint/", "一件事统计", "layers"),
    ("reuse", "/supervise/reuse/", "少交材料", "recycle"),
)
_WATCH = (
    ("cases", "/supervise/cases/", "办件查询", "search"),
    ("flags", "/supervise/flags/", "监察标记", "flag"),
)
_RATINGS = (
    ("ratings", "/supervise/ratings/", "好差评看板", "star"),
    ("rating-tickets", "/office/ratings/", "差评整改", "message-square-warning"),
)
_ENQUIRIES = ("enquiries", "/supervise/enquiries/", "咨询投诉看板", "messages-square")
_RATINGS_BUREAU = (
    ("ratings-phone", "/supervise/ratings/phone/", "电话代录", "phone"),
    ("ratings-push", "/supervise/ratings/push/", "推送数据", "send"),
    ("rating-policy", "/console/rating-policy/", "评价规则", "sliders-horizontal"),
)
WATCHERS = (Role.BUREAU, Role.LEADER, Role.OFFICER)


def sees_everything(actor: Actor) -> bool:
    """统计看全区的人，才需要部门筛选。"""
    return actor.scope is Scope.DISTRICT or actor.has(Role.WINDOW, Role.BUREAU)


def page(request: HttpRequest, tab: str, **context: Any) -> dict[str, Any]:
    """各页共用的上下文。"""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    watch = list(_WATCH) if actor.has(*WATCHERS) else []
    watch.append(("amendments", "/supervise/amendments/", "数据更正", "file-pen-line"))
    ratings = [*_RATINGS, _ENQUIRIES] if actor.has(*WATCHERS) else []
    ratings += list(_RATINGS_BUREAU) if actor.has(Role.BUREAU) else []
    homes = (
        ("/window/", Role.WINDOW, "回窗口工作台"),
        ("/office/", Role.OFFICER, "回审批工作台"),
        ("/office/", Role.LEADER, "回审批工作台"),
    )
    home = next(((url, name) for url, role, name in homes if actor.has(role)), None)
    scope = "全区" if sees_everything(actor) else "本部门"
    return {
        "tab": tab,
        "menu": [("统计分析", _STATS), ("监察", watch), *([("好差评与咨询投诉", ratings)] if ratings else [])],
        "home": home,
        "scope": scope,
        "pending": amendments.pending_count(actor),
        **context,
    }
