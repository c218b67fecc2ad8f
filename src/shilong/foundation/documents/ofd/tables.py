"""表格：算每行多高，每格几行字，太高的行怎样拆到两页。"""

from collections.abc import Iterator
from dataclasses import dataclass

from shilong.foundation.documents.ofd.layout import Cell, Style, Table
from shilong.foundation.documents.ofd.lines import TextLine, break_lines
from shilong.foundation.documents.ofd.refusals import DoesNotFit


@dataclass(frozen=True, slots=True)
class Box:
    """排好的一格。`x` 相对表格左边。"""

    x: float
    width: float
    lines: list[TextLine]
    style: Style

    @property
    def pitch(self) -> float:
        """一行字占的高度。"""
        return self.style.size * self.style.leading

    @property
    def height(self) -> float:
        """文字的高度。"""
        return len(self.lines) * self.pitch


@dataclass(frozen=True, slots=True)
class Row:
    """排好的一行。"""

    cells: list[Box]
    height: float


def rows(table: Table) -> Iterator[Row]:
    """逐行排好。

    异常：
        DoesNotFit: 单元格的列数与表格不符，或列比留白还窄。
    """
    for cells in table.rows:
        yield _row(table, [Cell(cell) if isinstance(cell, str) else cell for cell in cells])


def _row(table: Table, cells: list[Cell]) -> Row:
    if sum(cell.span for cell in cells) != len(table.widths):
        raise DoesNotFit(detail=f"表格有 {len(table.widths)} 列，这一行却占了 {sum(cell.span for cell in cells)} 列")
    boxes: list[Box] = []
    column, x = 0, 0.0
    for cell in cells:
        width = sum(table.widths[column : column + cell.span])
        boxes.append(_box(table, cell, x, width))
        column, x = column + cell.span, x + width
    return Row(boxes, _height(table, boxes))


def _box(table: Table, cell: Cell, x: float, width: float) -> Box:
    if width <= 2 * table.padding:
        raise DoesNotFit(detail="表格有一列比留白还窄")
    style = cell.style or table.style
    return Box(x, width, break_lines(cell.text, style, width - 2 * table.padding), style)


def _height(table: Table, boxes: list[Box]) -> float:
    return max([table.minimum, *(box.height + 2 * table.padding for box in boxes)])


def split(row: Row, table: Table, room: float) -> Iterator[Row]:
    """一页放得下的行原样给出；比整页还高的行按文字行拆成几段。

    参数：
        room: 一页里除表头外能用的高度。

    异常：
        DoesNotFit: 一行字都放不下。
    """
    if row.height <= room:
        yield row
        return
    pitch = max(box.pitch for box in row.cells)
    each = int((room - 2 * table.padding) // pitch)
    if each < 1:
        raise DoesNotFit(detail="表头太高，一页放不下一行内容")
    for start in range(0, max(len(box.lines) for box in row.cells), each):
        boxes = [Box(box.x, box.width, box.lines[start : start + each], box.style) for box in row.cells]
        yield Row(boxes, _height(table, boxes))
