"""Every pair of colours that carries words or lines is readable by day and by night (WCAG 2.2, 4.5:1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parent.parent / "frontend" / "src" / "styles" / "tokens.css"
WORDS = ["ink", "ink-soft", "ink-faint", "sea", "sea-deep", "red", "gold-ink", "pine-ink"]
GROUNDS = ["paper", "panel", "sunken"]
SERIES = re.findall(r"--(series-[a-z]+):", TOKENS.read_text(encoding="utf-8").split("@", maxsplit=1)[0])
PAIRS = [
    *((word, ground) for word in WORDS for ground in GROUNDS),
    *((series, "panel") for series in sorted(set(SERIES))),
    ("on-sea", "sea"),
    ("on-sea", "sea-deep"),
    ("sea", "sea-wash"),
    ("red", "red-wash"),
    ("gold-ink", "gold-wash"),
    ("pine-ink", "pine-wash"),
    *(("ink", wash) for wash in ("sea-wash", "red-wash", "gold-wash", "pine-wash")),
]


def block(selector: str) -> dict[str, str]:
    css = TOKENS.read_text(encoding="utf-8")
    body = css[css.index(selector) :].split("}", maxsplit=1)[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", body))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("selector", [":root {", ':root[data-theme="dark"] {'], ids=["day", "night"])
@pytest.mark.parametrize(("front", "ground"), PAIRS)
def test_words_and_lines_stand_out_from_their_ground(selector: str, front: str, ground: str) -> None:
    colours = block(selector)
    assert contrast(colours[front], colours[ground]) >= 4.5


@pytest.mark.parametrize("selector", [":root {", ':root[data-theme="dark"] {'], ids=["day", "night"])
def test_the_edges_of_fields_stand_out_as_controls_must(selector: str) -> None:
    colours = block(selector)
    assert contrast(colours["line-strong"], colours["panel"]) >= 3


def test_night_redefines_every_colour_of_the_day() -> None:
    assert block(":root {").keys() == block(':root[data-theme="dark"] {').keys()


def test_black_on_white_is_the_known_ratio() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
