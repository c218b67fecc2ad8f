"""部门审批：左列表、中材料、右办理；多选后依次查看；负责人看待批准事项。"""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Role
from shilong.service.cases import selectors
from shilong.web.casework import lists
from shilong.web.casework.views import context as case_context
from shilong.web.common.guards import signed_in

ROLES = (Role.OFFICER, Role.LEADER)
QUEUE_LIMIT = 50
PAUSED = "special,suspended"


@require_safe
@signed_in(*ROLES)
def desk(request: HttpRequest, case_no: str = "") -> HttpResponse:
    """三栏办理；没指定办件时打开列表第一件。"""
    actor = request.actor  # type: ignore[attr-defined]
    chosen = lists.filters(request)
    leader = actor.has(Role.LEADER)
    approvals = selectors.awaiting_approval(actor) if leader else []
    only_approvals = leader and request.GET.get("approve") == "1"
    page = lists.todo(request, chosen)
    rows = approvals if only_approvals else list(page)
    number = case_no or (rows[0].case_no if rows else "")
    data: dict[str, Any] = {
        **lists.context(request, "office", chosen),
        "rows": rows,
        "page": None if only_approvals else page,
        "counts": selectors.worklist_counts(actor),
        "paused": selectors.paused(actor),
        "PAUSED": PAUSED,
        "approvals": approvals,
        "only_approvals": only_approvals,
        "leader": leader,
        "opened": bool(case_no),
        "where": "office",
    }
    if number:
        view = selectors.case(number, actor=actor)
        data |= case_context(request, view) | {"where": "office", "queue": _queue(request, number)}
        first = next(((row, file) for row in view.materials for file in row.file_ids), None)
        data |= {"first_file": first[1] if first else "", "first_code": first[0].code if first else ""}
    return render(request, "office/desk.html", data)


def _queue(request: HttpRequest, current: str) -> dict[str, Any]:
    """依次查看：第几件、上一件、下一件。"""
    numbers = [one for one in request.GET.get("queue", "").split(",") if one.isalnum()][:QUEUE_LIMIT]
    if current not in numbers:
        return {}
    at = numbers.index(current)
    tail = "?" + urlencode({"queue": ",".join(numbers)})

    def link(index: int) -> str:
        return reverse("office:case", args=[numbers[index]]) + tail if 0 <= index < len(numbers) else ""

    return {"at": at + 1, "total": len(numbers), "previous": link(at - 1), "next": link(at + 1)}


@require_safe
@signed_in(*ROLES)
def batch(request: HttpRequest) -> HttpResponse:
    """勾选的几件排成一队，从第一件看起。每一件仍逐件审查、逐件留意见。"""
    numbers = [one for one in request.GET.getlist("no") if one.isalnum()][:QUEUE_LIMIT]
    if not numbers:
        raise Invalid("请先在左边的列表里勾选要依次查看的办件。")
    return redirect(reverse("office:case", args=[numbers[0]]) + "?" + urlencode({"queue": ",".join(numbers)}))


@require_safe
@signed_in(*ROLES)
def export(request: HttpRequest) -> HttpResponse:
    """导出当前条件下的待办。"""
    return lists.export(request, lists.filters(request), lists.todo, "部门审批办件")
