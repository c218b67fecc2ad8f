"""文书下载与验真。"""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.documents import rules, selectors, services
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.service.cases import selectors as cases


@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """凭验真码核对文书真伪：不登录也能看脱敏信息。没有码时给出输入框。"""
    typed = rules.clean_code(code or request.GET.get("code", ""))[: rules.CODE_LENGTH * 2]
    if typed and not code:
        return redirect("verify", code=typed)
    found = selectors.verify(typed) if typed else None
    status = 404 if typed and found is None else 200
    response = render(request, "common/verify.html", {"code": typed, "document": found}, status=status)
    response["X-Robots-Tag"] = "noindex"  # 验真页不该出现在搜索引擎里
    return response


@require_safe
def download(request: HttpRequest, number: str) -> HttpResponse:
    """下载文书 PDF。一次性告知单人人可下载；办件文书须有权查看该办件。

    异常：
        NotSignedIn: 没有登录。
        NotAllowed: 不是本人的办件，也不在经办范围内。
    """
    issued = selectors.document(number)
    if not rules.KINDS[issued.kind].public:
        _require_reader(request, issued)
    pdf = services.render(number)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(f'{issued.title}-{number}.pdf')}"
    response["Cache-Control"] = "private, no-store"
    return response


def _require_reader(request: HttpRequest, issued: services.IssuedDocument) -> None:
    actor = request.actor  # type: ignore[attr-defined]
    if actor.account_id is None:
        raise NotSignedIn
    if not cases.may_read(issued.subject, actor):
        audit.record("document.download", actor=actor, object_type="document", object_id=issued.number, result="denied")
        raise NotAllowed("这份文书属于别人的办件，您不能下载。持有纸质文书的，可以用验真码核对真伪。")
    audit.record("document.download", actor=actor, object_type="document", object_id=issued.number)
