"""读业务人员交来的数据文件：Excel（首行列名）或 JSON（对象的列表），各行带文件里的行号。"""

import io
import json
from datetime import datetime
from typing import Any
from zipfile import BadZipFile

from shilong.foundation.refusals import Invalid

COLUMNS_MOST = 60
Row = tuple[int, dict[str, str]]


def rows(content: bytes, filename: str, *, most: int) -> list[Row]:
    """各行（行号, {列名: 文字}）。Excel 的行号就是表里的行号，空行跳过；JSON 从 1 数。

    参数：
        most: 最多读几行数据，多的不读（调用者据此判断超限）。

    异常：
        Invalid: 不是这两种文件。
    """
    return _json(content, most) if filename.lower().endswith(".json") else _excel(content, most)


def _json(content: bytes, most: int) -> list[Row]:
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid("不是有效的 JSON 文件，请用 UTF-8 编码保存。") from error
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise Invalid("JSON 应是一个列表，每一项是一行数据的对象。")
    return [(line, {str(key): _cell(value) for key, value in row.items()}) for line, row in enumerate(data[: most + 1], 1)]


def _excel(content: bytes, most: int) -> list[Row]:
    from openpyxl import load_workbook  # 载入要一百多毫秒，用到才载
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        lines = list(book.worksheets[0].iter_rows(values_only=True, max_row=most + 2, max_col=COLUMNS_MOST))
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError, TypeError) as error:
        raise Invalid("不是有效的 Excel 文件（.xlsx），可能已损坏。") from error
    names = [_cell(one) for one in lines[0]] if lines else []
    return [
        (number, {name: text for name, text in zip(names, map(_cell, line), strict=False) if name})
        for number, line in enumerate(lines[1:], 2)
        if any(one not in (None, "") for one in line)
    ]


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return "" if value is None else str(value).strip()
