"""Reads a table by its mapping and checks every cell of it before anything is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from jinmai.standards.tabular import Row, TableRefused, read_rows
from jinmai.standards.telemetry import Measure, Thing
from jinmai.systems.industry.replay import words
from jinmai.systems.industry.replay.mapping import Check, Mapping

MOST_FAULTS = 20
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKEND = 5
# A day whose day, month and hour cannot be taken for each other.
_EXAMPLE = datetime(2018, 12, 31, 23, 45, tzinfo=UTC)


class TableFaultyError(ValueError):
    """A table that is not sent; one line for each fault, each naming line and column."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        shown = list(faults[:MOST_FAULTS])
        if len(faults) > MOST_FAULTS:
            shown.append(f"… and {len(faults) - MOST_FAULTS} more")
        super().__init__("\n".join(f"{path}: {fault}" for fault in shown))
        self.faults = list(faults)


@dataclass(frozen=True)
class Reading:
    """One row: the beginning of its interval (UTC) and its values by property, exact."""

    start: datetime
    values: dict[str, Decimal]


@dataclass(frozen=True)
class Table:
    """A checked table. ``readings`` in the order of time; ``digest`` names exactly these readings."""

    readings: list[Reading]
    digest: bytes


def read_header(path: Path) -> list[str]:
    """The names of the columns. Raises :class:`TableFaultyError`."""
    try:
        for row in read_rows(path):
            return [cell.strip() for cell in row.cells]
    except TableRefused as error:
        raise TableFaultyError(path, [words.of_file(error)]) from error
    raise TableFaultyError(path, ["line 1: expected are the names of the columns, there stands nothing"])


def read_table(path: Path, mapping: Mapping, thing: Thing) -> Table:
    """Read and check the whole table. Raises :class:`TableFaultyError` with all its faults."""
    header = read_header(path)
    check_columns(path, header, mapping)
    reader = _RowReader(header, mapping, thing)
    try:
        for row in read_rows(path):
            if row.number > 1:
                reader.read(row)
    except TableRefused as error:
        raise TableFaultyError(path, [*reader.faults, words.of_file(error)]) from error
    if not reader.readings and not reader.faults:
        reader.faults.append("line 2: expected is a first row, there stands nothing")
    if reader.faults:
        raise TableFaultyError(path, reader.faults)
    readings = sorted(reader.readings, key=lambda reading: reading.start)
    return Table(readings, _digest(readings))


def check_columns(path: Path, header: Sequence[str], mapping: Mapping) -> None:
    """Raise :class:`TableFaultyError` where the columns are not those of the mapping."""
    if faults := list(_faults_of_columns(header, mapping)):
        raise TableFaultyError(path, faults)


def _faults_of_columns(header: Sequence[str], mapping: Mapping) -> Iterator[str]:
    missing = sorted(mapping.columns() - set(header))
    for name in missing:
        yield f"line 1: column {name!r} is missing"
    for number, name in enumerate(header, start=1):
        if name not in mapping.columns():
            yield f"line 1, column {number}: {name!r} {words.of_unknown_column(name, missing)}"
        elif name in header[: number - 1]:
            yield f"line 1, column {number}: {name!r} stands in column {header.index(name) + 1} already"


