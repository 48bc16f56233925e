"""Trails beside numbers: unknown is a gap, a part never leaves its sheet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jinmai.core.web.trails import area, bar, line


def test_a_trail_begins_at_nought_and_ends_at_the_right_edge() -> None:
    assert line([0.0, 5.0, 10.0]) == "M0 24L50 13L100 2"


def test_where_a_value_is_unknown_the_line_is_broken() -> None:
    assert line([1.0, 1.0, None, 1.0, 1.0]) == "M0 2L25 2M75 2L100 2"


def test_the_ground_closes_below_each_run() -> None:
    assert area([1.0, 1.0]) == "M0 2L100 2L100 24L0 24Z"


def test_nothing_known_draws_nothing() -> None:
    assert (line([None, None]), line([]), area([])) == ("", "", "")


@given(st.floats(allow_nan=False))
def test_a_bar_stays_on_its_sheet(part: float) -> None:
    width = float(bar(part).split("H")[1].split("V")[0])
    assert 0.0 <= width <= 100.0


@given(st.lists(st.none() | st.floats(0, 1e9)))
def test_every_known_value_is_a_point(trail: list[float | None]) -> None:
    known = sum(value is not None for value in trail)
    lone = sum(
        value is not None
        and (place == 0 or trail[place - 1] is None)
        and (place == len(trail) - 1 or trail[place + 1] is None)
        for place, value in enumerate(trail)
    )
    assert line(trail).count("M") + line(trail).count("L") == known + lone
