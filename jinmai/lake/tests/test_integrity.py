"""Whatever changes on disk behind the lake's back is found and named."""

from datetime import timedelta
from pathlib import Path

import pytest

from jinmai.lake import Fault, Lake
from jinmai.lake.keys import KeyIndex
from jinmai.lake.tests.telemetry import FURNACE, send


@pytest.fixture
def filled(lake: Lake) -> Lake:
    for sequence in range(3):
        send(lake, (7, sequence))
    return lake


def data_file(lake: Lake) -> Path:
    return lake.root / FURNACE.name / next(iter(lake.snapshot(FURNACE.name).files))


def entry(lake: Lake, version: int) -> Path:
    return lake.root / FURNACE.name / "_delta_log" / f"{version:020d}.json"


def flip_a_bit(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_sound_lake_has_no_faults(filled: Lake) -> None:
    filled.compact(FURNACE.name)
    filled.roll_up(FURNACE.name, "1m")
    filled.vacuum(FURNACE.name, keep=timedelta(0))
    send(filled, (7, 3))
    assert filled.check() == []


def test_missing_file_is_named(filled: Lake) -> None:
    path = data_file(filled)
    path.unlink()
    assert filled.check() == [Fault(FURNACE.name, path.name, "missing")]


def test_truncated_file_is_named(filled: Lake) -> None:
    path = data_file(filled)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    expected = Fault(FURNACE.name, path.name, f"has {size - 1} bytes, the log says {size}")
    assert filled.check(FURNACE.name, contents=False) == [expected]


@pytest.mark.parametrize("place", [4, 500, -1])
def test_single_flipped_bit_is_found(filled: Lake, place: int) -> None:
    path = data_file(filled)
    flip_a_bit(path, place)
    problem = "its bytes changed: the SHA-256 is not the one in its name"
    assert filled.check() == [Fault(FURNACE.name, path.name, problem)]
    assert filled.check(contents=False) == []


def test_changed_entry_is_disowned_by_its_successor(filled: Lake) -> None:
    path = entry(filled, 2)
    path.write_bytes(path.read_bytes().replace(b'"numRecords\\": 3', b'"numRecords\\": 4'))
    problem = "its bytes changed: the next entry disowns it"
    assert filled.check() == [Fault(FURNACE.name, f"_delta_log/{path.name}", problem)]


def test_unreadable_entry_is_named_and_the_check_goes_on(filled: Lake) -> None:
    path = entry(filled, 1)
    path.write_bytes(b"\x00" * 100)
    faults = filled.check()
    assert [fault.path for fault in faults] == [f"_delta_log/{path.name}", "_delta_log"]
    assert all("log entry 1" in fault.problem for fault in faults)


def test_missing_entry_in_between_is_named(filled: Lake) -> None:
    filled.snapshot(FURNACE.name).checkpoint()
    entry(filled, 2).unlink()
    expected = Fault(FURNACE.name, f"_delta_log/{entry(filled, 3).name}", "the entry before is 1")
    assert filled.check() == [expected]


def test_forgotten_keys_are_named(filled: Lake) -> None:
    index = KeyIndex(filled.root / FURNACE.name)
    index._connection.execute("UPDATE ranges SET last = 1")
    index.close()
    (fault,) = filled.check()
    assert fault == Fault(FURNACE.name, "_jinmai/keys.sqlite3", "does not know '7/1' 2 to 2")
