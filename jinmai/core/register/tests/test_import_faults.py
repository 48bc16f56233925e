"""An import that meets a fault ends with its reason and stops no other; a stale worker spoils nothing."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date
from pathlib import Path

import pytest
from django.db import OperationalError

from jinmai.core.ledger.api import entries_for
from jinmai.core.register import bulk
from jinmai.core.register.check import register_faults
from jinmai.core.register.importing import run, staging
from jinmai.core.register.models import Fact, Import, Party
from jinmai.core.register.services.facts import correct_fact
from jinmai.core.register.services.imports import (
    ImportRefused,
    Upload,
    accept_import,
    drop_import,
    open_import,
    resume_import,
)
from jinmai.core.register.services.parties import enter_party
from jinmai.core.register.tests.factories import ACTOR, BUREAU, code_number
from jinmai.core.register.tests.test_views import _person, _signed_in
from jinmai.core.register.values import LARGEST, ValueFault, parse_number

HEAD = "code,name,district,industry,from,to,营业收入（元）"
pytestmark = pytest.mark.usefixtures("tiny_city", "_own_folder")


@pytest.fixture
def _own_folder(tmp_path: Path, settings: object) -> None:
    settings.JINMAI_DATA = tmp_path  # type: ignore[attr-defined]


def _open(rows: list[str], key: str = "k") -> Import:
    return open_import(
        key=key,
        upload=Upload("firms.csv", ["\n".join([HEAD, *rows, ""]).encode()]),
        source="tax",
        as_of=date(2026, 4, 30),
        illustrative=True,
        actor=ACTOR,
    )


def _row(number: int, begins: str = "2025-01-01", ends: str = "2026-01-01", revenue: str = "1") -> str:
    return f"{code_number(number)},第{number}厂,东区,C3140,{begins},{ends},{revenue}"


def _advanced(batch: Import) -> Import:
    run.advance(batch.pk)
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize(
    ("begins", "ends", "column"),
    [
        ("9999-01-01", "9999-12-31", 4),
        ("0001-01-01", "2026-01-01", 4),
        ("2100-01-01", "2101-01-02", 5),
        ("1948-12-31", "2026-01-01", 4),
    ],
)
def test_a_period_beyond_the_years_that_are_taken_refuses_its_row(
    begins: str, ends: str, column: int
) -> None:
    batch = _advanced(_open([_row(1, begins, ends)]))
    assert [(cell.column, cell.reason) for cell in staging.refused_cells(batch.pk)] == [(column, "day_range")]


def test_the_first_year_is_taken_and_none_that_had_not_begun() -> None:
    batch = _advanced(_open([_row(1, "1949-01-01", "1950-01-01"), _row(2, "2100-01-01", "2101-01-01")]))
    refused = [(cell.row, cell.column, cell.reason) for cell in staging.refused_cells(batch.pk)]
    assert refused == [(3, 4, "period_to_come")]
    accept_import(batch=batch, only_good=True, actor=ACTOR)
    assert _advanced(batch).state == "done"


def test_a_figure_below_nought_is_refused_by_its_cell() -> None:
    batch = _advanced(_open([_row(1, revenue="-30000000"), _row(2, revenue="0")]))
    refused = [(cell.row, cell.column, cell.reason) for cell in staging.refused_cells(batch.pk)]
    assert refused == [(2, 6, "below_nought")]


def test_no_number_is_larger_than_the_database_keeps_however_it_is_written() -> None:
    for given in ("999999999999999", "999,999,999,999,999", "９９９９９９９９９９９９９９９"):
        with pytest.raises(ValueFault, match="too_large"):
            parse_number(given, 5)
    assert parse_number("922337203685477", 4) <= LARGEST
    assert parse_number("999999999999999", 2) == 99999999999999900


def test_a_broken_import_fails_with_its_reason_and_the_others_go_on() -> None:
    broken, sound = (_advanced(_open([_row(number)], key=f"k{number}")) for number in (1, 2))
    for batch in (broken, sound):
        accept_import(batch=batch, only_good=False, actor=ACTOR)
    accepted = staging.folder(broken.pk) / "accepted"
    accepted.write_bytes(accepted.read_bytes().replace(b"100,", b"900,"))
    run.work_imports()
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.state, sound.state) == ("failed", "done")
    assert broken.refusal is not None
    assert broken.refusal["detail"].startswith("ChangedError")
    kinds = [entry.kind for entry in entries_for(broken.subject)]
    assert kinds.count("register.import_failed.v1") == 1


def test_an_import_whose_turn_passes_by_itself_is_tried_again_and_stops_no_other() -> None:
    held, sound = (_advanced(_open([_row(number)], key=f"k{number}")) for number in (1, 2))
    for batch in (held, sound):
        accept_import(batch=batch, only_good=False, actor=ACTOR)
    chunks = staging.folder(held.pk) / "chunks"
    away = chunks.rename(chunks.with_name("away"))
    chunks.mkdir()  # cannot be read as a file, like one on a disk that does not answer
    run.work_imports()
    held.refresh_from_db()
    sound.refresh_from_db()
    assert (held.state, sound.state) == ("writing", "done")
    chunks.rmdir()
    away.rename(chunks)
    run.work_imports()
    held.refresh_from_db()
    assert held.state == "done"


def test_the_check_ends_when_all_its_files_and_their_names_are_durable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = _open([_row(1)])
    synced: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    folder = staging.folder(batch.pk)
    synced.clear()
    writer = staging.Writer(batch.pk, illustrative=True)
    writer.close()
    assert {"accepted", "report"} <= set(synced)
    assert (folder / "chunks").read_bytes() == b"[]"
    assert len(synced) == 4  # the two, the digests of the chunks under a passing name, and the folder
    assert synced[-1] == folder.name


def _halfway(batch: Import, *, comes_back: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "GROUP", 2)
    run.advance(batch.pk, -1, comes_back=comes_back)
    batch.refresh_from_db()
    assert batch.state == "checking"


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_check_that_another_process_finished_is_not_gone_on_with(
    monkeypatch: pytest.MonkeyPatch, *, comes_back: bool
) -> None:
    batch = _open([_row(number) for number in range(1, 8)])
    _halfway(batch, comes_back=comes_back, monkeypatch=monkeypatch)
    assert (batch.pk in run._running) is comes_back
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(run, "_running", {})
        assert _advanced(batch).state == "checked"
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    assert _advanced(batch).state == "done"
    assert (batch.rows_written, batch.pk in run._running) == (7, False)


def test_a_check_that_another_process_began_anew_begins_anew_here_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = _open([_row(number) for number in range(1, 8)])
    _halfway(batch, comes_back=True, monkeypatch=monkeypatch)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(run, "_running", {})
        _halfway(batch, comes_back=True, monkeypatch=monkeypatch)
    assert _advanced(batch).state == "checked"
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    assert _advanced(batch).state == "done"
    assert batch.rows_written == 7


def test_a_check_that_was_dropped_meanwhile_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = _open([_row(number) for number in range(1, 8)])
    _halfway(batch, comes_back=True, monkeypatch=monkeypatch)
    drop_import(batch=batch, actor=ACTOR)
    run.work_imports()
    assert batch.pk not in run._running


def _broken_in_the_second_chunk(monkeypatch: pytest.MonkeyPatch) -> tuple[Import, Path, bytes]:
    """An import of seven rows in chunks of two whose second chunk was damaged on the disk."""
    monkeypatch.setattr(staging, "CHUNK_ROWS", 2)
    batch = _advanced(_open([_row(number, revenue="21000000") for number in range(1, 8)]))
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    accepted = staging.folder(batch.pk) / "accepted"
    sound = accepted.read_bytes()
    lines = sound.splitlines(keepends=True)
    accepted.write_bytes(b"".join([*lines[:2], lines[2].replace(b"C3140", b"C3130"), *lines[3:]]))
    batch = _advanced(batch)
    assert (batch.state, batch.rows_written) == ("failed", 2)
    return batch, accepted, sound


def test_an_import_that_stopped_goes_on_at_the_next_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    batch, accepted, sound = _broken_in_the_second_chunk(monkeypatch)
    assert list(register_faults()) == []
    accepted.write_bytes(sound)
    resume_import(batch=batch, actor=ACTOR)
    batch = _advanced(batch)
    assert (batch.state, batch.refusal, batch.rows_written, batch.facts_written) == ("done", None, 7, 7)
    assert list(register_faults()) == []
    kinds = [entry.kind for entry in entries_for(batch.subject)]
    assert kinds.count("register.import_resumed.v1") == 1
    assert resume_import(batch=batch, actor=ACTOR).state == "done"


def test_an_import_that_goes_on_before_the_fault_is_mended_stops_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch, _accepted, _sound = _broken_in_the_second_chunk(monkeypatch)
    resume_import(batch=batch, actor=ACTOR)
    batch = _advanced(batch)
    assert (batch.state, batch.rows_written) == ("failed", 2)


def test_what_was_dropped_does_not_go_on() -> None:
    batch = _advanced(_open([_row(1)]))
    drop_import(batch=batch, actor=ACTOR)
    with pytest.raises(ImportRefused, match="state"):
        resume_import(batch=batch, actor=ACTOR)


def test_the_same_file_handed_in_again_after_a_fault_doubles_no_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    _broken_in_the_second_chunk(monkeypatch)
    again = _advanced(_open([_row(number, revenue="21000000") for number in range(1, 8)], key="again"))
    accept_import(batch=again, only_good=False, actor=ACTOR)
    again = _advanced(again)
    assert (again.state, again.facts_written, again.facts_known) == ("done", 5, 2)
    assert Fact.objects.filter(kind__key="revenue", party__code=code_number(1)).count() == 1
    assert Fact.objects.filter(kind__key="above_scale", party__code=code_number(1)).count() == 1
    assert list(register_faults()) == []


def test_the_same_file_handed_in_again_does_not_undo_a_correction() -> None:
    for key in ("first", "second"):
        batch = _advanced(_open([_row(1), _row(2)], key=key))
        accept_import(batch=batch, only_good=False, actor=ACTOR)
        batch = _advanced(batch)
        if key == "first":
            fact = Fact.objects.get(kind__key="revenue", party__code=code_number(1))
            correct_fact(fact=fact, value="3", reason="a typing error", actor=ACTOR)
    assert (batch.facts_written, batch.facts_known) == (0, 2)
    assert list(register_faults()) == []


def test_another_number_for_the_same_period_is_entered_beside_the_old_one() -> None:
    for key, revenue in (("first", "1"), ("second", "2"), ("third", "1")):
        batch = _advanced(_open([_row(1, revenue=revenue)], key=key))
        accept_import(batch=batch, only_good=False, actor=ACTOR)
        batch = _advanced(batch)
        assert (batch.facts_written, batch.facts_known) == (1, 0)
    assert list(register_faults()) == []


def test_a_party_that_somebody_enters_in_the_same_moment_stops_no_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = _advanced(_open([_row(1), _row(2)]))
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    look = bulk.numbers_by_code
    looks: list[int] = []

    def looked_too_early(codes: Collection[str]) -> dict[str, int]:
        looks.append(len(codes))
        if len(looks) == 1:
            enter_party(code=code_number(2), name_zh="第2厂", kind="enterprise", actor=ACTOR)
            return {}
        return look(codes)

    monkeypatch.setattr(bulk, "numbers_by_code", looked_too_early)
    batch = _advanced(batch)
    assert (batch.state, batch.rows_written, len(looks)) == ("done", 2, 2)
    assert Party.objects.filter(code=code_number(2)).count() == 1


def test_the_report_masks_a_sole_trader_as_the_pages_do() -> None:
    trader = code_number(5, prefix="92990102")
    wrong = trader[:-1] + ("1" if trader[-1] != "1" else "2")
    batch = _advanced(
        _open(
            [
                f"{wrong},王小明,东区,C3140,2025-01-01,2026-01-01,1",
                f"{trader},,东区,C3140,2025-01-01,2026-01-01,1",
                f"{trader},王小明,南区,C3140,2025-01-01,2026-01-01,1a2",
            ]
        )
    )
    told = [(cell.column, cell.cell) for cell in staging.refused_cells(batch.pk)]
    assert told == [(0, f"929{'*' * 13}{wrong[-2:]}"), (2, "南区"), (6, "***"), (1, "")]


@pytest.mark.parametrize("fault", [OperationalError("database is locked"), OSError("no space left")])
def test_a_page_leaves_to_the_worker_what_a_busy_database_broke_off(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    """The lock is waited for a minute, so it is feigned here; the worker is the real one."""
    batch = _advanced(_open([_row(1)]))
    officer = _signed_in(_person("olivia", "bureau_officer", BUREAU, "bureau"))

    def busy(_number: int, _seconds: float, **_options: bool) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(run, "advance", busy)
        answer = officer.post(f"/parties/imports/{batch.pk}/decision/", {"choice": "good"})
    assert (answer.status_code, answer["Location"]) == (302, f"/parties/imports/{batch.pk}/")
    assert officer.get(answer["Location"]).status_code == 200
    run.work_imports()
    batch.refresh_from_db()
    assert (batch.state, Party.objects.filter(code=code_number(1)).count()) == ("done", 1)
