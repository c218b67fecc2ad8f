"""导入导出。导入只建草稿，不直接发布；整份文件要么全写入，要么一条不写。"""

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile

from django.db import transaction

from shilong.foundation.refusals import Invalid, Refused
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.catalog import schema
from shilong.service.catalog.models import Item, ItemVersion
from shilong.service.catalog.refusals import BadImport
from shilong.service.catalog.services import versions

MAX_ITEMS, MAX_BYTES = 6000, 20 * 1024 * 1024
CODES = ("code", "task_code", "catalog_code")
OWNER = "item_code"  # 子表里指明属于哪个事项；材料自己也有 code，不能同名
CODE_NAMES = {"code": "业务办理项编码", "task_code": "实施编码", "catalog_code": "基本编码"}


def export_json(codes: Iterable[str] | None = None) -> dict[str, Any]:
    """导出现行版本；`codes` 为空导出全部在用事项。格式就是 `import_json` 吃的格式。"""
    rows = _published(codes).values_list("code", "implement__task_code", "implement__directory__catalog_code", "current__content")
    return {"format": "shilong-items/1", "items": [dict(zip((*CODES, "content"), row, strict=True)) for row in rows]}


def _published(codes: Iterable[str] | None) -> Any:
    rows = Item.objects.filter(current__isnull=False, state=Item.State.ACTIVE)
    return rows if codes is None else rows.filter(code__in=list(codes))


def import_json(source: Path | bytes | dict[str, Any], *, actor: Actor) -> list[ItemVersion]:
    """导入事项，建成草稿：没有的新建，已有的在现行版本上改。

    异常：
        BadImport: 指出第几项、哪个要素不对；一条也没有写入。
    """
    require(actor, Role.CATALOG)
    return _import(entries_of(source), actor)


def entries_of(source: Path | bytes | dict[str, Any]) -> list[dict[str, Any]]:
    data: Any = source
    if isinstance(source, Path):
        data = source.read_bytes()
    if isinstance(data, bytes):
        if len(data) > MAX_BYTES:
            raise BadImport("文件超过 20 MB，请分批导入。")
        try:
            data = json.loads(data.decode("utf-8-sig"))
        except (UnicodeDecodeError, ValueError, RecursionError):
            raise BadImport("文件不是有效的 JSON（UTF-8）。") from None
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or not items:
        raise BadImport("文件里没有 items 列表，请用本系统导出的格式。")
    if len(items) > MAX_ITEMS:
        raise BadImport(f"一次最多导入 {MAX_ITEMS} 项。")
    return items


def _import(entries: list[dict[str, Any]], actor: Actor) -> list[ItemVersion]:
    saved = []
    with transaction.atomic():
        for number, entry in enumerate(entries, start=1):
            try:
                saved.append(_save(entry, actor))
            except Refused as error:
                name = entry.get("code", "") if isinstance(entry, dict) else ""
                raise BadImport(f"第 {number} 项 {name}：{error.text} 没有写入任何内容。", fields=error.fields) from error
    return saved


def _save(entry: Any, actor: Actor) -> ItemVersion:
    if not isinstance(entry, dict) or not isinstance(entry.get("content"), dict):
        raise Invalid("应有 code、task_code、catalog_code 与 content。")
    codes = {key: str(entry.get(key) or "") for key in CODES}
    content = entry["content"]
    if not Item.objects.filter(code=codes["code"]).exists():
        return versions.create(**codes, content=content, actor=actor, note="导入")
    version = versions.open_draft(codes["code"], actor=actor)
    changes = {key: value for key, value in content.items() if key not in ("department",)}
    return versions.save_draft(codes["code"], changes, actor=actor, revision=version.revision, note="导入")


_SHEETS = ("by_law", "materials", "special", "fees", "questions", "handle_flow")


