"""CSV after RFC 4180 as Chinese offices write it: UTF-8 or GB 18030, comma, tab or semicolon."""

from __future__ import annotations

import csv
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from pathlib import Path

from jinmai.standards.tabular.rows import Fault, Limits, Row, TableRefused, cell_faults

CHUNK = 1 << 20
# A cell that begins so is run as a formula by whoever opens the file in a spreadsheet.
FORMULA = re.compile(r"[=@\t\r＝＠]|[-+－＋](?![0-9０-９.]+%?$)")


def read_csv(path: Path, limits: Limits) -> Iterator[Row]:
    """Rows of a CSV file. Raises :class:`TableRefused`, also between rows."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        head = file.readline(100_000)
        delimiter = max(",\t;", key=head.count)
        file.seek(0)
        records = csv.reader(file, delimiter=delimiter, strict=True)
        yield from _rows(records, limits)


def _rows(records: Iterator[list[str]], limits: Limits) -> Iterator[Row]:
    number = 0
    while True:
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableRefused("quotes", str(number + 1), str(error)) from error
        number += 1
        if number > limits.rows:
            raise TableRefused("too_many_rows", str(number))
        if len(cells) > limits.columns:
            if any(each.strip() for each in cells[limits.columns :]):
                raise TableRefused("too_many_columns", str(number), str(len(cells)))
            del cells[limits.columns :]
        joined = "".join(cells)
        if not joined or joined.isspace():
            continue
        faults = cell_faults(cells, limits)
        if not _FIRST.isdisjoint(map(_first, cells)):
            faults += [
                Fault(column, "formula", text[:20])
                for column, text in enumerate(cells)
                if FORMULA.match(text.lstrip(" "))
            ]
        yield Row(number, cells, faults)


_FIRST = frozenset("=@+-＝＠＋－ \t\r")


def _first(text: str) -> str:
    return text[:1]


def _encoding(path: Path) -> str:
    """``utf-8-sig`` or ``gb18030``: whichever reads the whole file; a NUL byte is in neither."""
    at = _first_fault(path, "utf-8")
    if at is None:
        return "utf-8-sig"
    if _first_fault(path, "gb18030") is None:
        return "gb18030"
    raise TableRefused("encoding", f"byte {at}")


def _first_fault(path: Path, encoding: str) -> int | None:
    decoder = getincrementaldecoder(encoding)(errors="strict")
    read = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            if b"\0" in chunk:
                raise TableRefused("binary", f"byte {read + chunk.index(0)}", "NUL")
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return max(0, read + error.start)
            if not chunk:
                return None
            read += len(chunk)
