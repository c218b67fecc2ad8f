"""年度放假安排文件的读取：CSV 或 Excel，三列——日期、是否上班（1/0）、名称。"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO
from zipfile import BadZipFile

from openpyxl import load_workbook

from shilong.foundation.refusals import Invalid

LIMIT = 400  # 一年最多 366 行，多出来的一定不是这个文件
WORKS = {"1": True, "0": False, "是": True, "否": False, "上班": True, "放假": False}


def read(stream: BinaryIO, filename: str) -> list[tuple[date, bool, str]]:
    """读出每一天；第一行可以是表头。

    异常：
        Invalid: 文件打不开、太长，或某一行写得不对（说清第几行）。
    """
    rows = _sheet(stream) if filename.lower().endswith(".xlsx") else _csv(stream)
    days = list(_days(rows))
    if not days:
        raise Invalid("文件里没有日期。应为三列：日期、是否上班（1 或 0）、名称，例如 2027-01-01,0,元旦。")
    return days


def _csv(stream: BinaryIO) -> Iterable[Sequence[Any]]:
    try:
        text = stream.read(200_000).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("文件不是 UTF-8 编码的 CSV；请用 Excel 另存为“CSV UTF-8”，或直接上传 .xlsx。") from None
    return csv.reader(io.StringIO(text))


def _sheet(stream: BinaryIO) -> Iterable[Sequence[Any]]:
    try:
        book = load_workbook(stream, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError):
        raise Invalid("这不是一个能打开的 Excel 文件（.xlsx）。") from None
    return book.worksheets[0].iter_rows(values_only=True, max_row=LIMIT)


def _days(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[date, bool, str]]:
    for number, row in enumerate(rows, start=1):
        cells = [*row, None, None, None][:3]
        if number > LIMIT:
            raise Invalid(f"文件超过 {LIMIT} 行，请检查是不是传错了文件。")
        if cells[0] in (None, "") or (number == 1 and _date(cells[0]) is None):
            continue
        day, works = _date(cells[0]), WORKS.get(str(cells[1]).strip())
        if day is None or works is None:
            raise Invalid(f"第 {number} 行应为“日期, 1 或 0, 名称”，例如 2027-01-01, 0, 元旦。")
        yield day, works, str(cells[2] or "").strip()[:40]


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip().replace("/", "-"))
    except ValueError:
        return None
