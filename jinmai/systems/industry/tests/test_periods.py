"""Periods are whole local days; they follow each other without gap or overlap, and refuse in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from jinmai.systems.industry.selectors.periods import (
    EARLIEST,
    LATEST,
    SPANS,
    Period,
    PeriodRefusedError,
    Span,
    midnight,
    period_of,
    read_period,
)

NEWEST = date(2018, 12, 31)
days = st.dates(EARLIEST + timedelta(days=800), LATEST - timedelta(days=1100))
spans = st.sampled_from(SPANS)


@given(spans, days)
def test_a_day_lies_in_its_period_and_the_next_begins_where_it_ends(span: Span, day: date) -> None:
    period = period_of(span, day)
    assert period.first <= day < period.until
    assert period.next is not None
    assert period.previous is not None
    assert (period.next.first, period.previous.until) == (period.until, period.first)
    assert period.next.previous == period


@given(spans, days)
def test_bars_fill_the_period_without_gap(span: Span, day: date) -> None:
    period = period_of(span, day)
    bars = period.bars()
    assert (bars[0][0], bars[-1][1]) == (period.start, period.end)
    assert [end for _, end in bars[:-1]] == [start for start, _ in bars[1:]]


@given(days, st.integers(1, 1000))
def test_an_address_gives_the_same_period_again(day: date, length: int) -> None:
    period = Period("days", day, day + timedelta(days=length))
    found = read_period(dict(pair.split("=") for pair in period.query.split("&")), NEWEST)
    assert found == period


@pytest.mark.parametrize(("span", "bars"), [("day", 24), ("week", 7), ("month", 31), ("year", 12)])
def test_bars_are_hours_days_or_months(span: Span, bars: int) -> None:
    assert len(period_of(span, NEWEST).bars()) == bars


def test_a_day_begins_at_midnight_of_the_city() -> None:
    assert midnight(NEWEST) == datetime.fromisoformat("2018-12-30T16:00:00+00:00")


def test_without_parameters_the_newest_day_is_shown() -> None:
    assert read_period({}, NEWEST) == period_of("day", NEWEST)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"span": "decade"}, "“decade” is no period; choose day, week, month or year."),
        ({"date": "yesterday"}, "Date: “yesterday” is not a day; write it as 2026-11-23."),
        ({"date": "2026-02-30"}, "Date: “2026-02-30” is not a day; write it as 2026-11-23."),
        ({"date": "20260230"}, "Date: “20260230” is not a day; write it as 2026-11-23."),
        ({"date": "1970-01-01"}, "Date: 1970-01-01 lies outside 2000 to 2099; no readings are kept there."),
        ({"date": "2100-01-01"}, "Date: 2100-01-01 lies outside 2000 to 2099; no readings are kept there."),
        ({"from": "2018-01-01"}, "Until: “” is not a day; write it as 2026-11-23."),
        (
            {"from": "2018-02-01", "until": "2018-01-01"},
            "The period ends on 2018-01-01, before it begins on 2018-02-01.",
        ),
        (
            {"from": "2010-01-01", "until": "2018-01-01"},
            "A period has at most three years; choose a shorter one.",
        ),
    ],
)
def test_what_cannot_be_read_is_told_in_words(parameters: dict[str, str], words: str) -> None:
    with translation.override("en"), pytest.raises(PeriodRefusedError) as refused:
        read_period(parameters, NEWEST)
    assert str(refused.value) == words
