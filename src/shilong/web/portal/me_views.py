"""个人中心：概览、草稿、消息。"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from shilong.foundation.notify import selectors as inbox
from shilong.foundation.notify import services as notify
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Actor, Role
from shilong.service.booking import selectors as booking
from shilong.service.cases import selectors as cases
from shilong.service.materials import selectors as materials
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged

DESKS = (
    (Role.WINDOW, "/window/"),
    (Role.OFFICER, "/office/"),
    (Role.LEADER, "/office/"),
    (Role.BUREAU, "/supervise/"),
    (Role.CATALOG, "/console/items/"),
)


def desk(actor: Actor) -> str:
    """工作人员的工作台地址。"""
    return next((path for role, path in DESKS if actor.has(role)), "/console/")


@require_safe
@signed_in()
def centre(request: HttpRequest) -> HttpResponse:
    """个人中心首页；工作人员没有个人办件，去各自的工作台。"""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.is_staff:
        return redirect(desk(actor))
    context = {
        "mtab": "我的",
        "mtitle": "个人中心",
        "tab": "me",
        "profile": accounts.applicant(actor.agent_for or actor.account_id),
        "counts": cases.mine_counts(actor),
        "collect": cases.mine(actor, state="decided", size=1).total,
        "recent": list(cases.mine(actor, page=1, size=5)),
        "drafts": materials.drafts(actor, limit=5),
        "letters": list(inbox.inbox(actor.account_id, size=5)),
        "unread": inbox.unread_count(actor.account_id),
        "principals": accounts.principals(actor.account_id),
        "booking": booking.latest(actor),
    }
    return render(request, "portal/me.html", context)


@require_safe
@signed_in()
def drafts(request: HttpRequest) -> HttpResponse:
    """没交的草稿，可以接着填。"""
    actor = request.actor  # type: ignore[attr-defined]
    return render(request, "portal/drafts.html", {"mtab": "我的", "mtitle": "我的草稿", "tab": "drafts", "drafts": materials.drafts(actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def messages_page(request: HttpRequest) -> HttpResponse:
    """站内消息；职员也用。POST 标为已读。"""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        one = parameters.whole(request.POST, "message", 0) if "message" in request.POST else None
        notify.mark_read(actor.account_id, one)
        return redirect(request.get_full_path())
    page = paged(request, lambda number: inbox.inbox(actor.account_id, page=number))
    context = {"mtab": "我的", "mtitle": "我的消息", "tab": "messages", "page": page, "unread": inbox.unread_count(actor.account_id)}
    return render(request, "portal/messages.html", context)
