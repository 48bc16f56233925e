"""Copied labels are found by where they are seen; honest packs are left alone.

The campaign's people are made up and its figures hold for what it assumes: buyers live near the shop or
get the pack as a gift (one long move), one in two thousand carries it on a second journey, and every scan
tells its place. A place that is not told judges nothing; such scans only count. A scan conflicts where it
is far from where the label was seen before, the shop it was sent to being the first place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.systems.traceability.choices import ScanRule
from jinmai.systems.traceability.selectors.scan_judgement import (
    FAR_KM,
    STAYS_KEPT,
    Cell,
    Judgement,
    Known,
    Stay,
    judge,
)
from jinmai.systems.traceability.tests.campaign import CITIES, JINZHOU, SOLD, Town

places = st.builds(
    Cell.around,
    st.floats(-90, 90, allow_nan=False),
    st.floats(-180, 180, allow_nan=False),
)
times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def follow(scans: Sequence[tuple[datetime, Cell | None]], known: Known | None = None) -> Iterator[Judgement]:
    known = known or Known()
    for at, cell in scans:
        found = judge(known, at, cell)
        known = Known(found.stays, found.moves, known.left, known.claimed)
        yield found


def test_two_cities_within_an_hour_are_impossible_travel() -> None:
    _, second = follow([(SOLD, CITIES[0]), (SOLD + timedelta(hours=1), CITIES[3])])
    assert second.broken == (ScanRule.IMPOSSIBLE_TRAVEL,)


def test_a_gift_is_one_long_move_and_no_finding() -> None:
    scans = [(SOLD, JINZHOU), (SOLD + timedelta(days=3), CITIES[1]), (SOLD + timedelta(days=9), CITIES[1])]
    assert [found.broken for found in follow(scans)] == [(), (), ()]


def test_back_and_forth_is_a_finding() -> None:
    days = [SOLD + timedelta(days=each) for each in (0, 3, 6)]
    *_, third = follow(list(zip(days, [JINZHOU, CITIES[1], JINZHOU], strict=True)))
    assert third.broken == (ScanRule.MOVED_TWICE,)


def test_far_from_the_claim_is_a_finding_at_the_first_scan() -> None:
    known = Known(claimed=Stay(SOLD, JINZHOU))
    (found,) = follow([(SOLD + timedelta(days=30), CITIES[2])], known)
    assert found.broken == (ScanRule.AFTER_CLAIM,)


def test_a_label_that_has_not_left_the_works_is_a_finding_wherever_it_is() -> None:
    (found,) = follow([(SOLD, None)], Known(left=False))
    assert found.broken == (ScanRule.BEFORE_SHIPPING,)


@given(st.lists(times, max_size=12))
def test_an_unknown_place_judges_nothing(moments: list[datetime]) -> None:
    assert all(not found.broken and not found.stays for found in follow([(at, None) for at in moments]))


@given(places, st.lists(times, max_size=30))
def test_one_place_is_never_a_conflict_in_whatever_order(place: Cell, moments: list[datetime]) -> None:
    for found in follow([(at, place) for at in moments]):
        assert not found.broken
        assert len(found.stays) <= STAYS_KEPT


@given(places, places)
def test_distance_is_symmetric_and_no_longer_than_half_the_earth(one: Cell, other: Cell) -> None:
    assert one.km_to(other) == pytest.approx(other.km_to(one))
    assert 0 <= one.km_to(other) <= 20_016
    assert one.km_to(one) == 0


@given(places, places, st.timedeltas(timedelta(days=1), timedelta(days=30)))
def test_two_scans_a_day_apart_are_never_impossible(one: Cell, other: Cell, later: timedelta) -> None:
    _, second = follow([(SOLD, one), (SOLD + later, other)])
    assert ScanRule.IMPOSSIBLE_TRAVEL not in second.broken or one.km_to(other) > 900 * 24


@pytest.mark.parametrize("place", [(91, 0), (-90.1, 0), (0, 180.5), (float("nan"), 0)])
def test_a_place_off_the_earth_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no place"):
        Cell.around(*place)


def _conflicts_until_found(scans: list[tuple[datetime, Cell | None, bool]]) -> int | None:
    """How many conflicting scans it took to flag the label, that one included; None if none did."""
    before, conflicts = scans[0][1], 0
    known = Known()
    for at, cell, _ in scans:
        assert cell is not None
        assert before is not None
        conflicts += before.km_to(cell) > FAR_KM
        found = judge(known, at, cell)
        known, before = Known(found.stays, found.moves), cell
        if found.broken:
            return conflicts
    return None


def test_copied_labels_are_flagged_by_the_second_conflicting_scan_and_honest_ones_are_not() -> None:
    town, packs = Town(1), 40_000
    flagged = copies = alarms = 0
    for number in range(packs):
        if number % 100 == 0:  # one label in a hundred is copied
            copies += 1
            until = _conflicts_until_found(town.copied())
            flagged += until is not None and until <= 2
        else:
            alarms += any(found.broken for found in follow(town.honest()))
    assert flagged / copies >= 0.99, f"{flagged} of {copies}"
    assert alarms / (packs - copies) <= 0.001, f"{alarms} of {packs - copies}"
