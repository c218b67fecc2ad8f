"""证照库：查询、签发、状态变更、批量、存量导入。"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid, NotFound, Refused
from shilong.identity.roles.actor import Scope
from shilong.service.licences import permissions, selectors, services
from shilong.service.licences.rules.states import MOVES, Act
from shilong.service.licences.selectors import keeping
from shilong.service.licences.services.importing import COLUMNS
from shilong.service.licences.services.lifecycle import DIRECT, NEXT
from shilong.web.common import parameters
from shilong.web.common.downloads import attachment
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import page_number, xlsx
from shilong.web.office.licences_forms import FilterForm

MIMES = {"ofd": "application/ofd", "pdf": "application/pdf"}
HEADERS = ["证照名称", "证照编号", "版本", "持证主体", "颁发机构", "颁发日期", "有效期限", "状态", "证照标识", "办件编号"]


@require_safe
@signed_in(*permissions.KEEPERS)
def listing(request: HttpRequest) -> HttpResponse:
    """证照库。"""
    actor = request.actor  # type: ignore[attr-defined]
    form = _filters(request)
    found = selectors.library(actor, form.cleaned_data, page_number(request))
    used = any(field.value() for field in form)
    state = form.cleaned_data.get("state", "")
    context = {"form": form, "page": found, "used": used, "state": state, "batches": selectors.batches(actor, 3)}
    return shelled(request, "list", "library", signer=actor.has(*permissions.ISSUERS), **context)


@require_safe
@signed_in(*permissions.KEEPERS)
def export(request: HttpRequest) -> HttpResponse:
    """按当前条件导出；主体名称按列表上的样子脱敏。"""
    actor = request.actor  # type: ignore[attr-defined]
    filters = _filters(request).cleaned_data
    rows = [
        [
            *(row.name, row.number, row.version, row.holder, row.issuer, str(row.issue_date or ""), row.valid_text),
            *(row.state_name, row.identifier, row.case_no),
        ]
        for row in selectors.export(actor, filters)
    ]
    audit.record("licence.export", actor=actor, object_type="licence", object_id="", detail={"rows": len(rows)})
    return xlsx(f"证照库 {timezone.localdate()}.xlsx", HEADERS, rows)


@never_cache
@require_safe
@signed_in(*permissions.KEEPERS)
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """一张证照。"""
    return _detail(request, uid)


@require_safe
@signed_in(*permissions.KEEPERS)
def face(request: HttpRequest, uid: UUID) -> HttpResponse:
    """证照的图；没签发的画出样子。"""
    response = HttpResponse(keeping.picture(uid, request.actor), content_type="image/png")  # type: ignore[attr-defined]
    response["Cache-Control"] = "private, max-age=60"
    return response


@require_safe
@signed_in(*permissions.KEEPERS)
def download(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """下载原件或副本，记审计。"""
    if kind not in MIMES:
        raise Http404
    actor = request.actor  # type: ignore[attr-defined]
    row, content = keeping.file(uid, kind, actor)
    audit.record("licence.download", actor=actor, object_type="licence", object_id=row.uid, detail={"kind": kind})
    return attachment(content, f"{row.name}-{row.number}.{kind}", MIMES[kind])


@require_POST
@signed_in(*permissions.MAKERS)
def advance(request: HttpRequest, uid: UUID, action: str) -> HttpResponse:
    """签发、暂停、恢复、撤销、注销、作废、变更、延续、补证。"""
    if action not in set(Act):
        raise NotFound
    act, actor = Act(action), request.actor  # type: ignore[attr-defined]
    values = {name: parameters.text(request.POST, name, 600) for name in ("reason", "document_no")}
    try:
        if act is Act.ISSUE:
            services.issue(uid, actor=actor)
        elif act in DIRECT:
            services.act(uid, act, actor=actor, **values)
        elif act in NEXT:
            changes = {key[5:]: value for key, value in parameters.texts(request.POST).items() if key.startswith("face.") and value}
            uid = services.prepare_next(uid, act, actor=actor, changes=changes if act is Act.CHANGE else None, **values).uid
        else:
            raise NotFound
    except Invalid as refusal:  # 没写理由、文号的在原页上补
        return _detail(request, uid, doing=act, typed=values, errors=refusal.fields or {"": refusal.text}, status=422)
    messages.success(request, f"“{MOVES[act].name}”已完成。" if act not in NEXT else f"{MOVES[act].name}已生成新版，等负责人签发。")
    return redirect("office:licence", uid=uid)


@require_POST
@signed_in(*permissions.ISSUERS)
def batch_start(request: HttpRequest) -> HttpResponse:
    """批量签发勾选的，或本部门全部待签发的。"""
    everything = request.POST.get("all") == "1"
    missing = request.POST.get("missing") == "1"
    uids = None if everything or missing else _uuids(request.POST.getlist("uid"))
    batch = services.start(uids, actor=request.actor, missing=missing)  # type: ignore[attr-defined]
    return redirect("office:licence-batch", uid=batch.uid)


@never_cache
@require_safe
@signed_in(*permissions.KEEPERS)
def batch_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """一批的进度；进行中每两秒刷新一次。"""
    view = selectors.batch(uid, request.actor)  # type: ignore[attr-defined]
    if request.headers.get("HX-Request"):
        return render(request, "office/licences/_progress.html", {"view": view})
    return shelled(request, "batch", "library", view=view)


@require_POST
@signed_in(*permissions.ISSUERS)
def batch_change(request: HttpRequest, uid: UUID, action: str) -> HttpResponse:
    """暂停、继续、重试没成的。"""
    actor = request.actor  # type: ignore[attr-defined]
    if action == "pause":
        services.pause(uid, actor=actor)
    elif action in ("resume", "retry"):
        services.resume_batch(uid, actor=actor, retry=action == "retry")
    else:
        raise NotFound
    return redirect("office:licence-batch", uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.MAKERS)
def imports(request: HttpRequest) -> HttpResponse:
    """存量证照导入。"""
    actor = request.actor  # type: ignore[attr-defined]
    error = ""
    if request.method == "POST":
        try:
            run = _import(request)
        except Refused as refusal:  # 文件不对的在原页上换一个
            error = refusal.text
        else:
            return redirect("office:licence-import", uid=run.uid)
    kinds = selectors.types(department="" if actor.scope is Scope.DISTRICT else actor.department, active=True)
    chosen = parameters.text(request.POST, "type", 21)
    context = {"kinds": kinds, "runs": selectors.imports(actor), "error": error, "columns": COLUMNS, "chosen": chosen}
    return shelled(request, "imports", "import", status=422 if error else 200, **context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.MAKERS)
def import_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """一次导入的结果，进行中每两秒刷新一次；POST 接着导。"""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        services.continue_import(uid, actor=actor)
        return redirect("office:licence-import", uid=uid)
    view = selectors.import_run(uid, actor)
    if request.headers.get("HX-Request"):
        return render(request, "office/licences/_imported.html", {"view": view})
    return shelled(request, "import", "import", view=view)


@require_safe
@signed_in(*permissions.MAKERS)
def import_problems(request: HttpRequest, uid: UUID) -> HttpResponse:
    """坏行清单。"""
    rows = keeping.import_problems(uid, request.actor)  # type: ignore[attr-defined]
    return xlsx("导入有误的行.xlsx", ["行号", "原因"], rows)


@require_safe
@signed_in(*permissions.MAKERS)
def template(request: HttpRequest) -> HttpResponse:
    """导入用的空表。"""
    headers = [name for name, _, _ in COLUMNS]
    return xlsx("存量证照导入模板.xlsx", headers, [])


def _import(request: HttpRequest) -> Any:
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid("请选择要导入的 Excel 或 JSON 文件。")
    rows = services.read_table(upload.read(), upload.name or "")
    whole = request.POST.get("whole") == "1"
    kind = parameters.text(request.POST, "type", 21)
    return services.import_rows(kind, upload.name or "存量证照", rows, actor=request.actor, whole=whole)  # type: ignore[attr-defined]


def _detail(
    request: HttpRequest,
    uid: UUID,
    *,
    doing: Act | None = None,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    view = selectors.detail(uid, request.actor)  # type: ignore[attr-defined]
    forms = [(act, MOVES[act], act is Act.CHANGE) for act in view.acts if act is not Act.ISSUE]
    context = {"detail": view, "view": view.licence, "forms": forms, "can_issue": Act.ISSUE in view.acts}
    return shelled(request, "detail", "library", status=status, doing=doing, typed=typed or {}, errors=errors or {}, **context)


def _filters(request: HttpRequest) -> FilterForm:
    actor = request.actor  # type: ignore[attr-defined]
    form = FilterForm(parameters.texts(request.GET), department="" if actor.scope is Scope.DISTRICT else actor.department)
    form.is_valid()
    return form


def _uuids(values: list[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def shelled(request: HttpRequest, template: str, tab: str, *, status: int = 200, **context: object) -> HttpResponse:
    """套上证照外壳；侧栏只列这个人打得开的。"""
    actor = request.actor  # type: ignore[attr-defined]
    shared = {
        "tab": tab,
        "maker": actor.has(*permissions.MAKERS),
        "keeper": actor.has(*permissions.KEEPERS),
        "caller": actor.has(*permissions.USERS),
        "waiting": selectors.waiting_count(actor),
    }
    return render(request, f"office/licences/{template}.html", {**shared, **context}, status=status)
