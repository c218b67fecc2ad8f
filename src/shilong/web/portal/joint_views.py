"""高效办成一件事：栏目、办事说明、我的一件事、一次补正、选择、评价。填表与传材料走在线申报的同一套页面。"""

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.files import services as files
from shilong.foundation.refusals import Invalid, NotFound, Refused
from shilong.service.forms import rendering
from shilong.service.joint import selectors, services
from shilong.service.joint.selectors import BundleView
from shilong.service.joint.selectors.bundles import SCORES
from shilong.service.joint.shape import PREFIX, ThemeShape
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged

AUDIENCES = (("", "全部"), ("corp", "企业办"), ("person", "个人办"))
FILES_PER_MATERIAL = 20


@require_safe
def themes(request: HttpRequest) -> HttpResponse:
    """栏目：有哪些一件事。"""
    chosen = request.GET.get("who", "")
    chosen = chosen if chosen in ("corp", "person") else ""
    context = {"nav": "一件事", "mtab": "办事", "mtitle": "高效办成一件事", "who": chosen, "audiences": AUDIENCES}
    return render(request, "portal/joint/themes.html", {**context, "rows": selectors.published(chosen)})


@require_safe
def theme(request: HttpRequest, code: str) -> HttpResponse:
    """一件事的说明：情形、要办哪几件、怎样先后、几份材料、多少天。换情形用 htmx 只换下半页。"""
    shape = ThemeShape(selectors.theme(code))
    answers = shape.answers({key: value for key, value in request.GET.items() if len(value) <= 40})
    context = {
        "nav": "一件事",
        "mtab": "办事",
        "mtitle": "高效办成一件事",
        "theme": shape.view,
        "start": f"/apply/{PREFIX}{code}/",
        "questions": shape.questions(answers),
        "answers": answers,
        "plan": shape.plan(answers),
        "trimmed": shape.trim(answers),
    }
    template = "portal/joint/_outline.html" if request.headers.get("HX-Request") else "portal/joint/theme.html"
    return render(request, template, context)


@require_safe
@signed_in()
def mine(request: HttpRequest) -> HttpResponse:
    """我的一件事，与企业收到的后置审批提示。"""
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "mtab": "我的",
        "mtitle": "我的一件事",
        "tab": "one-things",
        "page": paged(request, lambda number: selectors.mine(actor, page=number)),
        "prompts": selectors.for_enterprise(actor),
    }
    return render(request, "portal/joint/mine.html", context)


def _bundle(request: HttpRequest, omni_no: str) -> BundleView:
    return selectors.bundle(omni_no, actor=request.actor)  # type: ignore[attr-defined]


@require_safe
@signed_in()
def bundle(request: HttpRequest, omni_no: str) -> HttpResponse:
    """母件：各子件进度、两只钟、待我处理、领取与评价。"""
    view = _bundle(request, omni_no)
    return render(request, "portal/joint/bundle.html", {"mtab": "我的", "mtitle": "一件事进度", "view": view, "scores": SCORES.items()})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def supplement(request: HttpRequest, omni_no: str) -> HttpResponse:
    """一次补正：各部门要补的汇总到一处，提交后分发到各子件。"""
    view = _bundle(request, omni_no)
    if not view.corrections:
        messages.warning(request, "现在没有需要补正的。")
        return redirect("portal:one-thing-case", omni_no=omni_no)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            return _supplemented(request, view)
        except Refused as refused:  # 填了的不能丢：在原页上改
            if refused.status not in (413, 422):
                raise
            errors, status = refused.fields, refused.status
            messages.error(request, "；".join([refused.text, *refused.fields.values()]))
    context = {
        "mtab": "我的",
        "mtitle": "一次补正",
        "view": view,
        "rows": [row for row in view.corrections if row.code],
        "others": [row for row in view.corrections if not row.code],
        "sections": view.sections({key.removeprefix("form."): text for key, text in errors.items()}),
    }
    return render(request, "portal/joint/supplement.html", context, status=status)


def _supplemented(request: HttpRequest, view: BundleView) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    uploads: dict[str, list[str]] = {}
    for row in view.corrections:
        sent = request.FILES.getlist(f"m-{row.code}")
        if len(sent) > FILES_PER_MATERIAL:
            raise Invalid(f"“{row.name}”一次最多传 {FILES_PER_MATERIAL} 个文件。")
        uploads[row.code] = [str(files.store(cast(BinaryIO, one.file), one.name or "", owner_id=actor.account_id).id) for one in sent]
    form = None
    if request.POST.get("edit_form"):
        definition, _, _ = view.merged_form()
        form = rendering.parse(definition, request.POST)
    done = services.supplement(
        view.omni_no,
        materials=uploads,
        form=form,
        opinion=parameters.text(request.POST, "opinion", 2000),
        actor=actor,
        version=parameters.version(request),
    )
    messages.success(request, f"补正已提交，分发到 {len(done)} 个部门，5 个工作日内告诉您是否受理。")
    return redirect("portal:one-thing-case", omni_no=view.omni_no)


@require_POST
@signed_in()
def choose(request: HttpRequest, omni_no: str) -> HttpResponse:
    """一件没办成后，继续办其余还是撤回其余。"""
    choice = request.POST.get("choice", "")
    services.choose(omni_no, choice, actor=request.actor, version=parameters.version(request))  # type: ignore[attr-defined]
    messages.success(request, "已按您的选择处理。")
    return redirect("portal:one-thing-case", omni_no=omni_no)


@require_POST
@signed_in()
def score(request: HttpRequest, omni_no: str) -> HttpResponse:
    """评价一次。"""
    value, comment = parameters.whole(request.POST, "score", 0, digits=1), parameters.text(request.POST, "comment", 500)
    services.score(omni_no, value, comment, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "谢谢您的评价。")
    return redirect("portal:one-thing-case", omni_no=omni_no)


@require_POST
@signed_in()
def part(request: HttpRequest, omni_no: str, part: str, move: str) -> HttpResponse:
    """没能自动提交的一件：重新提交，或不办了。"""
    actor: Any = request.actor  # type: ignore[attr-defined]
    if move == "retry":
        stage = services.retry(omni_no, part, actor=actor)
        sent = stage == "running"
        (messages.success if sent else messages.error)(request, "已提交给部门。" if sent else "还是没能提交，原因写在这一件下面。")
    elif move == "cancel":
        services.cancel(omni_no, part, actor=actor)
        messages.success(request, "这一件不再办理。")
    else:
        raise NotFound
    return redirect("portal:one-thing-case", omni_no=omni_no)
