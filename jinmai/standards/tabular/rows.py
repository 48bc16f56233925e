"""What a table is made of, whatever file it came in: rows of text, with the faults of single cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

CellFault = Literal["formula", "merged", "error_value", "precision", "too_long", "control"]
FileFault = Literal[
    "empty",
    "too_big",
    "unpacks_too_big",
    "binary",
    "old_workbook",
    "macros",
    "not_a_workbook",
    "damaged",
    "encoding",
    "wrong_name",
    "too_many_rows",
    "too_many_columns",
    "quotes",
    "entities",
]


class TableRefused(ValueError):  # noqa: N818 - a refusal is an answer, not a fault of ours
    """A file that is not read any further; ``reason`` in one word, ``place`` where in the file, if known."""

    def __init__(self, reason: FileFault, place: str = "", detail: str = "") -> None:
        super().__init__(" ".join(filter(None, [reason, place, detail])))
        self.reason: FileFault = reason
        self.place = place
        self.detail = detail


class Fault(NamedTuple):
    """What is wrong with one cell; ``column`` counts from 0."""

    column: int
    reason: CellFault
    detail: str = ""


class Row(NamedTuple):
    """One row that is not blank; ``number`` counts from 1 as a spreadsheet shows it."""

    number: int
    cells: list[str]
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of a foreign file: bytes as handed in, bytes unpacked, rows, columns, characters."""

    size: int = 256_000_000
    unpacked: int = 1_500_000_000
    ratio: int = 200
    rows: int = 1_048_576
    columns: int = 64
    characters: int = 2_000


def column_letters(column: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """``C7``: the cell's name in a spreadsheet; ``column`` counts from 0."""
    return f"{column_letters(column)}{row}"


def cell_faults(cells: list[str], limits: Limits) -> list[Fault]:
    """Faults of plain text: too long, or with characters that nobody can see.

    Ideographic and no-break spaces are spaces and no fault; controls, bidirectional overrides and
    zero-width characters hide what a cell says and are one.
    """
    joined = "".join(cells)
    if joined.isprintable() and len(joined) <= limits.characters:
        return []
    faults = []
    for column, text in enumerate(cells):
        if len(text) > limits.characters:
            faults.append(Fault(column, "too_long", str(len(text))))
        elif not text.isprintable():
            hidden = [each for each in text if not each.isprintable() and each not in "\u3000\u00a0"]
            if hidden:
                faults.append(Fault(column, "control", f"U+{ord(hidden[0]):04X}"))
    return faults
