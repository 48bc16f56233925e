"""When a subscription is due."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jinmai.standards.epcis_query.schedule import read_schedule
from jinmai.standards.epcis_query.values import ParameterRefused

NOW = datetime(2026, 11, 26, 9, 30, 15, tzinfo=UTC)
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"hour": "1", "minute": "5"}, datetime(2026, 11, 26, 17, 5, tzinfo=UTC)),
        ({"second": "0,30"}, datetime(2026, 11, 26, 9, 30, 30, tzinfo=UTC)),
        ({"minute": "[0-59]"}, datetime(2026, 11, 26, 9, 31, tzinfo=UTC)),
        ({"minute": 30}, datetime(2026, 11, 26, 10, 30, tzinfo=UTC)),
        ({"dayOfWeek": "1"}, datetime(2026, 11, 29, 16, 0, tzinfo=UTC)),
        ({"dayOfMonth": "29", "month": "2"}, datetime(2028, 2, 28, 16, 0, tzinfo=UTC)),
        ({"second": "15", "hour": "[17-18]", "minute": "30"}, datetime(2026, 11, 26, 10, 30, 15, tzinfo=UTC)),
    ],
)
def test_the_next_time_is_on_the_clocks_of_the_zone(fields: dict[str, Any], expected: datetime) -> None:
    assert read_schedule(fields).next_after(NOW, CHINA) == expected


def test_a_day_that_never_comes_is_no_time() -> None:
    assert read_schedule({"dayOfMonth": "31", "month": "2"}).next_after(NOW, CHINA) is None


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, "schedule"),
        ({"year": "1"}, "year"),
        ({"second": "60"}, "second"),
        ({"minute": "[5-3]"}, "minute"),
        ({"hour": "*"}, "hour"),
        ({"month": "0"}, "month"),
        ({"dayOfWeek": "8"}, "dayOfWeek"),
        ({"dayOfMonth": True}, "dayOfMonth"),
        ({"hour": "1" * 300}, "hour"),
    ],
)
def test_what_is_no_schedule_is_refused_with_the_field_named(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ParameterRefused) as refused:
        read_schedule(fields)
    assert refused.value.parameter == named