class _RowReader:
    """Reads row by row and collects faults."""

    def __init__(self, header: Sequence[str], mapping: Mapping, thing: Thing) -> None:
        self.readings: list[Reading] = []
        self.faults: list[str] = []
        self._header = list(header)
        self._mapping = mapping
        self._thing = thing
        self._zone = ZoneInfo(mapping.time.zone)
        self._lines: dict[datetime, int] = {}

    def read(self, row: Row) -> None:
        """Read one row; its faults are collected."""
        before = len(self.faults)
        if len(row.cells) != len(self._header):
            self.faults.append(
                f"line {row.number}: expected are {len(self._header)} cells, one for each column, "
                f"there stand {len(row.cells)}"
            )
            return
        for fault in row.faults:
            self._fault(row, self._header[min(fault.column, len(self._header) - 1)], words.of_cell(fault))
        cells = {name: cell.strip() for name, cell in zip(self._header, row.cells, strict=True)}
        clock = self._clock(row, cells[self._mapping.time.column])
        values = {
            column.property: self._value(row, name, cells[name])
            for name, column in self._mapping.values.items()
        }
        if clock is None:
            return
        for name, check in self._mapping.checks.items():
            expected = _CHECKS[check](clock)
            if cells[name] != expected:
                self._fault(
                    row, name, f"expected is {expected!r} by the row's time, there stands {cells[name]!r}"
                )
        start = self._start(clock)
        earlier = self._lines.setdefault(start, row.number)
        if earlier != row.number:
            self._fault(
                row,
                self._mapping.time.column,
                f"{cells[self._mapping.time.column]!r} stands in line {earlier} already",
            )
        if len(self.faults) == before:
            self.readings.append(
                Reading(start, {key: value for key, value in values.items() if value is not None})
            )

    def _clock(self, row: Row, text: str) -> datetime | None:
        try:
            return datetime.strptime(text, self._mapping.time.format)  # noqa: DTZ007 - a wall clock, its zone comes below
        except ValueError:
            self._fault(
                row,
                self._mapping.time.column,
                f"{text!r} is no such time, expected is the form {self._mapping.time.format}, "
                f"for example {_EXAMPLE.strftime(self._mapping.time.format)}",
            )
            return None

    def _start(self, clock: datetime) -> datetime:
        """The beginning of the interval that a wall clock names."""
        column = self._mapping.time
        if column.midnight_closes_the_day and (clock.hour, clock.minute) == (0, 0):
            clock += timedelta(days=1)
        moment = clock.replace(tzinfo=self._zone).astimezone(UTC)
        back = column.interval_seconds if column.stands_for == "end" else 0
        return moment - timedelta(seconds=back)

    def _value(self, row: Row, name: str, text: str) -> Decimal | None:
        column = self._mapping.values[name]
        if column.states is not None:
            if text not in column.states:
                self._fault(row, name, f"{text!r} is unknown, expected is one of {', '.join(column.states)}")
                return None
            return Decimal(column.states[text])
        measure = self._thing.by_key[column.property]
        try:
            value = Decimal(text)
        except InvalidOperation:
            self._fault(row, name, words.of_number(text, measure))
            return None
        if fault := _fault_of_value(value, measure):
            self._fault(row, name, fault)
            return None
        return value

    def _fault(self, row: Row, column: str, what: str) -> None:
        self.faults.append(f"line {row.number}, column {column!r}: {what}")


def _fault_of_value(value: Decimal, measure: Measure) -> str:
    if not value.is_finite():
        return words.of_number(str(value), measure)
    if not measure.minimum <= value <= measure.maximum:
        return words.of_range(str(value), measure)
    if value % measure.resolution:
        return words.of_resolution(str(value), measure)
    return ""


def _seconds_of_day(clock: datetime) -> str:
    return str((clock.hour * 60 + clock.minute) * 60 + clock.second)


def _week_status(clock: datetime) -> str:
    return "Weekend" if clock.weekday() >= WEEKEND else "Weekday"


def _day_of_week(clock: datetime) -> str:
    return DAYS[clock.weekday()]


_CHECKS: dict[Check, Callable[[datetime], str]] = {
    "seconds_of_day": _seconds_of_day,
    "week_status": _week_status,
    "day_of_week": _day_of_week,
}


def _digest(readings: Sequence[Reading]) -> bytes:
    """SHA-256 over times and exact values: the same readings in another file are the same."""
    hashed = hashlib.sha256()
    for reading in readings:
        values = ",".join(f"{key}={value.normalize():f}" for key, value in sorted(reading.values.items()))
        hashed.update(f"{reading.start.isoformat()} {values}\n".encode())
    return hashed.digest()
