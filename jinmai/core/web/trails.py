"""Small drawings beside a number, as SVG paths on a sheet of 100 x 24: its trail, and a part of a whole.

Paths instead of charts: text that the stream replaces, nothing to set up and nothing to give back, on a
page that stays open for days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, HEIGHT, MARGIN = 100.0, 24.0, 2.0

Point = tuple[float, float]


def line(trail: Sequence[float | None]) -> str:
    """The trail as a line; where a value is unknown it is broken."""
    return "".join(_through(run) for run in _runs(trail))


def area(trail: Sequence[float | None]) -> str:
    """The ground below the same line."""
    return "".join(
        f"{_through(run)}L{run[-1][0]:g} {HEIGHT:g}L{run[0][0]:g} {HEIGHT:g}Z" for run in _runs(trail)
    )


def bar(part: float) -> str:
    """A bar as long as ``part`` (0 to 1) of the sheet's width."""
    return f"M0 0H{WIDTH * min(1.0, max(0.0, part)):g}V4H0Z"


def _runs(trail: Sequence[float | None]) -> Iterator[list[Point]]:
    """The unbroken runs of known values as points; the scale begins at nought: a small wave looks small."""
    known = [value for value in trail if value is not None]
    top = max(known, default=0.0) or 1.0
    across = WIDTH / max(1, len(trail) - 1)
    run: list[Point] = []
    for place, value in enumerate(trail):
        if value is None:
            if run:
                yield run
            run = []
            continue
        height = (HEIGHT - MARGIN) * max(0.0, value) / top
        run.append((round(place * across, 2), round(HEIGHT - height, 2)))
    if run:
        yield run


def _through(run: list[Point]) -> str:
    # A lone value is a dot: a line of no length with round ends.
    points = run if len(run) > 1 else [run[0], run[0]]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
