"""Numbers, money and moments as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from jinmai.core.web import formats

NOON = datetime(2026, 11, 23, 1, 15, 7, tzinfo=UTC)  # 09:15:07 in Jinzhou


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [
        (959_636, None, "959,636"),
        (Decimal("959636.71"), None, "959,636.71"),
        (8_420.5, 1, "8,420.5"),
        (0.1 + 0.2, None, "0.3"),
        (-0.004, 2, "0.00"),
        (2.5, 0, "2"),
        (3.5, 0, "4"),
        (None, 1, "–"),
        (float("nan"), 1, "–"),
        (float("inf"), 1, "–"),
    ],
)
def test_a_number_has_its_thousands_separated_and_the_absent_is_a_dash(
    value: formats.Number | None, decimals: int | None, words: str
) -> None:
    assert formats.number(value, decimals) == words


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (9_999, "9,999", "9,999"),
        (959_636, "95.96万", "959,636"),
        (3_000_000_000, "30亿", "3 billion"),
        (7_090_000_000, "70.9亿", "7.09 billion"),
        (Decimal("403.81"), "403.81", "403.81"),
        (None, "–", "–"),
    ],
)
def test_large_numbers_are_said_as_each_language_says_them(
    value: formats.Number | None, chinese: str, english: str
) -> None:
    with translation.override("zh-hans"):
        assert formats.spoken(value) == chinese
    with translation.override("en"):
        assert formats.spoken(value) == english


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (19_200_000, "元", "1,920万元"),
        (19_234_567, "元", "1,923.4567万元"),
        (-300_000_000, "元", "-3亿元"),
        (123_456_789, "kWh", "12,345.6789万 kWh"),
        (Decimal("19200000.25"), "元", "19,200,000.25 元"),
        (9_999, "人", "9,999 人"),
        (None, "元", "–"),
    ],
)
def test_an_amount_in_chinese_counts_by_ten_thousands_and_rounds_nothing(
    value: formats.Number | None, unit: str, words: str
) -> None:
    with translation.override("zh-hans"):
        assert formats.amount(value, unit) == words
    with translation.override("en"):
        assert formats.amount(value, unit) == formats.quantity(value, unit)


def test_money_is_in_yuan_and_fen_only_where_there_are_any() -> None:
    with translation.override("en"):
        assert formats.money(3_000_000) == "30,000 yuan"
        assert formats.money(-123_450) == "-1,234.50 yuan"
    with translation.override("zh-hans"):
        assert formats.money(3_000_000) == "30,000 元"


@given(st.integers(-(10**15), 10**15))
def test_money_loses_no_fen(fen: int) -> None:
    with translation.override("en"):
        words = formats.money(fen).removesuffix(" yuan").replace(",", "")
    assert Decimal(words) * 100 == fen


def test_moments_are_on_the_citys_clock_in_both_languages() -> None:
    with translation.override("zh-hans"):
        assert formats.moment(NOON) == "2026年11月23日 09:15"
        assert formats.day(date(2026, 1, 2)) == "2026年1月2日"
    with translation.override("en"):
        assert formats.moment(NOON, seconds=True) == "23 Nov 2026, 09:15:07"
        assert formats.day(NOON) == "23 Nov 2026"


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        formats.moment(NOON.replace(tzinfo=None))


def test_as_of_names_the_day_only_when_it_is_another_one() -> None:
    with translation.override("en"), mock.patch.object(timezone, "now", return_value=NOON):
        assert formats.as_of(NOON) == "09:15:07"
        assert formats.as_of(NOON - timedelta(days=1)) == "22 Nov 2026, 09:15"
        assert formats.as_of(None) == "no data yet"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(4.4, "4 s"), (61, "1 min"), (7_500, "2 h 5 min"), (273_600, "3 d 4 h"), (-5, "0 s")],
)
def test_a_span_has_two_units_at_most(seconds: float, words: str) -> None:
    with translation.override("en"):
        assert formats.span(timedelta(seconds=seconds)) == words
