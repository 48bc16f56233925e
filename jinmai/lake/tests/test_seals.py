"""What the lake alone cannot notice is found by a seal that was kept elsewhere."""

import hashlib
import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from jinmai.lake import Fault, Lake, Seal
from jinmai.lake.tests.telemetry import FURNACE, send
from jinmai.lake.tests.test_integrity import data_file, entry, flip_a_bit


@pytest.fixture
def sealed(lake: Lake) -> list[Seal]:
    for sequence in range(3):
        send(lake, (7, sequence))
    return lake.seal()


def test_a_seal_says_version_files_and_rows(sealed: list[Seal]) -> None:
    (seal,) = sealed
    assert (seal.table, seal.version, seal.files, seal.rows) == (FURNACE.name, 3, 3, 9)


def test_a_lake_that_goes_on_keeps_to_its_seal(lake: Lake, sealed: list[Seal]) -> None:
    assert lake.check_seals(sealed) == []
    send(lake, (7, 3))
    lake.compact(FURNACE.name)
    lake.snapshot(FURNACE.name).checkpoint()
    send(lake, (7, 4))
    assert lake.check_seals(sealed) == []
    assert lake.seal() != sealed


def test_cleaning_leaves_what_the_newest_seal_needs(lake: Lake) -> None:
    for sequence in range(3):
        send(lake, (7, sequence))
    lake.compact(FURNACE.name)
    seals = lake.seal()
    cleaned = lake.vacuum(FURNACE.name, keep=timedelta(0))
    assert cleaned.log_entries > 0
    assert lake.check_seals(seals) == []
    assert lake.seal() == seals


def test_a_sealed_entry_stays_while_its_successor_is_young(lake: Lake, sealed: list[Seal]) -> None:
    for version in range(4):
        os.utime(entry(lake, version), (0, 0))
    send(lake, (7, 3))
    lake.vacuum(FURNACE.name, keep=timedelta(hours=1))
    assert not entry(lake, 2).exists()
    assert lake.check_seals(sealed) == []


def test_a_changed_last_entry_is_named_though_no_successor_disowns_it(lake: Lake, sealed: list[Seal]) -> None:
    path = entry(lake, 3)
    path.write_bytes(path.read_bytes().replace(b'"modificationTime":1', b'"modificationTime":2'))
    assert lake.check() == []
    problem = "its bytes changed: they are not those that were sealed"
    assert lake.check_seals(sealed) == [Fault(FURNACE.name, f"_delta_log/{path.name}", problem)]


def test_a_log_cut_back_is_named(lake: Lake, sealed: list[Seal]) -> None:
    entry(lake, 3).unlink()
    (fault,) = lake.check_seals(sealed)
    assert fault == Fault(FURNACE.name, "_delta_log", "ends at 2, but 3 was sealed")


def test_a_removed_table_is_named(lake: Lake, sealed: list[Seal]) -> None:
    shutil.rmtree(lake.root / FURNACE.name)
    (fault,) = lake.check_seals(sealed)
    assert fault.problem == "ends at -1, but 3 was sealed"


def test_a_history_rewritten_with_all_digests_is_named(lake: Lake, sealed: list[Seal]) -> None:
    """An attacker changes a value's file, names it after its new bytes and chains all entries anew."""
    old = data_file(lake)
    flip_a_bit(old, 40)
    name = f"rows-{hashlib.sha256(old.read_bytes()).hexdigest()}.parquet"
    old.rename(old.with_name(name))
    before = ""
    for version in range(4):
        path = entry(lake, version)
        lines = [json.loads(line) for line in path.read_text().replace(old.name, name).splitlines()]
        lines[0]["commitInfo"]["jinmai"]["previous"] = before
        path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
        before = hashlib.sha256(path.read_bytes()).hexdigest()
    with Lake(lake.root) as later:
        assert later.check() == []
        (fault,) = later.check_seals(sealed)
    assert fault.problem == "its bytes changed: they are not those that were sealed"


def test_a_false_checkpoint_is_named(lake: Lake, sealed: list[Seal]) -> None:
    """A checkpoint that leaves a file out hides its rows from everybody who opens the table."""
    snapshot = lake.snapshot(FURNACE.name)
    snapshot.files.pop(data_file(lake).name)
    snapshot.checkpoint()
    with Lake(lake.root) as later:
        assert later.read(FURNACE.name).height == 6
        (fault,) = later.check_seals(sealed)
    assert fault.problem == "the live files of 3 are not those sealed"


def test_what_leads_nowhere_is_named(lake: Lake, sealed: list[Seal]) -> None:
    (lake.root / FURNACE.name / "_delta_log" / f"{2:020d}.checkpoint.parquet").write_bytes(b"nonsense")
    (fault,) = lake.check_seals(sealed)
    assert fault.problem.startswith("cannot be followed to 3")


def test_foreign_files_are_sealed_by_their_bytes(lake: Lake, sealed: list[Seal]) -> None:
    """A file that another engine wrote carries no digest in its name."""
    path = entry(lake, 3)
    name = next(
        json.loads(line)["add"]["path"] for line in path.read_text().splitlines() if line.startswith('{"add"')
    )
    foreign = Path(lake.root / FURNACE.name / name).rename(lake.root / FURNACE.name / "part-0.parquet")
    path.write_text(path.read_text().replace(name, foreign.name))
    with Lake(lake.root) as later:
        seals = later.seal()
        flip_a_bit(foreign, 40)
        assert later.check() == []
        (fault,) = later.check_seals(seals)
    assert seals != sealed
    assert fault.problem == "the live files of 3 are not those sealed"
