"""What is exported: head, units, as-of, types, and nothing that can become a formula."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from jinmai.core.web.status import Status
from jinmai.core.web.tables import Column, Table, TableView
from jinmai.core.web.tables import workbook as xlsx

AT = datetime(2026, 11, 23, 1, 15, 7, tzinfo=UTC)
ANY = [Column("value", "Value")]


def read(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(BytesIO(content)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows()]


def test_the_head_names_title_moment_and_units() -> None:
    table = Table(
        "p",
        "Plants",
        [Column("name", "Plant"), Column("power", "Power", unit="kW", decimals=1)],
        illustrative=True,
    )
    view = TableView(table, [{"name": "a", "power": Decimal("8420.5")}], QueryDict(""), as_of=AT)
    with translation.override("en"):
        rows = read(xlsx.as_workbook(view))
    assert rows[0][0].value == "Plants"
    assert rows[1][0].value == "as of 23 Nov 2026, 09:15 · illustrative data"
    assert [cell.value for cell in rows[2]] == ["Plant", "Power (kW)"]
    assert [cell.value for cell in rows[3]] == ["a", 8420.5]
    assert rows[3][1].number_format == "#,##0.0"


def test_every_row_that_the_filters_leave_is_exported_not_the_page_alone() -> None:
    table = Table("p", "P", [Column("n", "N")], page_size=2)
    rows = read(xlsx.as_workbook(TableView(table, [{"n": n} for n in range(7)], QueryDict("page=2"))))
    assert [row[0].value for row in rows[3:]] == list(range(7))


def test_values_keep_their_types_and_moments_are_the_citys() -> None:
    values = [date(2026, 11, 23), AT, True, None, Status("online", "good"), float("nan")]
    with translation.override("en"):
        cells = [row[0] for row in read(xlsx.write("T", ANY, [[value] for value in values]))[3:]]
    assert [cell.value for cell in cells] == [
        datetime(2026, 11, 23),  # noqa: DTZ001 - a sheet knows no time zone
        datetime(2026, 11, 23, 9, 15, 7),  # noqa: DTZ001 - as above
        "yes",
        None,
        "online",
    ]


@given(st.text(max_size=60), st.sampled_from(["=", "+", "-", "@", "\t", "\r", ""]))
def test_words_are_stored_as_text_whatever_they_begin_with(words: str, start: str) -> None:
    content = xlsx.write("T", ANY, [[start + words + "x"]])
    cell = read(content)[3][0]
    assert cell.data_type == "s"
    kept = ILLEGAL_CHARACTERS_RE.sub("", start + words)
    assert cell.quotePrefix == (kept[:1] in {"=", "+", "-", "@", "\t", "\r"})


def test_a_title_that_looks_like_a_formula_is_text_too() -> None:
    assert read(xlsx.write("=1+1", ANY, []))[0][0].data_type == "s"
