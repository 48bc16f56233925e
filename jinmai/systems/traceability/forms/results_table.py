"""Measured values as a table: the template that a laboratory fills in, and its reading cell by cell."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook

from jinmai.core.register.api import ValueFault, parse_day, refusal_words
from jinmai.core.web.api import in_chinese
from jinmai.standards.tabular import Limits, Row, TableRefused, cell_name, read_rows
from jinmai.systems.traceability.choices import MeasuredItem
from jinmai.systems.traceability.forms.reports import measured_of
from jinmai.systems.traceability.selectors.limits import METHODS, UNITS
from jinmai.systems.traceability.services.laboratory import Days, Measured

HEADS: Final = (("项目", "Item"), ("单位", "Unit"), ("实测值", "Measured"), ("方法", "Method"))
# A column that may be left out: the day of the test, where it is not one for all.
DAY_HEAD: Final = ("检测日期", "Tested on")
LIMITS: Final = Limits(size=2_000_000, unpacked=20_000_000, rows=200, columns=16)
_ITEM, _UNIT, _VALUE, _METHOD, _DAY = range(5)


class CellRefused(NamedTuple):
    """One cell that cannot be taken and why, in the reader's language."""

    cell: str
    why: str


class ResultsRefusedError(ValueError):
    """A table of which nothing is taken."""

    def __init__(self, cells: list[CellRefused]) -> None:
        super().__init__("; ".join(f"{one.cell}: {one.why}" for one in cells))
        self.cells = cells


def template() -> bytes:
    """A workbook with a row for each item; "<0.1" in the column of values says not detected above 0.1."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("results")
    sheet.append([zh for zh, _en in (*HEADS, DAY_HEAD)])
    with override("zh-hans"):
        for item in MeasuredItem:
            sheet.append([str(item.label), UNITS[item], "", METHODS[item]])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def read_results(path: Path, name: str, days: Days) -> list[Measured]:
    """The filled rows of a table; ``days`` are those on which the sample can have been tested.

    Raises :class:`ResultsRefusedError` with every cell that is wrong; then nothing of it counts.
    """
    faults: list[CellRefused] = []
    found: dict[MeasuredItem, Measured] = {}
    try:
        rows = list(read_rows(path, name=name, limits=LIMITS))
    except TableRefused as refused:
        raise ResultsRefusedError(
            [CellRefused(refused.place or name[-60:], _said(refused.reason, refused.detail, refused.place))]
        ) from refused
    if not rows or not _is_head(rows[0]):
        heads = ", ".join(zh for zh, _en in HEADS)
        raise ResultsRefusedError([CellRefused("A1", _("The head must be: %(heads)s.") % {"heads": heads})])
    items = _items()
    for row in rows[1:]:
        _read(row, items, days, found, faults)
    if faults:
        raise ResultsRefusedError(faults)
    if not found:
        raise ResultsRefusedError([CellRefused("C2", _("No value is filled in."))])
    return list(found.values())


def _read(
    row: Row,
    items: dict[str, MeasuredItem],
    days: Days,
    found: dict[MeasuredItem, Measured],
    faults: list[CellRefused],
) -> None:
    """Take one row into ``found``, or say in ``faults`` what is wrong with it."""
    if row.faults:
        said = [(one.column, _said(one.reason, one.detail)) for one in row.faults]
        faults += [CellRefused(cell_name(row.number, column), why) for column, why in said]
        return
    cells = [cell.strip() for cell in row.cells] + [""] * 5
    if not cells[_VALUE]:
        return
    item = items.get(cells[_ITEM].lower())
    measured = measured_of(item, cells[_VALUE], cells[_METHOD][:60]) if item else None
    day, why = _day(cells[_DAY], days)
    fault: tuple[int, str] | None = None
    if item is None:
        fault = (_ITEM, _("“%(item)s” is no item that is measured.") % {"item": cells[_ITEM][:40]})
    elif cells[_UNIT] and cells[_UNIT] != UNITS[item]:
        fault = (_UNIT, _("The unit of this item is %(unit)s.") % {"unit": UNITS[item]})
    elif measured is None:
        fault = (_VALUE, _("Write a figure such as 0.08, or <0.1 for “not detected”."))
    elif item in found:
        fault = (_ITEM, _("This item stands twice."))
    elif why:
        fault = (_DAY, why)
    else:
        found[item] = measured._replace(tested_on=day)
    if fault:
        faults.append(CellRefused(cell_name(row.number, fault[0]), fault[1]))


def _day(text: str, days: Days) -> tuple[date | None, str]:
    """The day that a cell names, or why it cannot be that day; an empty cell names none."""
    if not text:
        return None, ""
    try:
        day = parse_day(text)
    except ValueFault as error:
        return None, _said(error.reason)
    return day, days.fault(day)


def _is_head(row: Row) -> bool:
    cells = [cell.strip() for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    wanted = (*HEADS, DAY_HEAD)
    fits = all(cell in pair for cell, pair in zip(cells, wanted, strict=False))
    return not row.faults and fits and len(HEADS) <= len(cells) <= len(wanted)


def _items() -> dict[str, MeasuredItem]:
    """Each item by its word and by its name in both languages."""
    known = {item.value: item for item in MeasuredItem}
    for language in ("zh-hans", "en"):
        with override(language):
            known |= {str(item.label).lower(): item for item in MeasuredItem}
    return known


def _said(reason: str, detail: str = "", place: str = "") -> str:
    words = refusal_words(reason, detail, place)
    return words.zh if in_chinese() else words.en
