"""The newest value of everything, found at once and rebuilt at will."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinmai.lake import Lake, LastValue, LastValues
from jinmai.lake.tests.telemetry import FURNACE, NOON, key, message, send


@pytest.fixture
def last(tmp_path: Path) -> Iterator[LastValues]:
    opened = LastValues(tmp_path / "run" / "last_values.sqlite3")
    yield opened
    opened.close()


def value(number: int, second: int = 0, name: str = "power") -> LastValue:
    return LastValue(7, name, NOON + timedelta(seconds=second), number)


def test_newer_value_replaces_and_late_one_does_not(last: LastValues) -> None:
    last.put([value(1, 10), value(2, 20), value(3, 5)])
    last.put([value(4, 19)])
    assert last.get(7) == {"power": value(2, 20)}


def test_correction_of_the_same_moment_counts(last: LastValues) -> None:
    last.put([value(1)])
    last.put([value(2)])
    assert last.get(7) == {"power": value(2)}


def test_device_that_never_sent_has_no_values(last: LastValues) -> None:
    assert last.get(7) == {}


def test_changes_since_a_token_are_told_once(last: LastValues) -> None:
    last.put([value(1), value(5, name="temperature")])
    token, everything = last.changed_since(0)
    assert everything == [value(1), value(5, name="temperature")]
    last.put([value(2, 10)])
    newer, changed = last.changed_since(token)
    assert changed == [value(2, 10)]
    assert last.changed_since(newer) == (newer, [])


def test_late_value_is_no_change(last: LastValues) -> None:
    last.put([value(1, 10)])
    token = last.token()
    last.put([value(2)])
    assert last.changed_since(token)[1] == []


def test_frame_gives_its_newest_values(last: LastValues) -> None:
    last.put_frame(message(7, 0, power=[1, 2, None]))
    assert last.get(7) == {
        "power": value(2, 10),
        "temperature": value(1502, 20, "temperature"),
    }


def test_values_are_there_after_reopening(tmp_path: Path) -> None:
    first = LastValues(tmp_path / "last")
    first.put([value(1)])
    first.close()
    second = LastValues(tmp_path / "last")
    assert second.get(7) == {"power": value(1)}
    second.close()


def test_rebuilt_values_equal_those_put_one_by_one(lake: Lake, last: LastValues, tmp_path: Path) -> None:
    for sequence in (2, 0, 3, 1):
        send(lake, (7, sequence), (8, sequence))
        last.put_frame(pl.concat([message(7, sequence), message(8, sequence)]))
    lake.append_one(FURNACE.name, message(9, 0, power=[None] * 3), key(9, 0))
    last.put_frame(message(9, 0, power=[None] * 3))
    rebuilt = LastValues(tmp_path / "rebuilt")
    rebuilt.put([value(99, 10**6)])  # a value that the lake does not know
    rebuilt.rebuild(lake, [FURNACE.name])
    assert [rebuilt.get(device) for device in (7, 8, 9)] == [last.get(device) for device in (7, 8, 9)]
    assert set(rebuilt.get(9)) == {"temperature"}
    rebuilt.close()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers()).map(lambda each: (each[0], each[1] % 100))))
def test_last_value_is_the_latest_arrival_of_the_newest_moment(arrivals: list[tuple[int, int]]) -> None:
    last = LastValues(Path(":memory:"))
    for second, number in arrivals:
        last.put([value(number, second)])
    newest = max((second for second, _ in arrivals), default=None)
    expected = [value(number, second) for second, number in arrivals if second == newest][-1:]
    assert list(last.get(7).values()) == expected
    last.close()


def test_times_come_back_aware_and_exact(last: LastValues) -> None:
    moment = datetime(2026, 11, 24, 1, 2, 3, 456_789, tzinfo=UTC)
    last.put([LastValue(7, "power", moment, 1)])
    assert last.get(7)["power"].time == moment
