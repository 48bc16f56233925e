"""A file is checked as a whole, reported by the cell, and written only as somebody decided."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import Workbook

from jinmai.core.ledger.api import entries_for
from jinmai.core.register.check import import_faults
from jinmai.core.register.importing import run, staging
from jinmai.core.register.importing.reasons import CELL, FILE, spoken
from jinmai.core.register.models import Fact, FactBasis, Import, ImportChunk, Party
from jinmai.core.register.selectors import entries_of, facts_as_of, party_by_code
from jinmai.core.register.services.imports import (
    ImportRefused,
    Upload,
    accept_import,
    drop_import,
    open_import,
)
from jinmai.core.register.tests.factories import ACTOR, ALLOY, TACKLE, code_number

HEAD = "统一社会信用代码,名称,区县,行业代码,规模,年度,营业收入（元）,从业人数"
APRIL = date(2026, 4, 30)
pytestmark = pytest.mark.usefixtures("tiny_city", "_own_folder")


@pytest.fixture
def _own_folder(tmp_path: Path, settings: object) -> None:
    settings.JINMAI_DATA = tmp_path  # type: ignore[attr-defined]


def _open(content: bytes, name: str = "firms.csv", key: str = "k1", source: str = "tax") -> Import:
    return open_import(
        key=key,
        upload=Upload(name, [content]),
        source=source,
        as_of=APRIL,
        illustrative=True,
        actor=ACTOR,
    )


def _checked(rows: list[str], head: str = HEAD, **options: str) -> Import:
    batch = _open("\n".join([head, *rows, ""]).encode(), **options)
    run.advance(batch.pk)
    batch.refresh_from_db()
    return batch


def _row(number: int, name: str = "", revenue: str = "1", year: str = "2025") -> str:
    return f"{code_number(number)},{name or f'第{number}厂'},东区,C3140,小型,{year},{revenue},12"


def _reasons(batch: Import) -> list[tuple[str, str]]:
    return [(f"{chr(65 + each.column)}{each.row}", each.reason) for each in staging.refused_cells(batch.pk)]


def _refusal(batch: Import) -> dict[str, str]:
    assert batch.refusal is not None
    return dict(batch.refusal)


def _book(fill: Callable[..., None]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(HEAD.split(","))  # type: ignore[union-attr]
    fill(sheet)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_good_rows_become_parties_with_dated_facts() -> None:
    batch = _checked([_row(1, revenue="21000000"), _row(2, revenue="19999999.99")])
    assert (batch.state, batch.rows_good, batch.rows_refused) == ("checked", 2, 0)
    assert not Party.objects.filter(code=code_number(1)).exists()
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    run.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_written, batch.facts_written, batch.parties_new) == ("done", 2, 4, 2)
    party = party_by_code(code_number(1))
    assert (party.district_id, party.industry, party.size) == ("990101", "C3140", "small")
    revenue = facts_as_of(party, "revenue", effective=date(2025, 7, 1))[0]
    assert (revenue.number, revenue.source.key, revenue.as_of) == (2_100_000_000, "tax", APRIL)
    assert revenue.illustrative


def test_an_import_derives_what_follows_with_its_basis() -> None:
    batch = _checked([_row(1, revenue="21000000"), _row(2, revenue="19999999.99")])
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    run.advance(batch.pk)
    for number, above in ((1, True), (2, False)):
        party = party_by_code(code_number(number))
        derived = facts_as_of(party, "above_scale", effective=date(2025, 7, 1))
        assert [bool(each.number) for each in derived] == [above]
        basis = FactBasis.objects.get(fact=derived[0]).basis
        assert (basis.kind.key, basis.party) == ("revenue", party)


def test_a_known_party_gets_facts_and_what_follows_from_all_of_them() -> None:
    batch = _checked([f"{ALLOY},,,,,2025,20500000,90"])
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    run.advance(batch.pk)
    alloy = party_by_code(ALLOY)
    assert [bool(each.number) for each in facts_as_of(alloy, "above_scale", effective=date(2025, 7, 1))] == [
        True
    ]
    assert [bool(each.number) for each in facts_as_of(alloy, "above_scale", effective=date(2024, 7, 1))] == [
        False
    ]


def test_an_import_of_a_year_that_has_not_ended_never_says_no() -> None:
    batch = _checked([_row(1, revenue="20400000", year="2026"), _row(2, revenue="19000000", year="2026")])
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    run.advance(batch.pk)
    told = [
        [
            bool(each.number)
            for each in facts_as_of(party_by_code(code_number(number)), "above_scale", effective=day)
        ]
        for number in (1, 2)
        for day in (date(2026, 1, 1), date(2026, 4, 30))
    ]
    assert told == [[], [True], [], []]


def test_parties_with_a_history_derive_like_new_ones_and_record_it_once() -> None:
    first = _checked([_row(number, revenue="21000000", year="2024") for number in range(1, 6)], key="a")
    accept_import(batch=first, only_good=False, actor=ACTOR)
    run.advance(first.pk)
    second = _checked([_row(number, revenue="19000000", year="2025") for number in range(1, 6)], key="b")
    accept_import(batch=second, only_good=False, actor=ACTOR)
    run.advance(second.pk)
    for number in range(1, 6):
        party = party_by_code(code_number(number))
        told = {
            year: [
                bool(each.number) for each in facts_as_of(party, "above_scale", effective=date(year, 7, 1))
            ]
            for year in (2024, 2025)
        }
        assert told == {2024: [True], 2025: [False]}
    derived = [entry for entry in entries_for(second.subject) if entry.kind == "register.facts_derived.v1"]
    assert [entry.payload and entry.payload["count"] for entry in derived] == [5]
    concluded = Fact.objects.filter(party=party_by_code(code_number(3)), kind__key="above_scale")
    by_import = [entries_for(one.subject, kinds=["register.facts_derived.v1"]) for one in (first, second)]
    told_of = {entry.id for entry in entries_of(concluded)}
    assert told_of == {entry.id for found in by_import for entry in found}


def test_every_wrong_cell_is_named_with_its_reason() -> None:
    batch = _checked(
        [
            _row(1),
            "91990101MA0AA00017,甲,东区,C3140,小型,2025,1,1",
            f"{code_number(3)},乙,南区,C3140,小型,2025,1,1",
            f"{code_number(4)},丙,东区,D3140,巨型,2025,1,1",
            f"{code_number(5)},丁,东区,C3140,小型,25,1,1",
            f"{code_number(6)},戊,东区,C3140,小型,2025,很多,1.5",
            f"{code_number(7)},,东区,C3140,小型,2025,1,1",
            f"{code_number(8)},己,东区,C3140,小型,2025,=1+1,1",
            f"{ALLOY},改名公司,东区,C3140,小型,2025,1,1",
            f"{code_number(9)},庚,东区,C3140,小型,,1,1",
            ",辛,东区,C3140,小型,2025,1,1",
        ]
    )
    assert (batch.rows_good, batch.rows_refused) == (1, 10)
    assert _reasons(batch) == [
        ("A3", "code_check_digit"),
        ("C4", "district_unknown"),
        ("D5", "industry_section"),
        ("E5", "size_unknown"),
        ("F6", "year"),
        ("G7", "number"),
        ("H7", "too_precise"),
        ("G9", "formula"),
        ("F11", "period_missing"),
        ("A12", "blank"),
        ("B8", "unknown_party"),
        ("B10", "differs"),
    ]


def test_a_row_said_twice_or_otherwise_in_one_file_is_refused() -> None:
    batch = _checked([_row(1), _row(1), _row(1, year="2024"), _row(1, name="别名", year="2023")])
    assert batch.rows_good == 2
    assert _reasons(batch) == [("A3", "duplicate"), ("A5", "differs_in_file")]


def test_full_width_digits_are_read_as_what_they_mean() -> None:
    wide = code_number(1).translate({ord(each): ord(each) + 0xFEE0 for each in "0123456789MA"})
    batch = _checked([f"{wide},第１厂,东区,Ｃ３１４０,小型,２０２５,１２３４.５,１２"])
    assert _reasons(batch) == []
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    run.advance(batch.pk)
    party = party_by_code(code_number(1))
    assert (party.name_zh, party.industry) == ("第１厂", "C3140")
    assert facts_as_of(party, "revenue", effective=date(2025, 7, 1))[0].number == 123_450


def test_formulas_merged_cells_and_lost_digits_of_a_workbook_are_named() -> None:
    def fill(sheet: object) -> None:
        sheet.append([code_number(1), "甲", "东区", "C3140", "小型", 2025, "=1+1", 3])  # type: ignore[attr-defined]
        sheet.append([code_number(2), "乙", "东区", "C3140", "小型", 2025, 5.5, 3])  # type: ignore[attr-defined]
        sheet.append([910000000000000000, "丙", "东区", "C3140", "小型", 2025, 5.5, 3])  # type: ignore[attr-defined]
        sheet.append([code_number(4), "丁", "东区", "C3140", "小型", 2025, 5.5, 3])  # type: ignore[attr-defined]
        sheet.merge_cells("C5:D5")  # type: ignore[attr-defined]

    batch = _open(_book(fill), name="firms.xlsx")
    run.advance(batch.pk)
    batch.refresh_from_db()
    assert batch.rows_good == 1
    assert _reasons(batch) == [("G2", "formula"), ("A4", "precision"), ("C5", "merged")]


def test_nothing_or_the_good_rows_only_as_somebody_chooses() -> None:
    batch = _checked([_row(1), "wrong,甲,东区,C3140,小型,2025,1,1"])
    with pytest.raises(ImportRefused, match="refused_rows"):
        accept_import(batch=batch, only_good=False, actor=ACTOR)
    accept_import(batch=batch, only_good=True, actor=ACTOR)
    run.advance(batch.pk)
    assert Party.objects.filter(code=code_number(1)).exists()
    other = _checked([_row(2)], key="k2")
    drop_import(batch=other, actor=ACTOR)
    run.advance(other.pk)
    assert not Party.objects.filter(code=code_number(2)).exists()
    assert [entry.kind for entry in entries_for(other.subject)] == ["register.import_dropped.v1"]


def test_the_same_key_gives_the_same_import_and_never_another_file() -> None:
    batch = _checked([_row(1)])
    assert _open("\n".join([HEAD, _row(1), ""]).encode()).pk == batch.pk
    with pytest.raises(ImportRefused, match="key"):
        _open(b"something else")
    with pytest.raises(ImportRefused, match="key"):
        _open(b"x", key="k" * 81)


def test_one_entry_commits_to_all_rows_before_the_first_is_written() -> None:
    batch = _checked([_row(number) for number in range(1, 6)])
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    entry = entries_for(batch.subject)[0]
    assert entry.payload is not None
    assert (entry.kind, entry.payload["rows_good"]) == ("register.import_accepted.v1", 5)
    assert Fact.objects.filter(batch=batch).count() == 0
    run.advance(batch.pk)
    chunks = ImportChunk.objects.filter(batch=batch)
    said = [staging.Digests(chunk.lines_digest, chunk.facts_digest) for chunk in chunks]
    assert staging.root(said) == entry.payload["root"]
    assert list(import_faults()) == []


def test_rows_changed_between_check_and_writing_are_not_written() -> None:
    batch = _checked([_row(1)])
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    path = staging.folder(batch.pk) / "accepted"
    path.write_bytes(path.read_bytes().replace(b"100,", b"900,"))
    run.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, _refusal(batch)["reason"]) == ("failed", "fault")
    assert not Party.objects.filter(code=code_number(1)).exists()


def test_writing_that_was_interrupted_goes_on_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK_ROWS", 2)
    batch = _checked([_row(number) for number in range(1, 8)])
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    steps = run.write(Import.objects.get(pk=batch.pk))
    next(steps)
    next(steps)
    del steps  # as if the machine had stopped here
    run.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_written, batch.facts_written) == ("done", 7, 14)
    assert Party.objects.filter(code__in=[code_number(number) for number in range(1, 8)]).count() == 7
    assert Fact.objects.filter(batch=batch).count() == 14


def test_another_process_at_work_is_left_alone() -> None:
    batch = _open("\n".join([HEAD, _row(1), ""]).encode())
    with staging.alone(batch.pk) as free:
        assert free
        run.advance(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "checking"


@pytest.mark.parametrize(
    ("head", "reason", "place"),
    [
        ("代码吗,名称", "header_unknown", "A1"),
        ("名称,规模", "header_missing", ""),
        ("code,name,名称", "header_twice", "C1"),
        ("code,营业收入（万元）", "header_unit", "B1"),
        ("code,=A1", "header_fault", "B1"),
    ],
)
def test_a_head_that_is_no_table_of_the_register_refuses_the_file(head: str, reason: str, place: str) -> None:
    batch = _checked(["x,y"], head=head)
    assert batch.state == "refused"
    assert (_refusal(batch)["reason"], _refusal(batch)["place"]) == (reason, place)


def test_a_file_without_rows_or_with_another_content_is_refused() -> None:
    assert _refusal(_checked([]))["reason"] == "no_rows"
    for number, (content, name, reason) in enumerate(
        [
            (b"", "a.csv", "empty"),
            (b"%PDF-1.7", "a.csv", "binary"),
            (b"code,name\n", "a.xlsx", "wrong_name"),
            (b"PK\x03\x04", "a.xlsx", "damaged"),
        ]
    ):
        batch = _open(content, name=name, key=f"other{number}")
        run.advance(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, _refusal(batch)["reason"]) == ("refused", reason)


def test_a_source_that_may_not_say_it_is_refused() -> None:
    head = "code,name,登记状态"
    row = f"{code_number(1)},甲,存续"
    assert _reasons(_checked([row], head=head, key="a")) == [("C2", "source_may_not")]
    assert _reasons(_checked([row], head=head, key="b", source="market_registration")) == []


def test_sole_traders_are_recognised_by_their_code() -> None:
    head = "code,name,kind"
    trader = code_number(5, prefix="92990101")
    batch = _checked([f"{trader},小店,企业", f"{trader},小店,"], head=head)
    assert _reasons(batch) == [("C2", "kind_code")]
    accept_import(batch=batch, only_good=True, actor=ACTOR)
    run.advance(batch.pk)
    assert party_by_code(trader).protected
    assert party_by_code(TACKLE).protected


def test_every_naughty_file_and_string_is_answered_with_a_report(shared_data: Path) -> None:
    """Each file of bad_input as a table of both kinds, each naughty string as a name, all in one go."""
    files = [path for path in sorted((shared_data / "bad_input").rglob("*")) if path.is_file()]
    assert len(files) > 300
    for number, path in enumerate(files):
        for name in ("a.csv", "a.xlsx"):
            batch = _open(path.read_bytes(), name=name, key=f"{number} {name}")
            run.advance(batch.pk)
            batch.refresh_from_db()
            assert batch.state == "refused", path
            words = spoken(**_refusal(batch))
            assert words.zh
            assert words.en
    naughty = json.loads((shared_data / "bad_input" / "blns" / "blns.json").read_text(encoding="utf-8"))
    rows = [
        f'{code_number(number)},"{text.replace(chr(34), chr(34) * 2)}"'
        for number, text in enumerate(naughty)
        if "\x00" not in text
    ]
    batch = _checked(rows, head="code,name", key="blns")
    assert batch.rows_good + batch.rows_refused == len(rows)
    assert {reason for _, reason in _reasons(batch)} <= {"name", "control", "formula", "unknown_party"}
    accept_import(batch=batch, only_good=True, actor=ACTOR)
    run.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.parties_new) == ("done", batch.rows_good)


def test_every_reason_can_be_said_in_both_languages() -> None:
    for reason in [*CELL, *FILE]:
        words = spoken(reason, "detail", "A1")
        assert words.zh
        assert words.en
        assert "%(" not in words.zh + words.en


def test_nothing_lies_around_after_an_import() -> None:
    batch = _checked([_row(1)])
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    run.advance(batch.pk)
    names = sorted(path.name for path in (settings.JINMAI_DATA / "imports" / str(batch.pk)).iterdir())
    assert names == ["report"]
