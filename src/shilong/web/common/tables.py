"""列表页的共同部分：分页与导出 Excel。"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from shilong.foundation.pages import Page
from shilong.web.common import parameters

T = TypeVar("T")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page_number(request: HttpRequest) -> int:
    """查询串里的页码；不合法时当第 1 页。"""
    return max(1, parameters.whole(request.GET, "page", 1, digits=7))


def paged(request: HttpRequest, load: Callable[[int], Page[T]]) -> Page[T]:
    """请求要的那一页；页码越过末页（网址改过，或内容刚变少）时给最后一页，不说“没有内容”。

    参数：
        load: 按页码取一页。
    """
    page = load(page_number(request))
    return load(page.last) if page.number > page.last and not page.items else page


def every_row(load: Callable[[int], Page[T]], pages: int) -> Iterator[T]:
    """导出用：一页一页取，取完或到 `pages` 页为止。

    参数：
        load: 按页码取一页。
    """
    for number in range(1, pages + 1):
        page = load(number)
        yield from page.items
        if not page.has_next:
            return


def stamp(at: datetime | None) -> str:
    """表格里的时间，本地时区，到分；没有为空串。"""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def xlsx(filename: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """生成 Excel 下载。`rows` 可以是生成器；文本一律按文本写，公式注入与长数字失真都不会发生。"""
    import xlsxwriter  # 载入要一百多毫秒，用到才载

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bg_color": "#F6F8FB", "border": 1})
    for column, header in enumerate(headers):
        sheet.write_string(0, column, header, bold)
    sheet.set_column(0, len(headers) - 1, 18)
    sheet.freeze_panes(1, 0)
    for index, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                sheet.write_number(index, column, value)
            else:
                sheet.write_string(index, column, "" if value is None else str(value))
    book.close()
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return response
