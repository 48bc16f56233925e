"""The first sheet of an XLSX workbook (ECMA-376), streamed, as text.

A foreign workbook is a zip of XML files, so both are distrusted: sizes are capped before anything is
unpacked, document type declarations are refused (no entities), formulas, error values and merged cells
are faults of their cells even where a cached value stands beside them.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

from jinmai.standards.tabular.cells import Style, is_date_format, plain_number
from jinmai.standards.tabular.rows import Fault, Limits, Row, TableRefused, cell_faults, column_letters

CHUNK = 1 << 18
MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref=[\"']([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"
)
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
MOST_MERGED = 10_000
MOST_PARTS = 5_000


def read_workbook(path: Path, limits: Limits) -> Iterator[Row]:
    """Rows of the first sheet. Raises :class:`TableRefused`, also between rows."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive, limits)
            sheet, style = _first_sheet(archive)
            strings = _shared_strings(archive, limits)
            merged = _merged_cells(archive, sheet)
            yield from _Sheet(strings, style, merged, limits).rows(archive, sheet)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise TableRefused("damaged", detail=str(error)[:80]) from error


def _check_archive(archive: zipfile.ZipFile, limits: Limits) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS or len(names) != len(parts):
        raise TableRefused("damaged", detail=f"{len(parts)} parts")
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise TableRefused("not_a_workbook")
    if any(part.flag_bits & 1 for part in parts):
        raise TableRefused("damaged", detail="encrypted")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise TableRefused("macros")
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > limits.unpacked or unpacked > max(10_000_000, packed * limits.ratio):
        raise TableRefused("unpacks_too_big", detail=f"{packed} → {unpacked}")


def _parse(archive: zipfile.ZipFile, name: str, parser: expat.XMLParserType) -> Iterator[None]:
    """Feed one part to the parser, piece by piece; entities are refused, sizes are held to what was said."""

    def refuse(*_: object) -> None:
        raise TableRefused("entities", name)

    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    said, read = archive.getinfo(name).file_size, 0
    with archive.open(name) as file:
        while chunk := file.read(CHUNK):
            read += len(chunk)
            if read > said:
                raise TableRefused("unpacks_too_big", name)
            _feed(parser, chunk, name, last=False)
            yield
    _feed(parser, b"", name, last=True)
    yield


def _feed(parser: expat.XMLParserType, chunk: bytes, name: str, *, last: bool) -> None:
    try:
        parser.Parse(chunk, last)
    except expat.ExpatError as error:
        raise TableRefused(
            "damaged", f"{name}:{error.lineno}", expat.ErrorString(error.code) or ""
        ) from error


def _parser() -> expat.XMLParserType:
    return expat.ParserCreate(namespace_separator=None)


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1]


