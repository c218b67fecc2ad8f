"""年度放假安排文件的读取：CSV 或 Excel，三列——日期、是否上班（1/0）、名称。"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from shilong.foundation.refusals import Invalid

LIMIT = 400  # 一年最多 366 行，多出来的一定不是这个文件
MAX_BYTES = 1_000_000
MAX_UNPACKED = 20_000_000  # 几百行的表格解开不会超过这么多，超过就是压缩炸弹
WORKS = {"1": True, "0": False, "是": True, "否": False, "上班": True, "放假": False}
SHAPE = "应为“日期, 1 或 0, 名称”，例如 2027-01-01, 0, 元旦"


@dataclass(slots=True)
class Scan:
    """预检的结果：读懂的日子，和每一处读不懂的（第几行、怎样改）。"""

    days: list[tuple[date, bool, str]] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read(stream: BinaryIO, filename: str) -> list[tuple[date, bool, str]]:
    """读出每一天；第一行可以是表头。

    异常：
        Invalid: 文件打不开、太长，或某一行写得不对（说清第几行）。
    """
    found = scan(stream, filename)
    if found.problems:
        number, text = found.problems[0]
        raise Invalid(f"第 {number} 行{text}。")
    return found.days


def scan(stream: BinaryIO, filename: str, year: int | None = None) -> Scan:
    """通读一遍，把每一处问题都列出来，不在第一处停下。

    参数：
        year: 给出时，不在这一年的日子也算问题。

    异常：
        Invalid: 文件打不开、太长，或一个日期都没有。
    """
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Invalid("文件超过 1 MB，请检查是不是传错了文件。")
    rows = _sheet(content) if filename.lower().endswith(".xlsx") else _csv(content)
    found = Scan()
    seen: dict[date, int] = {}
    for number, cells in rows:
        day, works = _date(cells[0]), WORKS.get(str(cells[1]).strip())
        if day is None or works is None:
            found.problems.append((number, SHAPE))
        elif year is not None and day.year != year:
            found.problems.append((number, f"{day} 不在 {year} 年"))
        elif day in seen:
            found.problems.append((number, f"{day} 在第 {seen[day]} 行已经写过"))
        else:
            seen[day] = number
            found.days.append((day, works, str(cells[2] or "").replace("\x00", "").strip()[:40]))
    if not found.days and not found.problems:
        raise Invalid("文件里没有日期。应为三列：日期、是否上班（1 或 0）、名称，例如 2027-01-01,0,元旦。")
    return found


def _csv(content: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("文件不是 UTF-8 编码的 CSV；请用 Excel 另存为“CSV UTF-8”，或直接上传 .xlsx。") from None
    try:
        return _filled(list(csv.reader(io.StringIO(text))))
    except csv.Error:
        raise Invalid("文件不是能读懂的 CSV；请用 Excel 打开检查后另存，或直接上传 .xlsx。") from None


def _sheet(content: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    from openpyxl import load_workbook  # 载入要一百多毫秒，用到才载

    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise Invalid("Excel 文件解开后太大，请检查是不是传错了文件。")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return _filled(list(book.worksheets[0].iter_rows(values_only=True, max_row=LIMIT + 1)))
    except (BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, ParseError):
        raise Invalid("这不是一个能打开的 Excel 文件（.xlsx）。") from None


def _filled(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """有内容的行与行号；跳过空行与表头。"""
    if len(rows) > LIMIT:
        raise Invalid(f"文件超过 {LIMIT} 行，请检查是不是传错了文件。")
    filled = [(number, [*row, None, None, None][:3]) for number, row in enumerate(rows, start=1)]
    return iter([(n, cells) for n, cells in filled if cells[0] not in (None, "") and not (n == 1 and _date(cells[0]) is None)])


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip().replace("/", "-"))
    except ValueError:
        return None
