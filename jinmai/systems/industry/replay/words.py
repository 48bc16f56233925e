"""What a refused table is told: what stands there and what was expected, in the words of a command line."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from jinmai.standards.tabular import Fault, TableRefused
from jinmai.standards.tabular.rows import CellFault, FileFault
from jinmai.standards.telemetry import Measure

EXPECTED_FILE = "expected is a table as CSV in UTF-8 or GB 18030, or as XLSX"
FILE: dict[FileFault, str] = {
    "empty": f"the file is empty, {EXPECTED_FILE}",
    "too_big": "the file is too big, in bytes: {detail}",
    "unpacks_too_big": "the file unpacks to far more than it holds: {detail}",
    "binary": f"this is another kind of file ({{detail}}), {EXPECTED_FILE}",
    "old_workbook": "this is an old or encrypted workbook; save it as .xlsx without a password",
    "macros": "the workbook holds macros; save it as .xlsx",
    "not_a_workbook": f"this zip file is no workbook, {EXPECTED_FILE}",
    "damaged": "the workbook is damaged: {detail}",
    "encoding": "a character that is neither UTF-8 nor GB 18030; save the table as CSV in UTF-8",
    "wrong_name": "the file's name says something else than its content: {detail}",
    "too_many_rows": "more rows than are read",
    "too_many_columns": "more columns than are read: {detail}",
    "quotes": 'the quotation marks do not match ({detail}); a quotation mark within quotes is doubled ("")',
    "entities": "the workbook declares a document type, which none needs",
}
CELL: dict[CellFault, str] = {
    "formula": "there stands a formula, expected is its value",
    "merged": "the cell is merged with others, expected is a value in each",
    "error_value": "there stands the error {detail}, expected is a value",
    "precision": "{detail} has lost its last digits by being a number, expected is text",
    "too_long": "there stand {detail} characters, more than are read",
    "control": "there stands a character that nobody can see ({detail}), expected are visible ones",
}
# Their place is a row of the table; elsewhere it names a byte or a part of the workbook.
OF_A_ROW = frozenset[FileFault]({"too_many_rows", "too_many_columns", "quotes"})


def of_file(error: TableRefused) -> str:
    """Why a file is not read any further."""
    words = FILE[error.reason].format(detail=error.detail).removesuffix(": ").replace(" ()", "")
    if not error.place:
        return words
    return f"{'line ' if error.reason in OF_A_ROW else ''}{error.place}: {words}"


def of_cell(fault: Fault) -> str:
    """What is wrong with the form of a cell."""
    return CELL[fault.reason].format(detail=fault.detail)


def of_unknown_column(name: str, missing: Collection[str]) -> str:
    """A column that the mapping does not name, with the missing one that is most like it."""
    folded = {each.casefold(): each for each in missing}
    if near := get_close_matches(name.casefold(), folded, n=1):
        return f"is no column of this table; {folded[near[0]]!r} is missing and may be meant"
    return "is no column of this table; leave it out or name it in a mapping"


def of_number(text: str, measure: Measure) -> str:
    """A cell that holds no number."""
    return (
        f"{text!r} is no number, expected is one from {_range(measure)}"
        if text
        else (f"the cell is empty, expected is a number from {_range(measure)}")
    )


def of_range(text: str, measure: Measure) -> str:
    """A number beyond what was agreed."""
    return f"{text} is out of range, expected is a number from {_range(measure)}"


def of_resolution(text: str, measure: Measure) -> str:
    """A number with more decimals than are kept."""
    steps = f"{measure.resolution.normalize():f}"
    return f"{text} is finer than what is kept, expected are steps of {steps} {measure.unit}".rstrip()


def _range(measure: Measure) -> str:
    return f"{measure.minimum.normalize():f} to {measure.maximum.normalize():f} {measure.unit}".rstrip()
