"""签章、验章、用章日志。"""

import base64
import io
import zipfile
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.documents.ofd import preview as drawing
from shilong.foundation.documents.ofd import reader
from shilong.foundation.jobs import progress
from shilong.foundation.refusals import TooLarge
from shilong.identity.roles.actor import Actor, Role
from shilong.service.seals import rules, selectors, services, tasks
from shilong.service.seals.refusals import SealInvalid
from shilong.service.seals.selectors import SealBrief, UseFilters
from shilong.service.seals.services import BatchDocument, Countersignature, Placement
from shilong.web.common import parameters
from shilong.web.common.downloads import attachment
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import page_number, xlsx
from shilong.web.console import menu
from shilong.web.console.pages import page
from shilong.web.console.seals_forms import UseForm, VerifyForm

MAX_OFD = 20 << 20
PREVIEW_DPI = 96
GAP = 5.0  # 会签时章与章之间，毫米
CHECKERS = (Role.AUDITOR, Role.BUREAU)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*menu.SEAL_USERS)
def use(request: HttpRequest) -> HttpResponse:
    """上传 OFD、选章、选位置、签、下载。一份得到 OFD，几份得到压缩包。"""
    actor = _actor(request)
    doc_type = parameters.text(request.GET, "doc_type", 32) or "other"
    briefs = selectors.usable(actor, doc_type)
    form = UseForm(request.POST or None, request.FILES or None, briefs=briefs)
    if request.method == "POST" and form.run(lambda **_: _signed(form, briefs, doc_type, actor)):
        name, content = form.result
        return attachment(content, name, "application/zip" if name.endswith(".zip") else "application/ofd")
    context = {
        "form": form,
        "briefs": briefs,
        "doc_type": doc_type,
        "doc_type_name": rules.doc_type_name(doc_type),
        "doc_types": list(rules.DOC_TYPES.items()),
    }
    return page(request, "seals/use.html", "seal-use", context, status=422 if form.errors else 200)


@require_POST
@signed_in(*menu.SEAL_USERS)
def preview(request: HttpRequest) -> HttpResponse:
    """要签的文件的一页，点上面定盖章位置；只在内存里画，不保存。`shown` 是第几页，0 是最后一页。

    异常：
        SealInvalid: 没有选文件。BadOfd: 不是能读的 OFD，或画不出来。
    """
    file = request.FILES.get("uploads")
    if file is None:
        raise SealInvalid(fields={"uploads": "请先选择要签的 OFD 文件"})
    ofd = _content(file)
    pages = reader.pages(ofd)
    shown = min(parameters.whole(request.POST, "shown", 0), len(pages)) or len(pages)
    sheet = pages[shown - 1]
    picture = base64.b64encode(drawing.render_png(ofd, shown, PREVIEW_DPI)).decode()
    context = {"shown": shown, "total": len(pages), "sheet": sheet, "picture": picture, "name": file.name}
    return render(request, "console/seals/_stage.html", context)


def _signed(form: UseForm, briefs: list[SealBrief], doc_type: str, actor: Actor) -> tuple[str, bytes]:
    data = form.cleaned_data
    chosen = [row for row in briefs if row.seal_no in data["seals"]]
    contents = [(file.name, _content(file)) for file in data["uploads"]]
    if len(contents) > 1:
        return "签章结果.zip", _many(form, contents, chosen[0], doc_type, actor)
    name, ofd = contents[0]
    x, y = form.corner()
    parts = []
    for order, row in enumerate(chosen):
        left = max(0.0, x - order * (row.width + GAP))
        placement = Placement(data["page"], left, y, data["edge"] and order == 0)
        parts.append(Countersignature(row.seal_no, services.place(ofd, placement, width=row.width, height=row.height)))
    facts = {name: data[name] for name in ("doc_id", "case_no", "approved_by")}
    if len(parts) == 1:
        signed = services.stamp(ofd, seal_no=parts[0].seal_no, stamps=parts[0].stamps, doc_type=doc_type, actor=actor, **facts)
    else:
        signed = services.countersign(ofd, parts=parts, doc_type=doc_type, actor=actor, **facts)
    return f"{name.rpartition('.')[0] or name}-已签章.ofd", signed


