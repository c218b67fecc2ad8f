"""文书下载、盖章与验真。"""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.documents import rules, selectors, services
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.service.cases import selectors as cases
from shilong.service.seals import selectors as seal_selectors
from shilong.service.seals import services as seals


@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """凭验真码核对文书真伪：不登录也能看脱敏信息与印章是否有效。没有码时给出输入框。"""
    typed = rules.clean_code(code or request.GET.get("code", ""))[: rules.CODE_LENGTH * 2]
    if typed and not code:
        return redirect("verify", code=typed)
    found = selectors.verify(typed) if typed else None
    context: dict[str, Any] = {"code": typed, "document": found}
    if found is not None:
        issued = selectors.document(found.number)
        context |= {"seal": seal_selectors.papers([issued])[found.number], "report": seals.check_paper(found.number)}
    status = 404 if typed and found is None else 200
    response = render(request, "common/verify.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"  # 验真页不该出现在搜索引擎里
    return response


@require_safe
def download(request: HttpRequest, number: str, form: str = "pdf") -> HttpResponse:
    """下载文书：PDF 在浏览器里打开，OFD 存为文件；盖过章的给盖章的那一份。一次性告知单人人可下载；办件文书须有权查看该办件。

    异常：
        NotSignedIn: 没有登录。
        NotAllowed: 不是本人的办件，也不在经办范围内。
    """
    issued = selectors.document(number)
    if not rules.KINDS[issued.kind].public:
        _require_reader(request, issued)
        audit.record("document.download", actor=request.actor, object_type="document", object_id=number)  # type: ignore[attr-defined]
    file = seals.paper_file(number, form)
    response = HttpResponse(file.content, content_type=file.mime)
    shown = "inline" if form == "pdf" else "attachment"
    response["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(f'{issued.title}-{number}.{form}')}"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def check(request: HttpRequest, number: str) -> HttpResponse:
    """验章结果的一句话，页面载入后补上。异常同 `download`。"""
    _require_reader(request, selectors.document(number))
    return render(request, "common/_paper_check.html", {"report": seals.check_paper(number), "number": number})


@require_POST
def seal(request: HttpRequest, number: str) -> HttpResponse:
    """补盖。htmx 请求换掉列表里的这一行，否则回到办件。异常：见 `seals.services.seal_paper`。"""
    actor = request.actor  # type: ignore[attr-defined]
    seals.seal_paper(number, actor=actor, straddle=request.POST.get("straddle") == "1")
    issued = selectors.document(number)
    if request.headers.get("HX-Request"):
        return render(request, "common/_paper.html", {"document": issued, "seal": seal_selectors.papers([issued], actor)[number]})
    messages.success(request, f"{issued.title}已盖章。")
    return redirect("casework:page", case_no=issued.subject)


@require_safe
def signature(request: HttpRequest, number: str) -> HttpResponse:
    """手写签名的图；看得到办件的人才能取。异常：NotSignedIn、NotFound。"""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.account_id is None:
        raise NotSignedIn
    response = HttpResponse(seal_selectors.signature_svg(number, actor=actor), content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-store"
    return response


def _require_reader(request: HttpRequest, issued: services.IssuedDocument) -> None:
    actor = request.actor  # type: ignore[attr-defined]
    if actor.account_id is None:
        raise NotSignedIn
    if not cases.may_read(issued.subject, actor):
        audit.record("document.download", actor=actor, object_type="document", object_id=issued.number, result="denied")
        raise NotAllowed("这份文书属于别人的办件，您不能下载。持有纸质文书的，可以用验真码核对真伪。")
