"""Opens a table by what the file is, never by what its name says it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinmai.standards.tabular.csv_file import read_csv
from jinmai.standards.tabular.rows import Limits, Row, TableRefused
from jinmai.standards.tabular.workbook import read_workbook

# What other files begin with: each is refused with a word that says what was handed in.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
    (b"PAR1", "Parquet"),
)
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<table")
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
ENDINGS = {"csv": {".csv", ".txt", ".tsv"}, "xlsx": {".xlsx"}}


def read_rows(path: Path, *, name: str = "", limits: Limits | None = None) -> Iterator[Row]:
    """Rows of a CSV file or of a workbook's first sheet, the head included, blank rows left out.

    ``name`` is the name that the file was handed in under; where it ends otherwise than the content it is
    refused. Raises :class:`TableRefused`, also between rows: nothing may be kept until the last one came.
    """
    limits = limits or Limits()
    size = path.stat().st_size
    if size == 0:
        raise TableRefused("empty")
    if size > limits.size:
        raise TableRefused("too_big", detail=f"{size} > {limits.size}")
    kind = _kind(path)
    ending = Path(name).suffix.lower()
    if name and ending not in ENDINGS[kind]:
        raise TableRefused("wrong_name", detail=f"{ending or name[-20:]} ≠ {kind}")
    return read_workbook(path, limits) if kind == "xlsx" else read_csv(path, limits)


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(ZIP):
        return "xlsx"
    if head.startswith(OLD_WORKBOOK):
        raise TableRefused("old_workbook")
    for signature, what in SIGNATURES:
        if head.startswith(signature):
            raise TableRefused("binary", detail=what)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise TableRefused("binary", detail="HTML/XML")
    return "csv"
