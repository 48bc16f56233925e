"""Quiet hours end when they end, also past midnight."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from jinmai.core.notices.quiet_hours import first_moment

moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def shanghai(clock: str, day: int = 24) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (shanghai("21:59"), shanghai("21:59")),
        (shanghai("22:00"), shanghai("07:00", 25)),
        (shanghai("23:59"), shanghai("07:00", 25)),
        (shanghai("00:00"), shanghai("07:00")),
        (shanghai("06:59"), shanghai("07:00")),
        (shanghai("07:00"), shanghai("07:00")),
    ],
)
def test_a_night_from_ten_to_seven_is_kept(now: datetime, first: datetime) -> None:
    assert first_moment(now, time(22), time(7)) == first


def test_a_siesta_is_kept() -> None:
    assert first_moment(shanghai("13:00"), time(12), time(14)) == shanghai("14:00")


@given(moments, st.times(), st.times())
def test_the_first_moment_is_within_a_day_and_never_quiet(now: datetime, start: time, end: time) -> None:
    first = first_moment(now, start, end)
    assert now <= first < now + timedelta(days=1)
    assert first_moment(first, start, end) == first


@given(moments)
def test_without_quiet_hours_it_is_now(now: datetime) -> None:
    assert first_moment(now, None, None) == now == first_moment(now, time(8), time(8))
