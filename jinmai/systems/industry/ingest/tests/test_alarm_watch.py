"""When a condition becomes an alarm, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from jinmai.systems.industry.ingest.alarm_watch import AlarmWatch
from jinmai.systems.industry.ingest.known import WatchedRule, read_known
from jinmai.systems.industry.tests.factories import make_device, make_plant, make_rule

BEGIN = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TABLE = "telemetry_furnace"


def _rule(*, above: bool = True, duration: int = 60) -> WatchedRule:
    """Above 260.0 °C for a minute, normal again at 250.0 (or below 240.0, normal at 250.0)."""
    limit = 2600 if above else 2400
    return WatchedRule(
        1, TABLE, "temperature", above, limit, 2500, duration * 1_000_000, Decimal("0.1"), frozenset({7, 8})
    )


def _frame(*points: tuple[float, float], device: int = 7, received: float | None = None) -> pl.DataFrame:
    """Points of (seconds after the beginning, degrees)."""
    times = [BEGIN + timedelta(seconds=seconds) for seconds, _ in points]
    arrival = times if received is None else [BEGIN + timedelta(seconds=received)] * len(points)
    return pl.DataFrame(
        {
            "device": pl.Series([device] * len(points), dtype=pl.Int32),
            "time": pl.Series(times, dtype=pl.Datetime("us", "UTC")),
            "received": pl.Series(arrival, dtype=pl.Datetime("us", "UTC")),
            "temperature": pl.Series([round(degrees * 10) for _, degrees in points], dtype=pl.Int64),
        }
    )


def _found(
    watch: AlarmWatch, frame: pl.DataFrame, rule: WatchedRule | None = None
) -> list[tuple[str, float, str]]:
    """Transitions as (what, seconds, value)."""
    return [
        ("raised" if one.began_at else "ended", (one.at - BEGIN).total_seconds(), str(one.value))
        for one in watch.look(TABLE, frame, [rule or _rule()])
    ]


def _every_second(first: int, last: int, degrees: float) -> list[tuple[float, float]]:
    return [(second, degrees) for second in range(first, last + 1)]


def test_alarm_is_raised_when_the_duration_is_over_and_not_before() -> None:
    watch = AlarmWatch()
    assert _found(watch, _frame(*_every_second(0, 59, 270))) == []
    assert _found(watch, _frame((60, 271))) == [("raised", 60, "271.0")]


def test_value_at_the_threshold_is_not_beyond_it() -> None:
    assert _found(AlarmWatch(), _frame(*_every_second(0, 100, 260))) == []


def test_alarm_ends_at_the_release_value_and_tells_the_worst() -> None:
    watch = AlarmWatch()
    _found(watch, _frame(*_every_second(0, 60, 270)))
    assert _found(watch, _frame((61, 285), (62, 255), (63, 250), (64, 240))) == [("ended", 63, "285.0")]


def test_short_dip_below_the_threshold_begins_the_duration_anew() -> None:
    points = [*_every_second(0, 50, 270), (51, 259), *_every_second(52, 111, 270)]
    assert _found(AlarmWatch(), _frame(*points)) == []


def test_alarm_below_works_the_other_way_round() -> None:
    watch, rule = AlarmWatch(), _rule(above=False)
    assert _found(watch, _frame(*_every_second(0, 60, 230)), rule) == [("raised", 60, "230.0")]
    assert _found(watch, _frame((61, 220), (62, 245), (63, 251)), rule) == [("ended", 63, "220.0")]


def test_rule_without_duration_raises_at_the_first_value() -> None:
    assert _found(AlarmWatch(), _frame((5, 270)), _rule(duration=0)) == [("raised", 5, "270.0")]


def test_each_device_has_its_own_condition() -> None:
    watch = AlarmWatch()
    _found(watch, _frame(*_every_second(0, 59, 270), device=7))
    assert _found(watch, _frame((60, 270), device=8)) == []
    assert _found(watch, _frame((60, 270), device=7)) == [("raised", 60, "270.0")]


def test_device_that_the_rule_is_not_for_raises_nothing() -> None:
    assert _found(AlarmWatch(), _frame(*_every_second(0, 100, 270), device=9)) == []


def test_silence_longer_than_the_duration_begins_anew() -> None:
    watch = AlarmWatch()
    assert _found(watch, _frame((0, 270))) == []
    assert _found(watch, _frame((61, 270))) == []
    assert _found(watch, _frame((121, 270))) == [("raised", 121, "270.0")]


def test_rows_that_come_out_of_order_are_looked_at_in_order() -> None:
    points = list(reversed(_every_second(0, 60, 270)))
    assert _found(AlarmWatch(), _frame(*points)) == [("raised", 60, "270.0")]


def test_rows_that_were_looked_at_before_change_nothing() -> None:
    watch = AlarmWatch()
    frame = _frame(*_every_second(0, 60, 270))
    assert len(_found(watch, frame)) == 1
    assert _found(watch, frame) == []


def test_rows_that_come_hours_late_raise_no_alarm() -> None:
    assert _found(AlarmWatch(), _frame(*_every_second(0, 100, 270), received=2 * 3600)) == []


def test_after_a_restart_an_open_alarm_is_not_raised_again_and_still_ends() -> None:
    watch = AlarmWatch()
    watch.resume(1, 7, raised=True, seen=BEGIN + timedelta(seconds=60))
    assert _found(watch, _frame(*_every_second(0, 90, 270), (91, 240))) == [("ended", 91, "270.0")]


@pytest.mark.django_db
def test_rules_are_read_for_live_devices_of_their_plant_in_steps_of_the_resolution() -> None:
    live = make_device("saf-1", make_plant("live"))
    make_device("saf-2", make_plant("past", clock="history"))
    make_rule(threshold=Decimal("260.05"), release=Decimal("250.09"))
    make_rule("off", enabled=False)
    [rule] = read_known().rules
    assert (rule.limit, rule.release, rule.devices) == (2600, 2500, frozenset({live.pk}))
    assert [rule.is_bad(2600), rule.is_bad(2601)] == [False, True]
