"""Kept figures are made seldom and are never older than their readings."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from jinmai.core.web.remembered import MOST, forget, remembered


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    forget()
    yield
    forget()


def test_a_figure_is_made_once_while_its_readings_stay() -> None:
    figures = iter(["made once"])
    found = [remembered("a", lambda: next(figures), unchanged=lambda: 1, seconds=0) for _ in range(3)]
    assert found == ["made once"] * 3


def test_new_readings_make_it_anew() -> None:
    states = iter([1, 2])
    figures = iter(["old", "new"])
    found = [
        remembered("a", lambda: next(figures), unchanged=lambda: next(states), seconds=0) for _ in range(2)
    ]
    assert found == ["old", "new"]


def test_within_its_seconds_not_even_the_readings_are_looked_at() -> None:
    states = iter(["looked at once"])
    for _ in range(3):
        remembered("a", lambda: 1, unchanged=lambda: next(states), seconds=1000)
    assert list(states) == []


def test_others_go_on_with_the_old_figure_while_one_makes_the_new() -> None:
    remembered("a", lambda: "old", unchanged=lambda: 1, seconds=0)
    making, go_on = threading.Event(), threading.Event()

    def slowly() -> str:
        making.set()
        go_on.wait(10)
        return "new"

    maker = threading.Thread(target=lambda: remembered("a", slowly, unchanged=lambda: 2, seconds=0))
    maker.start()
    assert making.wait(10)
    assert remembered("a", slowly, unchanged=lambda: 2, seconds=0) == "old"
    go_on.set()
    maker.join(10)
    assert remembered("a", slowly, unchanged=lambda: 2, seconds=0) == "new"


def test_a_figure_that_failed_is_made_by_the_next() -> None:
    def fail() -> str:
        raise OSError("no such file")

    with pytest.raises(OSError, match="no such file"):
        remembered("a", fail, unchanged=lambda: 1)
    assert remembered("a", lambda: "there", unchanged=lambda: 1) == "there"


def test_what_nobody_asks_for_goes_first() -> None:
    made: list[str] = []

    def note(name: str) -> str:
        made.append(name)
        return name

    remembered("first", lambda: note("first"), unchanged=lambda: 1)
    for place in range(MOST):
        remembered(place, lambda: "", unchanged=lambda: 1)
    remembered("first", lambda: note("first"), unchanged=lambda: 1)
    assert made == ["first", "first"]