def export_xlsx(codes: Iterable[str] | None = None) -> bytes:
    """导出 Excel：一张事项表（一行一项），子表各一张（首列是业务办理项编码）。"""
    import xlsxwriter  # 载入要一百多毫秒，用到才载

    entries = export_json(codes)["items"]
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bg_color": "#F6F8FB", "border": 1})
    plain = [element for element in schema.ELEMENTS if element.key not in _SHEETS]
    header = [(key, CODE_NAMES[key]) for key in CODES] + [(element.key, element.label) for element in plain]
    rows = [
        [entry[key] for key in CODES] + [_cell(entry["content"].get(element.key), element.kind) for element in plain] for entry in entries
    ]
    _sheet(book, "事项", header, rows, bold)
    for key in _SHEETS:
        element = schema.BY_KEY[key]
        names = [(OWNER, CODE_NAMES["code"])] + [(f"{column.key}", column.label) for column in element.columns]
        lines = [
            [entry["code"]] + [_cell(row.get(column.key), column.kind) for column in element.columns]
            for entry in entries
            for row in entry["content"].get(key) or []
        ]
        _sheet(book, element.label, names, lines, bold)
    book.close()
    return buffer.getvalue()


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind in (schema.JSON, schema.RECORD):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _sheet(book: Any, name: str, header: list[tuple[str, str]], rows: list[list[str]], bold: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(2, 1)
    sheet.set_column(0, len(header), 18)
    for column, (key, label) in enumerate(header):
        sheet.write_string(0, column, label, bold)
        sheet.write_string(1, column, key, bold)  # 第二行是机器读的列名，导入按它对
    for index, row in enumerate(rows, start=2):
        for column, value in enumerate(row):
            sheet.write_string(index, column, value)


def import_xlsx(stream: BinaryIO, *, actor: Actor) -> list[ItemVersion]:
    """导入 `export_xlsx` 格式的 Excel，建成草稿。

    异常：
        BadImport: 不是 Excel、缺表、缺列，或某一项不合规则。
    """
    require(actor, Role.CATALOG)
    return _import(_from_book(stream), actor)


def _from_book(stream: BinaryIO) -> list[dict[str, Any]]:
    import openpyxl  # 载入要一百多毫秒，用到才载

    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError):
        raise BadImport("文件不是有效的 Excel（.xlsx）。") from None
    if "事项" not in book.sheetnames:
        raise BadImport("Excel 里没有“事项”这张表，请先导出一份作为模板。")
    entries: dict[str, dict[str, Any]] = {}
    for row in _rows(book["事项"]):
        code = row.get("code", "")
        content = {key: _parse(key, value) for key, value in row.items() if key in schema.BY_KEY}
        entries[code] = {**{key: row.get(key, "") for key in CODES}, "content": content}
    for key in _SHEETS:
        name = schema.BY_KEY[key].label
        if name not in book.sheetnames:
            continue
        grouped: dict[str, list[dict[str, Any]]] = {code: [] for code in entries}
        for row in _rows(book[name], OWNER):
            code = row.pop(OWNER, "")
            if code not in grouped:
                raise BadImport(f"“{name}”表里的编码 {code} 不在“事项”表中。")
            grouped[code].append({column: _json_or_text(value) if column == "when" else value for column, value in row.items()})
        for code, lines in grouped.items():
            entries[code]["content"][key] = lines
    if not entries:
        raise BadImport("“事项”表里没有内容。")
    return list(entries.values())


def _rows(sheet: Any, first: str = "code") -> Iterable[dict[str, str]]:
    rows = sheet.iter_rows(values_only=True)
    next(rows, None)
    keys = [str(value or "") for value in next(rows, ())]
    if first not in keys:
        raise BadImport(f"“{sheet.title}”表第二行应是列名（{first} 等），请先导出一份作为模板。")
    for number, row in enumerate(rows):
        if number > MAX_ITEMS * 20:
            raise BadImport(f"“{sheet.title}”表行数太多。")
        values = {key: "" if value is None else str(value).strip() for key, value in zip(keys, row, strict=False) if key}
        if values.get(first):
            yield values


def _parse(key: str, value: str) -> Any:
    kind = schema.BY_KEY[key].kind
    if kind in (schema.MANY, schema.LINES):
        return [line for line in (part.strip() for part in value.replace(",", "\n" if kind == schema.MANY else ",").split("\n")) if line]
    if kind in (schema.JSON, schema.RECORD):
        return _json_or_text(value) or ([] if key == "situations" else {})
    return value


def _json_or_text(value: str) -> Any:
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise BadImport(f"“{value[:30]}”不是有效的 JSON。") from None
