"""Files that people hand in are read as they mean them, or refused with the cell."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from jinmai.standards.tabular import Fault, Limits, Row, TableRefused, cell_name, read_rows

PLAIN = st.text(st.characters(whitelist_categories=["L", "N"], max_codepoint=0xFFFF), min_size=1, max_size=8)


def _workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def _refusal(path: Path, **options: object) -> tuple[str, str]:
    with pytest.raises(TableRefused) as refused:
        list(read_rows(path, **options))  # type: ignore[arg-type]
    return refused.value.reason, refused.value.place


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_of_either_encoding_reads_the_same(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "parties.csv"
    path.write_text(f"代码{delimiter}名称\n\n9121{delimiter}宏熔“特种”合金\n", encoding=encoding, newline="")
    assert list(read_rows(path)) == [
        Row(1, ["代码", "名称"], []),
        Row(3, ["9121", "宏熔“特种”合金"], []),
    ]


@given(st.lists(st.lists(PLAIN, min_size=2, max_size=5), min_size=1, max_size=8))
def test_what_a_csv_writer_wrote_comes_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    assert [row.cells for row in read_rows(path)] == table


def test_a_workbook_gives_numbers_and_dates_as_people_see_them(tmp_path: Path) -> None:
    path = _workbook(
        tmp_path / "t.xlsx", [["a", None, 19200000, 0.1 + 0.2, date(2024, 4, 9), True], [None, " ", 1.5e-7]]
    )
    assert [row.cells for row in read_rows(path, name="t.xlsx")] == [
        ["a", "", "19200000", "0.3", "2024-04-09", "TRUE"],
        ["", " ", "0.00000015"],
    ]


def test_a_formula_is_a_fault_of_its_cell_even_with_a_cached_value(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "t.xlsx", [["code", "revenue"], ["x", "=1+1"]])
    assert list(read_rows(path))[1].faults == [Fault(1, "formula")]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1+cmd", "-2+3", "＝1", " =A1"])
def test_text_that_a_spreadsheet_would_run_is_a_fault(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"a,b\nx,{text}\n", encoding="utf-8")
    assert [fault[:2] for fault in list(read_rows(path))[1].faults] == [(1, "formula")]


@pytest.mark.parametrize("text", ["-2", "+3.5", "-12.5%", "a=b"])
def test_signed_numbers_are_no_formulas(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"a,b\nx,{text}\n", encoding="utf-8")
    assert list(read_rows(path))[1] == Row(2, ["x", text], [])


def test_merged_cells_are_faults_of_every_row_they_cover(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["code", "name"], ["x", "both"], ["y", None]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(tmp_path / "t.xlsx")
    assert [row.faults for row in read_rows(tmp_path / "t.xlsx")] == [
        [],
        [Fault(1, "merged")],
        [Fault(1, "merged")],
    ]


def test_a_code_typed_as_a_number_has_lost_its_digits(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "t.xlsx", [["code"], [912107110000000123]])
    assert [(fault.column, fault.reason) for fault in list(read_rows(path))[1].faults] == [(0, "precision")]


def test_characters_that_nobody_sees_are_faults(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\nx,\u202egnor\ny,\u3000\n", encoding="utf-8")
    assert [row.faults for row in read_rows(path)] == [[], [Fault(1, "control", "U+202E")], []]


def test_a_file_that_lies_about_its_type_is_refused(tmp_path: Path) -> None:
    book = _workbook(tmp_path / "t.xlsx", [["a"]])
    text = tmp_path / "t.csv"
    text.write_text("a,b\n", encoding="utf-8")
    assert _refusal(book, name="t.csv")[0] == "wrong_name"
    assert _refusal(text, name="t.xlsx")[0] == "wrong_name"
    for name, content, reason in (
        ("t.csv", b"\x89PNG\r\n\x1a\n", "binary"),
        ("t.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "old_workbook"),
        ("t.csv", b"<html><table>", "binary"),
        ("t.csv", b"a,b\n\x00", "binary"),
        ("t.csv", b"a,b\n\xff\xff\n", "encoding"),
        ("t.xlsx", b"PK\x03\x04 and nothing", "damaged"),
        ("t.csv", b"", "empty"),
        ("t.csv", b'a,b\n"x,y\n', "quotes"),
    ):
        path = tmp_path / "lie"
        path.write_bytes(content)
        assert _refusal(path, name=name)[0] == reason, content


def test_a_zip_of_something_else_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert _refusal(tmp_path / "t.xlsx")[0] == "not_a_workbook"


def _altered(source: Path, target: Path, part: str, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(source) as one, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as other:
        for name in one.namelist():
            content = one.read(name)
            other.writestr(name, content.replace(old, new) if name == part else content)
    return target


def test_entities_macros_and_bombs_are_refused(tmp_path: Path) -> None:
    book = _workbook(tmp_path / "t.xlsx", [["a"]])
    sheet = "xl/worksheets/sheet1.xml"
    bomb = b'<!DOCTYPE x [<!ENTITY e "eeee">]><worksheet'
    assert _refusal(_altered(book, tmp_path / "e.xlsx", sheet, b"<worksheet", bomb)) == ("entities", sheet)
    blown = _altered(book, tmp_path / "b.xlsx", sheet, b"<sheetData>", b"<sheetData>" + b" " * 40_000_000)
    assert _refusal(blown)[0] == "unpacks_too_big"
    with zipfile.ZipFile(tmp_path / "t.xlsx", "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert _refusal(tmp_path / "t.xlsx")[0] == "macros"


def test_too_many_rows_or_columns_are_refused_at_their_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n" * 5, encoding="utf-8")
    assert _refusal(path, limits=Limits(rows=3)) == ("too_many_rows", "4")
    assert _refusal(path, limits=Limits(columns=2)) == ("too_many_columns", "1")
    book = _workbook(tmp_path / "t.xlsx", [["a", "b", "c"]] * 5)
    assert _refusal(book, limits=Limits(rows=3)) == ("too_many_rows", "4")
    assert _refusal(book, limits=Limits(columns=2)) == ("too_many_columns", "1")
    assert _refusal(book, limits=Limits(size=100))[0] == "too_big"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)
    try:
        list(read_rows(path))
    except TableRefused:
        return


def test_every_naughty_file_is_read_or_refused(shared_data: Path) -> None:
    files = [path for path in sorted((shared_data / "bad_input").rglob("*")) if path.is_file()]
    assert len(files) > 300
    for path in files:
        for name in ("t.csv", "t.xlsx"):
            try:
                list(read_rows(path, name=name))
            except TableRefused:
                continue


def test_every_naughty_string_comes_back_or_is_a_fault(shared_data: Path, tmp_path: Path) -> None:
    naughty = json.loads((shared_data / "bad_input" / "blns" / "blns.json").read_text(encoding="utf-8"))
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    kept = []
    for text in naughty:
        if "\ufffe" in text:  # the writer puts it into XML, which may not hold it: that file is damaged
            continue
        try:
            sheet.append(["row", text])
        except Exception:  # noqa: BLE001, S112 - the writer refuses control characters itself
            continue
        kept.append(text)
    book.save(tmp_path / "t.xlsx")
    read = list(read_rows(tmp_path / "t.xlsx"))
    assert len(read) == len(kept)
    for row, text in zip(read, kept, strict=True):
        clean = row.cells[1] if len(row.cells) > 1 else ""
        assert row.faults or clean in {text, text.replace("\r\n", "\n")}, (text, row)


def test_cells_are_named_as_spreadsheets_name_them() -> None:
    assert [cell_name(7, column) for column in (0, 25, 26, 63)] == ["A7", "Z7", "AA7", "BL7"]
