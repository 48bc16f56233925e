"""An import that meets a fault ends with its reason and stops no other; a stale worker spoils nothing."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from jinmai.core.ledger.api import entries_for
from jinmai.core.register.importing import run, staging
from jinmai.core.register.models import Import
from jinmai.core.register.services.imports import Upload, accept_import, drop_import, open_import
from jinmai.core.register.tests.factories import ACTOR, code_number
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


def test_the_first_and_the_last_year_are_taken() -> None:
    batch = _advanced(_open([_row(1, "1949-01-01", "1950-01-01"), _row(2, "2100-01-01", "2101-01-01")]))
    assert (batch.rows_good, batch.rows_refused) == (2, 0)
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    assert _advanced(batch).state == "done"


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
