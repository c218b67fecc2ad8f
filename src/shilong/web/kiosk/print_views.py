"""自助打印：先看，再打；打之前留痕，打印编号与时间印在水印里。"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.documents import rules as document_rules
from shilong.foundation.documents import selectors as document_selectors
from shilong.foundation.documents import services as documents
from shilong.foundation.files import inspection
from shilong.foundation.files.kinds import PDF
from shilong.foundation.refusals import NotAllowed, NotFound
from shilong.hall.terminals import services as terminal_services
from shilong.identity.roles.actor import Actor
from shilong.service.cases import selectors as cases
from shilong.service.licences.selectors import holder
from shilong.web.kiosk.guards import at_kiosk

WIDTH = 1600  # 像素：A4 宽约 190 dpi，打出来清楚，图也不大


@dataclass(frozen=True, slots=True)
class Sheet:
    """要打印的一份。"""

    title: str
    pdf: bytes
    private: bool = True


@require_safe
@at_kiosk
def preview(request: HttpRequest, kind: str, reference: str) -> HttpResponse:
    """打印预览。告知单谁都能打；文书、证照须是本人的（已短信确认）。"""
    one = _sheet(kind, reference, request.actor)  # type: ignore[attr-defined]
    context = {
        "title": "打印",
        "kind": kind,
        "reference": reference,
        "sheet": one,
        "pages": range(1, inspection.inspect(one.pdf, PDF).pages + 1),
        "private": one.private,
    }
    return render(request, "selfservice/print.html", context)


@require_safe
@at_kiosk
def sheet(request: HttpRequest, kind: str, reference: str, page: int) -> HttpResponse:
    """其中一页的图。"""
    one = _sheet(kind, reference, request.actor)  # type: ignore[attr-defined]
    return HttpResponse(inspection.render(one.pdf, PDF, page, WIDTH), content_type="image/png")


@require_POST
@at_kiosk
def log(request: HttpRequest, kind: str, reference: str) -> HttpResponse:
    """按下“打印”：留痕，把水印文字给页面。"""
    one = _sheet(kind, reference, request.actor)  # type: ignore[attr-defined]
    terminal = request.kiosk.terminal  # type: ignore[attr-defined]
    pages = inspection.inspect(one.pdf, PDF).pages
    serial = terminal_services.record_print(terminal, kind, reference, one.title, pages, actor=request.actor)  # type: ignore[attr-defined]
    mark = f"{terminal.name} 自助打印 {serial} {timezone.localtime():%Y-%m-%d %H:%M}"
    return JsonResponse({"serial": serial, "mark": mark})


def _document(reference: str, actor: Actor) -> Sheet:
    issued = document_selectors.document(reference)
    if actor.account_id is None or not cases.may_read(issued.subject, actor):
        raise NotAllowed("这份文书属于别人的办件，不能打印。")
    return Sheet(issued.title, documents.render(reference))


def _licence(reference: str, actor: Actor) -> Sheet:
    try:
        uid = UUID(reference)
    except ValueError as error:
        raise NotFound from error
    row, pdf = holder.file(uid, "pdf", actor)
    return Sheet(f"{row.name}（副本）", pdf)


def _notice(reference: str, actor: Actor) -> Sheet:
    issued = document_selectors.document(reference)
    if not document_rules.KINDS[issued.kind].public:
        raise NotAllowed("这份文书属于别人的办件，不能打印。")
    return Sheet(issued.title, documents.render(reference), private=False)


KINDS: dict[str, Callable[[str, Actor], Sheet]] = {"document": _document, "licence": _licence, "notice": _notice}


def _sheet(kind: str, reference: str, actor: Actor) -> Sheet:
    if kind not in KINDS:
        raise NotFound
    return KINDS[kind](reference, actor)
