"""双告知：部门的后置审批提示（认领、已联系、已申请、无需办理），市场监管的文件导入。"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.files import sheets
from shilong.foundation.refusals import Invalid, Refused
from shilong.identity.roles.actor import Role
from shilong.service.joint import permissions, selectors, services
from shilong.service.joint.rules.notices import COLUMNS
from shilong.service.joint.services.notices import MOST
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import every_row, paged, stamp, xlsx

VIEWERS = (*permissions.HANDLERS, Role.BUREAU)
TABS = (("todo", "待处理"), ("claimed", "已认领"), ("contacted", "已联系"), ("applied", "已申请"), ("needless", "无需办理"), ("", "全部"))
HEADERS = ("企业名称", "统一社会信用代码", "登记日期", "应办事项", "命中的词", "状态", "经办人", "说明", "办件编号", "提示时间")
EXPORT_PAGES, EXPORT_SIZE = 50, 100
SAMPLE = (
    "石龙区虚构面馆",
    "91410404TTTT10028L",
    "餐饮服务；食品销售",
    "2026-11-20",
    "有限责任公司",
    "石龙区测试路1号",
    "测试甲",
    "13000000001",
    "50",
    "区市场监管局",
)


def _filters(request: HttpRequest) -> dict[str, Any]:
    state = request.GET.get("state", "todo")
    return {"state": state if state in {key for key, _ in TABS} else "todo", "q": parameters.text(request.GET, "q", 50)}


def _page(request: HttpRequest, template: str, tab: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shell = {"tab": tab, "importer": permissions.may_import(request.actor)}  # type: ignore[attr-defined]
    return render(request, f"office/joint/{template}.html", shell | context, status=status)


@require_safe
@signed_in(*VIEWERS)
def listing(request: HttpRequest) -> HttpResponse:
    """本部门的提示。"""
    actor, chosen = request.actor, _filters(request)  # type: ignore[attr-defined]
    page = paged(request, lambda number: selectors.prompts(actor, page=number, **chosen))
    counts = selectors.prompt_counts(actor)
    counts["todo"] = sum(counts.get(key, 0) for key in ("open", "claimed", "contacted"))
    counts[""] = sum(counts.get(key, 0) for key in ("todo", "applied", "needless"))
    tabs = [(key, name, counts.get(key, 0)) for key, name in TABS]
    handler = actor.has(*permissions.HANDLERS)
    return _page(request, "list", "prompts", {**chosen, "tabs": tabs, "page": page, "handler": handler})


@require_safe
@signed_in(*VIEWERS)
def export(request: HttpRequest) -> HttpResponse:
    """按当前条件导出，联系方式不导出。"""
    return xlsx(f"后置审批提示-{timezone.localdate():%Y%m%d}.xlsx", HEADERS, _rows(request))


def _rows(request: HttpRequest) -> Iterator[tuple[Any, ...]]:
    actor, filters = request.actor, _filters(request)  # type: ignore[attr-defined]
    for row in every_row(lambda number: selectors.prompts(actor, page=number, size=EXPORT_SIZE, **filters), EXPORT_PAGES):
        firm = (row.enterprise, row.uscc, f"{row.registered_on:%Y-%m-%d}")
        done = (row.state_name, row.handler_name, row.note, row.case_no, stamp(row.created_at))
        yield (*firm, row.item_name, "、".join(row.words), *done)


@require_POST
@signed_in(*permissions.HANDLERS)
def move(request: HttpRequest, uid: UUID, move: str) -> HttpResponse:
    """处理一条提示。"""
    note = parameters.text(request.POST, "note", 200)
    services.move_prompt(uid, move, note=note, actor=request.actor, version=parameters.version(request))  # type: ignore[attr-defined]
    messages.success(request, "已处理。")
    return redirect("office:prompts")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*VIEWERS)
def imports(request: HttpRequest) -> HttpResponse:
    """导入文件与历次批次。"""
    permissions.require_importer(request.actor)  # type: ignore[attr-defined]
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            taken = _take(request)
        except Refused as refusal:
            if refusal.status not in (413, 422):
                raise
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(
                request, f"收进 {taken.taken} 家，重复 {taken.repeated} 家，生成 {taken.prompts} 条提示，{len(taken.errors)} 行有问题。"
            )
            return redirect("office:prompts-batch", uid=taken.batch)
    page = paged(request, lambda number: selectors.batches(request.actor, number))  # type: ignore[attr-defined]
    context = {"page": page, "errors": errors, "columns": COLUMNS, "today": timezone.localdate()}
    return _page(request, "import", "import", context, status=422 if errors else 200)


def _take(request: HttpRequest) -> Any:
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid("请选择要导入的文件。")
    rows = sheets.rows(upload.read(), upload.name or "", most=MOST)
    number = parameters.text(request.POST, "number", 64)
    return services.import_notices("file", number, rows, actor=request.actor)  # type: ignore[attr-defined]


@require_safe
@signed_in(*VIEWERS)
def batch(request: HttpRequest, uid: UUID) -> HttpResponse:
    """一批的结果：坏行的行号与原因。"""
    return _page(request, "batch", "import", {"batch": selectors.batch(uid, request.actor)})  # type: ignore[attr-defined]


@require_safe
@signed_in(*VIEWERS)
def template(request: HttpRequest) -> HttpResponse:
    """导入模板：列名与一行示例。"""
    return xlsx("双告知导入模板.xlsx", [label for _, label, _, _ in COLUMNS], [SAMPLE])
