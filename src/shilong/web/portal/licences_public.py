"""证照验真：扫打印件上的码、上传 OFD、核对离线验证块，谁都能用；扫亮证码须是工作人员。"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shilong.foundation.refusals import TooLarge
from shilong.identity.accounts.network import client_ip
from shilong.service.licences import permissions, services
from shilong.service.licences.selectors.rows import view_of
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in

MAX_BYTES = 20 * 1024 * 1024


@never_cache
@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """凭验真码查；没有码时给出输入框与上传。"""
    typed = parameters.clean(code or request.GET.get("code", ""), 60)
    if typed and not code:
        return redirect("portal:licence-verify", code=typed.replace("/", ""))
    found = services.verify(typed, ip=client_ip(request)) if typed else None
    return _page(request, status=404 if typed and found is None else 200, code=typed, found=found)


@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest) -> HttpResponse:
    """上传 OFD 逐项验。刷新或直接打开回到验真页。"""
    if request.method != "POST":
        return redirect("portal:licence-verify-form")
    upload = request.FILES.get("file")
    if upload is None:
        return _page(request, status=422, error="请选择要核验的 OFD 文件。")
    if (upload.size or 0) > MAX_BYTES:
        raise TooLarge("文件太大，最多 20 MB。")
    result = services.check_file(upload.read(), ip=client_ip(request))
    return _page(request, file=result, filename=upload.name)


@require_http_methods(["GET", "HEAD", "POST"])
def verify_offline(request: HttpRequest) -> HttpResponse:
    """核对离线验证块。刷新或直接打开回到验真页。"""
    if request.method != "POST":
        return redirect("portal:licence-verify-form")
    block = parameters.text(request.POST, "block", 600)
    return _page(request, proof=block, offline=services.check_offline(block))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.USERS)
def scan(request: HttpRequest, token: str) -> HttpResponse:
    """工作人员扫亮证码。先给一个确认按钮：只看一眼链接不该把一次性的码用掉。"""
    if request.method != "POST":
        return _render(request, "portal/licences/scan.html", {"token": token})
    row, purpose = services.redeem(token, actor=request.actor)  # type: ignore[attr-defined]
    return _render(request, "portal/licences/scan.html", {"view": view_of(row), "purpose": purpose})


def _page(request: HttpRequest, *, status: int = 200, **context: object) -> HttpResponse:
    return _render(request, "portal/licences/verify.html", context, status=status)


def _render(request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    response = render(request, template, {"mtitle": "证照验真", **context}, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
