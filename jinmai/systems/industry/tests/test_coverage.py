"""Completeness adds up over days and is never rounded up to complete."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jinmai.systems.industry.models import Device, TagCount
from jinmai.systems.industry.selectors.coverage import coverage, percent
from jinmai.systems.industry.selectors.periods import Period
from jinmai.systems.industry.tests.factories import make_device

WEEK = Period("days", date(2026, 11, 16), date(2026, 11, 23))


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, None), (0, 7, "0.0"), (86_399, 86_400, "99.9"), (86_400, 86_400, "100.0"), (9, 7, "100.0")],
)
def test_a_share_is_rounded_down_and_of_nothing_unknown(part: int, whole: int, words: str | None) -> None:
    assert percent(part, whole) == (None if words is None else Decimal(words))


def count(device: Device, name: str, day: date, expected: int, received: int, *, late: int = 0) -> None:
    """The counts of one tag on one day."""
    tag = device.product_type.properties.get(key=name)
    TagCount.objects.create(
        device=device,
        property=tag,
        day=day,
        expected=expected,
        received=received,
        late=late,
        lost=expected - received,
    )


@pytest.mark.django_db
def test_days_of_the_period_add_up_for_each_tag() -> None:
    device = make_device()
    count(device, "energy", date(2026, 11, 15), 9, 0)
    count(device, "energy", date(2026, 11, 16), 100, 90, late=5)
    count(device, "energy", date(2026, 11, 22), 100, 100)
    count(device, "active_power", date(2026, 11, 20), 50, 25)
    count(device, "energy", date(2026, 11, 23), 9, 0)
    found = coverage([device], WEEK)
    assert [(one.tag.key, one.expected, one.received, one.late, one.lost) for one in found.tags] == [
        ("active_power", 50, 25, 0, 25),
        ("energy", 200, 190, 5, 10),
    ]
    assert (found.expected, found.received, found.late, found.lost) == (250, 215, 5, 35)
    assert found.share == Decimal("86.0")


@pytest.mark.django_db
def test_without_counts_coverage_is_unknown() -> None:
    assert coverage([make_device()], WEEK).share is None