def _many(form: UseForm, contents: list[tuple[str, bytes]], row: SealBrief, doc_type: str, actor: Actor) -> bytes:
    """批量：签成的放进压缩包，每份的结果写在清单里。"""
    data, (x, y) = form.cleaned_data, form.corner()
    placement = Placement(data["page"], x, y, data["edge"])
    documents = [
        BatchDocument(ofd, f"{data['doc_id']}-{n}", services.place(ofd, placement, width=row.width, height=row.height), data["case_no"])
        for n, (_, ofd) in enumerate(contents, start=1)
    ]
    results = services.stamp_many(documents, seal_no=row.seal_no, doc_type=doc_type, actor=actor, approved_by=data["approved_by"])
    buffer, lines = io.BytesIO(), []
    with zipfile.ZipFile(buffer, "w") as archive:
        for order, ((name, _), one) in enumerate(zip(contents, results, strict=True), start=1):
            lines.append(f"{order}\t{name}\t{one.doc_id}\t{one.refusal.text if one.refusal else '已签章'}")
            if one.ofd is not None:
                archive.writestr(f"{order:03d}-{name}", one.ofd)
        archive.writestr("结果清单.txt", "\r\n".join(["序号\t文件\t文书编号\t结果", *lines]))
    return buffer.getvalue()


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*menu.SEAL_USERS, Role.AUDITOR)
def verify(request: HttpRequest) -> HttpResponse:
    """验章：上传 OFD，看逐项检查结果。"""
    form = VerifyForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        report = services.verify(_content(file))
        numbered = [(number, [check for check in report.checks if check.seal == number]) for number in range(len(report.seals) + 1)]
        context |= {
            "report": report,
            "name": file.name,
            "whole": numbered[0][1],
            "seals": list(zip(report.seals, numbered[1:], strict=True)),
        }
        context["others"] = [check for check in report.checks if check.seal > len(report.seals)]
    return page(request, "seals/verify.html", "seal-verify", context, status=422 if form.errors else 200)


@require_safe
@signed_in(*menu.SEAL_USERS, Role.AUDITOR)
def log(request: HttpRequest) -> HttpResponse:
    """用章日志；`export=xlsx` 导出，导出本身也记审计。"""
    actor, filters = _actor(request), _filters(request)
    if request.GET.get("export") == "xlsx":
        audit.record("seal.export", actor=actor)
        return xlsx(f"用章日志-{timezone.localdate():%Y%m%d}.xlsx", selectors.EXPORT_HEADERS, selectors.export(actor, filters))
    context = {
        "page": selectors.uses(actor, filters, page_number(request)),
        "chosen": request.GET,
        "doc_types": list(rules.DOC_TYPES.items()),
        "may_check": actor.has(*CHECKERS),
        "last": selectors.last_check(),
        "running": any(one.key == tasks.CHECK_KEY for one in progress.running()),
    }
    return page(request, "seals/log.html", "seal-log", context)


@require_POST
@signed_in(*CHECKERS)
def verify_log(request: HttpRequest) -> HttpResponse:
    """后台从头校验日志链。正在校验时不重复排队。"""
    actor = _actor(request)
    tasks.verify_log.enqueue(actor.account_id, actor.name, actor.ip, key="seals.verify_log")
    messages.success(request, "已开始校验用章日志，查完在本页显示结果。")
    return redirect("console:seal_log")


def _filters(request: HttpRequest) -> UseFilters:
    text = {name: parameters.text(request.GET, name, 80) for name in ("q", "doc_type", "user", "result")}
    return UseFilters(first=_day(request, "first"), last=_day(request, "last"), **text)


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(parameters.text(request.GET, name, 10))
    except ValueError:
        return None


def _content(file) -> bytes:  # type: ignore[no-untyped-def]
    if file.size > MAX_OFD:
        raise TooLarge("文件太大，最大 20 MB。")
    return bytes(file.read())


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
