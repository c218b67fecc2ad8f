"""扫码调用“我的证明”：扫码枪按键盘输入，或用摄像头扫（W05）。"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.codes import masks
from shilong.foundation.refusals import Refused
from shilong.service.library import selectors, services
from shilong.service.library.permissions import SCANNERS
from shilong.web.common import parameters
from shilong.web.common.downloads import picture
from shilong.web.common.guards import signed_in, with_camera
from shilong.web.window.views import side


@with_camera
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*SCANNERS)
def scan(request: HttpRequest) -> HttpResponse:
    """扫码；扫到就去看内容。"""
    actor = request.actor  # type: ignore[attr-defined]
    refused = None
    if request.method == "POST":
        try:
            use = services.redeem(parameters.text(request.POST, "code", 100), actor=actor)
            return redirect("window:proof", use=use)
        except Refused as refusal:  # 在原页说明，光标留在输入框里，接着扫下一个
            refused = refusal
    data = {**side(request, "proofs"), "scans": selectors.my_scans(actor), "refused": refused}
    return render(request, "window/proof_scan.html", data, status=refused.status if refused else 200)


@require_safe
@signed_in(*SCANNERS)
def opened(request: HttpRequest, use: UUID) -> HttpResponse:
    """刚扫到的一份，十五分钟内可看。"""
    row = selectors.opened(use, request.actor)  # type: ignore[attr-defined]
    return render(request, "window/proof.html", {**side(request, "proofs"), "row": row, "use": use, "number": masks.mask_idno(row.number)})


@require_safe
@signed_in(*SCANNERS)
def page(request: HttpRequest, use: UUID, file_id: UUID) -> HttpResponse:
    """某一页的图。"""
    selectors.opened_file(use, file_id, request.actor)  # type: ignore[attr-defined]
    return picture(request, file_id)


@require_POST
@signed_in(*SCANNERS)
def check(request: HttpRequest, use: UUID) -> HttpResponse:
    """当面核对了原件。"""
    services.check_original(use, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "已记为“窗口核过原件”，申请人能看到。")
    return redirect("window:proof", use=use)
