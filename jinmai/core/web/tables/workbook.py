"""A table as an xlsx file: title, as-of and unit in the head; nothing in it can become a formula."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from jinmai.core.web import formats
from jinmai.core.web.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from jinmai.core.web.tables.columns import Column
    from jinmai.core.web.tables.table import TableView

MOST_ROWS = 200_000  # what one answer holds in memory; the head says when rows were left out
# What a spreadsheet would take for a formula when such a text is opened or saved on as CSV.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_workbook(view: TableView) -> bytes:
    """The file with every row that the filters leave, up to ``MOST_ROWS``."""
    rows = view.rows[:MOST_ROWS]
    left_out = max(0, view.count - MOST_ROWS)
    stream: Iterable[Any] = rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else rows
    lines = ([column.of(row) for column in view.table.columns] for row in stream)
    return write(
        str(view.table.title),
        view.table.columns,
        lines,
        as_of=view.as_of,
        notes=[
            *([gettext("illustrative data")] if view.table.illustrative else []),
            *([gettext("%(rows)s rows left out: narrow the table") % {"rows": left_out}] if left_out else []),
        ],
    )


def write(
    title: str,
    columns: Sequence[Column],
    lines: Iterable[Sequence[Any]],
    *,
    as_of: datetime | None = None,
    notes: Sequence[str] = (),
) -> bytes:
    """Lines of values below a head of title, as-of moment with notes, and columns with units."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A4"
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = 18 if column.is_number else 28
    for line in _head(sheet, title, columns, as_of or datetime.now(UTC), notes):
        sheet.append(line)
    for values in lines:
        sheet.append([_cell(sheet, column, value) for column, value in zip(columns, values, strict=True)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _head(
    sheet: WriteOnlyWorksheet, title: str, columns: Sequence[Column], as_of: datetime, notes: Sequence[str]
) -> Iterator[list[Any]]:
    heading = _text(sheet, title)
    heading.font = Font(bold=True, size=14)
    yield [heading]
    note = gettext("as of %(moment)s") % {"moment": formats.moment(as_of)}
    yield [_text(sheet, " · ".join([note, *notes]))]
    cells = []
    for column in columns:
        cell = _text(sheet, f"{column.label} ({column.unit})" if column.unit else str(column.label))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E7F0F1")
        cell.alignment = Alignment(horizontal="right" if column.is_number else "left")
        cells.append(cell)
    yield cells


def _cell(sheet: WriteOnlyWorksheet, column: Column, value: Any) -> Any:
    """A typed cell: numbers stay numbers, moments are in the city's time, all else is text."""
    match value:
        case None:
            return None
        case bool() | Status():
            return _text(sheet, column.words(value) if isinstance(value, bool) else str(value))
        case int() | float() | Decimal():
            # openpyxl writes decimals and dates too, its type information does not say so.
            cell = WriteOnlyCell(sheet, value if _finite(value) else None)  # type: ignore[arg-type]
            if column.decimals is not None:
                cell.number_format = "#,##0" + ("." + "0" * column.decimals if column.decimals else "")
            return cell
        case datetime():
            cell = WriteOnlyCell(sheet, timezone.localtime(value).replace(tzinfo=None))
            cell.number_format = "yyyy-mm-dd hh:mm:ss"
            return cell
        case date():
            cell = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # as above
            cell.number_format = "yyyy-mm-dd"
            return cell
        case _:
            return _text(sheet, str(value))


def runs_as_formula(words: str) -> bool:
    """Whether a spreadsheet would take this text for a formula and run it."""
    return words.startswith(FORMULA_STARTS)


def _text(sheet: WriteOnlyWorksheet, words: str) -> Any:
    """A cell that is text whatever it begins with, control characters taken out."""
    words = ILLEGAL_CHARACTERS_RE.sub("", words)[:32_767]
    cell = WriteOnlyCell(sheet, words)
    cell.data_type = "s"
    if runs_as_formula(words):
        cell.quotePrefix = True
    return cell


def _finite(value: float | Decimal) -> bool:
    return Decimal(str(value)).is_finite()


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in r"[]:*?/\\")[:31] or "Jinmai"
