"""门户：事项的可下载文件——告知单、空白申请表、填写示例、自备材料的样表。匿名可取。"""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from shilong.foundation.documents import services as documents
from shilong.foundation.files import selectors as files
from shilong.foundation.files import services as file_services
from shilong.foundation.refusals import NotFound
from shilong.service.catalog import rules, selectors, services
from shilong.service.catalog.views import SLOTS, ItemView
from shilong.service.forms import sheets
from shilong.web.portal.catalog_views import answers

PDF = "application/pdf"


@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """一次性告知单 PDF：按情形，带编号与验真二维码；当天同一情形总是同一份。"""
    item = selectors.item(code)
    number = services.issue_notice(item, rules.trim(item, answers(request)), actor=request.actor)  # type: ignore[attr-defined]
    return _file(documents.render(number), f"{item.name}一次性告知单-{number}.pdf", PDF, inline=True)


@require_safe
def blank(request: HttpRequest, code: str) -> HttpResponse:
    """空白申请表，由申请表定义生成。"""
    item = selectors.item(code)
    return _file(sheets.blank_pdf(**_words(request, item)), f"{item.name}申请表（空白）.pdf", PDF)


@require_safe
def example(request: HttpRequest, code: str) -> HttpResponse:
    """填写示例，内容均为虚构。"""
    item = selectors.item(code)
    return _file(sheets.example_pdf(**_words(request, item)), f"{item.name}申请表（填写示例）.pdf", PDF)


@require_safe
def material_file(request: HttpRequest, code: str, material: str, slot: str) -> HttpResponse:
    """一份材料的样表或空表；只给现行发布版上挂着的文件，按文件编号取不到任何东西。"""
    row = next((one for one in selectors.item(code).materials if one.code == material), None)
    file_id = row.file(slot) if row else ""
    if row is None or not file_id:
        raise NotFound("这份材料没有样表可下载。")
    stored = files.get(file_id)
    extension = stored.name.rpartition(".")[2]
    return _file(file_services.open_file(file_id).read(), f"{row.name}（{SLOTS[slot]}）.{extension}", stored.mime)


def _words(request: HttpRequest, item: ItemView) -> dict[str, Any]:
    return {
        "form_code": item.form_code,
        "version": item.form_version,
        "title": item.name,
        "issuer": item.extra.get("dept_full_name") or item.department_name,
        "url": request.build_absolute_uri(f"/items/{item.code}/"),
    }


def _file(content: bytes, name: str, mime: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}"
    response["X-Robots-Tag"] = "noindex"
    return response
