"""列表页的共同部分：分页与导出 Excel。"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpRequest, HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page_number(request: HttpRequest) -> int:
    """查询串里的页码；不合法时当第 1 页。"""
    raw = request.GET.get("page", "")
    return max(1, int(raw)) if raw.isdecimal() and len(raw) < 8 else 1


def whole(raw: str, default: int) -> int:
    """表单里的版本号、主键：不是合理长度的数字就用 `default`（几千位的数字会让转换本身出错）。"""
    return int(raw) if raw.isdecimal() and len(raw) < 19 else default


def xlsx(filename: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """生成 Excel 下载。`rows` 可以是生成器；文本一律按文本写，公式注入与长数字失真都不会发生。"""
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
