"""What the ingest does at its start with rows whose last values and alarms were not written any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from jinmai.lake import Key, Lake, LastValue, LastValues
from jinmai.systems.industry.ingest.alarm_watch import AlarmWatch, Transition
from jinmai.systems.industry.ingest.known import read_known
from jinmai.systems.industry.ingest.recovery import recover
from jinmai.systems.industry.models import Device
from jinmai.systems.industry.tests.factories import make_alarm, make_device, make_rule

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake(tmp_path / "lake") as opened:
        yield opened


@pytest.fixture
def last_values(tmp_path: Path) -> Iterator[LastValues]:
    opened = LastValues(tmp_path / "last_values.sqlite3")
    yield opened
    opened.close()


def _store(lake: Lake, device: Device, times: list[datetime], degrees: int, number: int = 0) -> None:
    for table in read_known().tables():
        lake.create(table)
    moment = pl.Datetime("us", "UTC")
    frame = pl.DataFrame(
        {
            "device": pl.Series([device.pk] * len(times), dtype=pl.Int32),
            "time": pl.Series(times, dtype=moment),
            "received": pl.Series(times, dtype=moment),
            "boot": pl.Series([1] * len(times), dtype=pl.Int64),
            "sequence": pl.Series([number] * len(times), dtype=pl.Int64),
            "temperature": pl.Series([degrees * 10] * len(times), dtype=pl.Int64),
        }
    )
    lake.append_one("telemetry_furnace", frame, Key("saf-1/1", number))


def _minutes_ago(minutes: int, seconds: int) -> list[datetime]:
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)
    return [begin + index * SECOND for index in range(seconds)]


def _recovered(lake: Lake, last_values: LastValues) -> list[Transition]:
    known = read_known()
    for table in known.tables():
        lake.create(table)
    return recover(lake, last_values, known, AlarmWatch())


def test_nothing_is_recovered_from_an_empty_lake(lake: Lake, last_values: LastValues) -> None:
    make_device()
    assert _recovered(lake, last_values) == []


def test_last_values_are_brought_up_to_the_newest_rows(lake: Lake, last_values: LastValues) -> None:
    device = make_device()
    _store(lake, device, _minutes_ago(5, 10), 200)
    _recovered(lake, last_values)
    assert last_values.get(device.pk)["temperature"].value == 2000


def test_lost_file_of_last_values_is_rebuilt_from_all_rows(lake: Lake, last_values: LastValues) -> None:
    silent = make_device("saf-1")
    other = make_device("saf-2")
    _store(lake, silent, _minutes_ago(600, 10), 150, number=0)
    _store(lake, other, _minutes_ago(5, 10), 200, number=1)
    _recovered(lake, last_values)
    assert [last_values.get(one.pk)["temperature"].value for one in (silent, other)] == [1500, 2000]


def test_files_of_long_ago_are_not_read(
    lake: Lake, last_values: LastValues, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = make_device()
    with monkeypatch.context() as then:
        ten_hours_ago = _minutes_ago(599, 1)[0].timestamp()
        then.setattr("jinmai.lake.data_files.time.time_ns", lambda: int(ten_hours_ago) * 10**9)
        _store(lake, device, _minutes_ago(600, 10), 150, number=0)
    [old] = lake.snapshot("telemetry_furnace").pruned()
    _store(lake, device, _minutes_ago(5, 10), 200, number=1)
    last_values.put([LastValue(device.pk, "temperature", _minutes_ago(600, 1)[0], 1500)])
    (lake.root / "telemetry_furnace" / old.path).unlink()
    _recovered(lake, last_values)
    assert last_values.get(device.pk)["temperature"].value == 2000


def test_alarm_that_was_due_before_the_crash_is_found(lake: Lake, last_values: LastValues) -> None:
    device, rule = make_device(), make_rule()
    times = _minutes_ago(5, 70)
    _store(lake, device, times, 270)
    [found] = _recovered(lake, last_values)
    assert (found.rule, found.device, found.began_at, found.at) == (rule.pk, device.pk, times[0], times[60])


def test_a_long_rule_is_found_again_from_its_beginning(lake: Lake, last_values: LastValues) -> None:
    device, rule = make_device(), make_rule(duration_seconds=1800)
    times = _minutes_ago(31, 31 * 60)
    for number, first in enumerate(range(0, len(times), 60)):
        _store(lake, device, times[first : first + 60], 270, number)
    [found] = _recovered(lake, last_values)
    assert (found.rule, found.began_at, found.at) == (rule.pk, times[0], times[1800])


def test_alarm_that_is_open_already_is_not_found_again(lake: Lake, last_values: LastValues) -> None:
    device, rule = make_device(), make_rule()
    times = _minutes_ago(5, 70)
    _store(lake, device, times, 270)
    make_alarm(rule, device, began_at=times[0], raised_at=times[60])
    assert _recovered(lake, last_values) == []


def test_alarm_that_was_cleared_meanwhile_is_not_raised_again(lake: Lake, last_values: LastValues) -> None:
    device, rule = make_device(), make_rule()
    times = _minutes_ago(5, 70)
    _store(lake, device, times, 270)
    now = timezone.now()
    make_alarm(
        rule,
        device,
        began_at=times[0],
        raised_at=times[60],
        state="cleared",
        returned_at=times[-1],
        acknowledged_at=now,
        cleared_at=now,
    )
    assert _recovered(lake, last_values) == []
