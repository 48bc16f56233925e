"""Keys are remembered forever, in few rows, and can be recovered."""

import tempfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinmai.lake import DamagedError, Key, Lake
from jinmai.lake.keys import KeyIndex, runs_of
from jinmai.lake.snapshot import Snapshot
from jinmai.lake.tests.telemetry import FURNACE, key, send


def forget(lake: Lake) -> None:
    """Close the lake and remove its key index, as a broken disk or a careless copy would."""
    lake.close()
    for path in (lake.root / FURNACE.name / "_jinmai").glob("keys.sqlite3*"):
        path.unlink()


def test_touching_numbers_are_one_range(lake: Lake) -> None:
    send(lake, (7, 0), (7, 2), (7, 4))
    send(lake, (7, 1), (7, 3), (8, 9))
    assert lake.ranges(FURNACE.name, "7/1") == [(0, 4)]
    assert lake.ranges(FURNACE.name, "8/1") == [(9, 9)]


def test_gaps_are_what_never_came(lake: Lake) -> None:
    send(lake, (7, 3), (7, 4), (7, 9), (7, 11))
    assert lake.gaps(FURNACE.name, "7/1") == [(5, 8), (10, 10)]
    assert lake.gaps(FURNACE.name, "8/1") == []


def test_reader_knows_keys_at_once(lake: Lake) -> None:
    with Lake(lake.root) as reader:
        assert not reader.known(FURNACE.name, key(7, 0))
        send(lake, (7, 0))
        assert reader.known(FURNACE.name, key(7, 0))


def test_lost_index_is_rebuilt_from_the_log(lake: Lake) -> None:
    send(lake, (7, 0), (7, 1))
    forget(lake)
    assert send(lake, (7, 1), (7, 2)).accepted == [False, True]


def test_lost_index_is_rebuilt_after_the_log_was_cleaned(lake: Lake) -> None:
    send(lake, (7, 0))
    send(lake, (7, 1))
    assert lake.vacuum(FURNACE.name, keep=timedelta(0)).log_entries > 0
    send(lake, (7, 2))
    forget(lake)
    assert send(lake, (7, 0), (7, 1), (7, 2), (7, 3)).accepted == [False, False, False, True]


def test_index_that_knows_more_than_the_log_is_rebuilt(lake: Lake) -> None:
    send(lake, (7, 0))
    send(lake, (7, 1))
    lake.close()
    # A backup of the log that is one entry older than that of the index.
    (lake.root / FURNACE.name / "_delta_log" / f"{2:020d}.json").unlink()
    with Lake(lake.root) as restored:
        assert send(restored, (7, 0), (7, 1)).accepted == [False, True]


def test_maintenance_that_looked_earlier_than_the_writer_takes_no_key_away(lake: Lake) -> None:
    send(lake, (7, 0))
    folder = lake.root / FURNACE.name
    earlier = Snapshot(folder)
    send(lake, (8, 0))
    beside = KeyIndex(folder)
    beside.catch_up(earlier.log, earlier.version)
    beside.close()
    send(lake, (7, 1))
    assert lake.check() == []
    reopened = Lake(lake.root)
    lake.close()
    assert send(reopened, (7, 1), (8, 0), (8, 1)).accepted == [False, False, True]
    reopened.close()


def test_entry_that_another_process_recorded_first_is_left_alone(lake: Lake) -> None:
    send(lake, (7, 0))
    folder = lake.root / FURNACE.name
    index, beside = KeyIndex(folder), KeyIndex(folder)
    stream = key(7, 0).stream
    for number in (1, 2):
        index.record(index.version + 1, {stream: [(number, number)]})
    version = index.version
    beside.record(version - 1, {stream: [(1, 1)]})
    beside.record(version + 1, {stream: [(3, 3)]})
    index.record(version + 1, {stream: [(3, 3)]})
    index.record(version + 2, {stream: [(4, 4)]})
    assert index.ranges(stream) == [(0, 4)]
    index.close()
    beside.close()


def test_keys_that_nobody_can_tell_are_an_error(lake: Lake) -> None:
    send(lake, (7, 0))
    lake.vacuum(FURNACE.name, keep=timedelta(0))
    forget(lake)
    for saved in (lake.root / FURNACE.name / "_jinmai").glob("keys-*.json"):
        saved.unlink()
    with pytest.raises(DamagedError, match="would be forgotten"):
        send(lake, (7, 0))


keys = st.builds(Key, st.sampled_from(["a", "b"]), st.integers(0, 12) | st.just(2**63 - 1))


@settings(max_examples=60, deadline=None)
@given(groups=st.lists(st.lists(keys, max_size=6), max_size=6), reopen=st.booleans())
def test_ranges_hold_exactly_the_recorded_keys(groups: list[list[Key]], *, reopen: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = KeyIndex(Path(folder))
        model: set[Key] = set()
        for version, group in enumerate(groups):
            expected = []
            for each in group:
                expected.append(each not in model)
                model.add(each)
            fresh = index.first_seen(group)
            assert fresh == expected
            index.record(version, runs_of(k for k, new in zip(group, fresh, strict=True) if new))
            if reopen:
                index.close()
                index = KeyIndex(Path(folder))
        for stream in ("a", "b"):
            ranges = index.ranges(stream)
            numbers = {each.number for each in model if each.stream == stream}
            assert sum(last - first + 1 for first, last in ranges) == len(numbers)
            assert all(any(a <= number <= b for a, b in ranges) for number in numbers)
            assert all(after[0] > before[1] + 1 for before, after in pairwise(ranges))
        assert all(index.known(each) for each in model)
        assert index.version == len(groups) - 1
        index.close()