def _elements(archive: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    """Start tags of a small part in document order."""
    found: list[tuple[str, dict[str, str]]] = []
    if name not in archive.namelist():
        return found
    if archive.getinfo(name).file_size > 20_000_000:
        raise TableRefused("unpacks_too_big", name)
    parser = _parser()
    parser.StartElementHandler = lambda tag, attributes: found.append((_local(tag), attributes))
    for _ in _parse(archive, name, parser):
        pass
    return found


def _first_sheet(archive: zipfile.ZipFile) -> tuple[str, Style]:
    """Path of the first sheet, and how its numbers are to be read."""
    relation, epoch_1904 = "", False
    for tag, attributes in _elements(archive, "xl/workbook.xml"):
        if tag == "workbookPr":
            epoch_1904 = attributes.get("date1904") in {"1", "true"}
        elif tag == "sheet" and not relation:
            relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
    for tag, attributes in _elements(archive, "xl/_rels/workbook.xml.rels"):
        if tag == "Relationship" and attributes.get("Id") == relation:
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            if path in archive.namelist():
                return path, Style(_date_styles(archive), epoch_1904=epoch_1904)
    raise TableRefused("not_a_workbook", detail="no sheet")


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Indices of the cell styles that show a number as a date."""
    own: dict[str, str] = {}
    dates, inside, index = set(), False, 0
    for tag, attributes in _elements(archive, "xl/styles.xml"):
        if tag == "numFmt":
            own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag in {"cellXfs", "cellStyles", "dxfs", "cellStyleXfs"}:
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            if is_date_format(number, own.get(number)):
                dates.add(index)
            index += 1
    return frozenset(dates)


def _shared_strings(archive: zipfile.ZipFile, limits: Limits) -> list[str]:
    """The table of strings that cells refer to."""
    name = "xl/sharedStrings.xml"
    table = _Strings()
    if name in archive.namelist():
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = table.start, table.end
        parser.CharacterDataHandler = table.text
        for _ in _parse(archive, name, parser):
            if len(table.strings) > limits.rows * limits.columns:
                raise TableRefused("unpacks_too_big", name)
    return table.strings


class _Strings:
    """Gathers the shared strings; phonetic hints (rPh) are no part of them."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.pieces: list[str] = []
        self.reading = False
        self.hints = 0

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        name = _local(tag)
        if name == "si":
            self.pieces.clear()
        elif name == "rPh":
            self.hints += 1
        elif name == "t":
            self.reading = not self.hints

    def end(self, tag: str) -> None:
        """An element ends."""
        name = _local(tag)
        if name == "si":
            self.strings.append("".join(self.pieces))
        elif name == "rPh":
            self.hints -= 1
        elif name == "t":
            self.reading = False

    def text(self, data: str) -> None:
        """Characters of a string."""
        if self.reading:
            self.pieces.append(data)


def _merged_cells(archive: zipfile.ZipFile, sheet: str) -> dict[int, list[tuple[int, int]]]:
    """Row number to column spans of merged cells; they stand behind the rows, so bytes are searched first."""
    found: dict[int, list[tuple[int, int]]] = {}
    count = 0
    with archive.open(sheet) as file:
        for one, other in _references(file):
            (left, top), (right, bottom) = one, other
            count += bottom - top + 1
            if count > MOST_MERGED:
                raise TableRefused("damaged", sheet, f"more than {MOST_MERGED} merged rows")
            for row in range(top, bottom + 1):
                found.setdefault(row, []).append((left, right))
    return found


def _references(file: IO[bytes]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    rest = b""
    while chunk := file.read(CHUNK):
        data = rest + chunk
        last = 0
        for match in MERGED.finditer(data):
            yield _place(match[1].decode()), _place(match[2].decode())
            last = match.end()
        rest = data[max(last, len(data) - 300) :]


def _place(reference: str) -> tuple[int, int]:
    """Column from 0 and row from 1 of ``C7``."""
    match = REFERENCE.fullmatch(reference)
    if match is None:
        raise TableRefused("damaged", reference[:20])
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(match[2])


@dataclass
class _Sheet:
    """The state of reading one sheet: rows finished, and the row and cell at hand."""

    strings: list[str]
    style: Style
    merged: dict[int, list[tuple[int, int]]]
    limits: Limits
    ready: list[Row] = field(default_factory=list)
    number: int = 0
    cells: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    column: int = -1
    kind: str = "n"
    date: bool = False
    reading: bool = False
    pieces: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)

    def rows(self, archive: zipfile.ZipFile, sheet: str) -> Iterator[Row]:
        """Rows as the parser finishes them."""
        self.columns = {column_letters(column): column for column in range(self.limits.columns)}
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text
        for _ in _parse(archive, sheet, parser):
            yield from self.ready
            self.ready.clear()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A row or cell begins."""
        name = _local(tag) if ":" in tag else tag
        if name == "c":
            self.begin_cell(attributes)
        elif name in {"v", "t"}:
            self.reading = True
        elif name == "row":
            said = attributes.get("r", "")
            number = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else self.number + 1
            if number <= self.number or number > self.limits.rows:
                raise TableRefused("too_many_rows" if number > self.limits.rows else "damaged", str(number))
            self.number, self.cells, self.faults, self.column = number, [], [], -1
        elif name == "f":
            self.faults.append(Fault(self.column, "formula"))
        elif name == "rPh":
            self.kind = "hint"

    def begin_cell(self, attributes: dict[str, str]) -> None:
        """Find the cell's column; fill the row up to it."""
        reference = attributes.get("r", "")
        self.column = self.columns.get(reference.rstrip("0123456789"), -1) if reference else self.column + 1
        self.pieces.clear()
        self.kind = attributes.get("t", "n")
        said = attributes.get("s", "")
        self.date = said.isascii() and said.isdigit() and len(said) < 7 and int(said) in self.style.dates

    def text(self, data: str) -> None:
        """Characters of a value."""
        if self.reading and self.kind != "hint":
            self.pieces.append(data)

    def end(self, tag: str) -> None:
        """A row or cell ends."""
        name = _local(tag) if ":" in tag else tag
        if name in {"v", "t"}:
            self.reading = False
        elif name == "c":
            self.end_cell()
        elif name == "row":
            self.end_row()

    def end_cell(self) -> None:
        """Turn the cell's raw value into text."""
        raw = "".join(self.pieces)
        column = self.column
        if not raw:
            return
        if column < 0 or column >= self.limits.columns:
            raise TableRefused("too_many_columns", str(self.number))
        while len(self.cells) <= column:
            self.cells.append("")
        self.cells[column] = self.value(raw)

    def value(self, raw: str) -> str:
        """The text of a raw value by the cell's type."""
        match self.kind:
            case "s":
                if not (raw.isascii() and raw.isdigit()) or len(raw) > 9 or int(raw) >= len(self.strings):
                    raise TableRefused("damaged", str(self.number), "shared string")
                return self.strings[int(raw)]
            case "n":
                text, fault = plain_number(raw, self.style, date=self.date)
                if fault:
                    self.faults.append(Fault(self.column, fault, raw[:30]))
                return text
            case "b":
                return "TRUE" if raw == "1" else "FALSE"
            case "e":
                self.faults.append(Fault(self.column, "error_value", raw[:20]))
                return raw
            case _:
                return raw

    def end_row(self) -> None:
        """Keep the row unless it is blank."""
        spans = self.merged.get(self.number, ())
        if not self.faults and not any(cell and not cell.isspace() for cell in self.cells):
            return
        for left, _right in spans:
            self.faults.append(Fault(min(left, self.limits.columns - 1), "merged"))
        self.faults += cell_faults(self.cells, self.limits)
        self.ready.append(Row(self.number, self.cells, self.faults))
