"""A logger's file: a table with a column of moments and one of temperatures, as loggers export it."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from jinmai.standards.tabular import Limits, Row, TableRefused, cell_name, read_rows
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.temperature import A_FILE, Measured

# How much of a file is read, and how far down its head may stand: loggers print their own data first.
_LIMITS: Final = Limits(size=20_000_000, unpacked=200_000_000, rows=A_FILE + 100)
_HEAD_ROWS: Final = 40
_TIME: Final = re.compile(
    r"^(?:date[ /]?time|time(?:stamp)?|datetime|日期时间|记录时间|测量时间|时间)\b.*", re.IGNORECASE
)
_TEMPERATURE: Final = re.compile(r"^(?:temp(?:erature)?|温度|ch ?1)\b.*|^°C$|^℃$|^温度.*", re.IGNORECASE)
_UNIT: Final = re.compile(r"\s*(?:°\s?C|℃)\s*$", re.IGNORECASE)


def read_readings(path: Path, name: str) -> list[Measured]:
    """The readings of a CSV file or a workbook, each with its cell; moments without an offset are local.

    Raises :class:`ChainRefusedError` with the cell or the reason.
    """
    found: list[Measured] = []
    columns: tuple[int, int] | None = None
    try:
        for row in read_rows(path, name=name, limits=_LIMITS):
            if columns is None:
                columns = _columns(row)
                if columns is None and row.number > _HEAD_ROWS:
                    break
                continue
            found.append(_measured(row, columns))
    except TableRefused as refused:
        raise ChainRefusedError(_("This file cannot be read: %(reason)s.") % {"reason": refused}) from refused
    if columns is None:
        raise ChainRefusedError(_("The file has no column of times and one of temperatures."))
    if not found:
        raise ChainRefusedError(_("The file has no readings."))
    return found


def _columns(row: Row) -> tuple[int, int] | None:
    names = [cell.strip() for cell in row.cells]
    times = [place for place, name in enumerate(names) if _TIME.match(name)]
    temperatures = [place for place, name in enumerate(names) if _TEMPERATURE.match(name)]
    return (times[0], temperatures[0]) if times and temperatures else None


def _measured(row: Row, columns: tuple[int, int]) -> Measured:
    time, temperature = columns
    at, value = (row.cells[place].strip() if place < len(row.cells) else "" for place in columns)
    for fault in row.faults:
        # "-14.1 °C" looks like a formula to a spreadsheet; here nothing but a number is taken.
        if fault.column in columns and fault.reason != "formula":
            place = cell_name(row.number, fault.column)
            raise ChainRefusedError(_("%(place)s: this cell holds no plain value.") % {"place": place})
    return Measured(
        _moment(at, cell_name(row.number, time)),
        _centidegrees(value, cell_name(row.number, temperature)),
        cell_name(row.number, temperature),
    )


def _moment(text: str, place: str) -> datetime:
    try:
        at = parse_datetime(text.replace("/", "-").replace("T", " "))
    except ValueError:
        at = None
    if at is None:
        raise ChainRefusedError(
            _("%(place)s: “%(text)s” is no moment.") % {"place": place, "text": text[:40]}
        )
    return timezone.make_aware(at) if timezone.is_naive(at) else at


def _centidegrees(text: str, place: str) -> int:
    try:
        value = Decimal(_UNIT.sub("", text).replace("−", "-"))
        return round(value * 100)
    except (InvalidOperation, ValueError, OverflowError) as error:
        told = {"place": place, "text": text[:40]}
        raise ChainRefusedError(_("%(place)s: “%(text)s” is no temperature.") % told) from error
