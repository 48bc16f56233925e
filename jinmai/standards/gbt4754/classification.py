"""Industry codes: a section letter, then two (division), three (group) or four digits (class).

Sections and divisions of the 2017 edition are carried here in both languages. Groups and classes are data
of a city: an operator loads the official table with the city pack. Editions 2011 and 2017 use some codes
for different industries (C3140 was steel rolling and is ferroalloy smelting), so a code without its
edition says nothing.
"""

from __future__ import annotations

import re
from csv import DictReader
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

Edition = Literal["2011", "2017"]
FORM = re.compile(r"[A-T]?([0-9]{2,4})|[A-T]", re.ASCII)


class IndustryCodeError(ValueError):
    """A code that the classification cannot hold; ``reason`` names why in one word.

    ``form`` is no code at all, ``section`` a letter that does not fit the digits, ``division`` an unknown
    division, ``edition`` an unknown edition or a 2011 code without a known successor.
    """

    def __init__(self, code: str, reason: Literal["form", "section", "division", "edition"]) -> None:
        super().__init__(f"{code[:20]!r}: {reason}")
        self.code = code
        self.reason = reason


class Names(NamedTuple):
    """The names of an industry in both languages."""

    zh: str
    en: str


def _read(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return list(DictReader(line for line in text.splitlines() if not line.startswith("#")))


_ROWS = _read("divisions.csv")
SECTIONS = {row["code"]: Names(row["zh"], row["en"]) for row in _ROWS if len(row["code"]) == 1}
DIVISIONS = {row["code"]: Names(row["zh"], row["en"]) for row in _ROWS if len(row["code"]) == 3}
_SECTION_OF = {code[1:]: code[0] for code in DIVISIONS}
_SUCCESSORS = {row["edition_2011"]: row["edition_2017"] for row in _read("successors.csv")}


@lru_cache(maxsize=4096)
def normalise(code: str) -> str:
    """The code with its section letter: ``3140`` and ``C3140`` are both ``C3140``.

    Raises :class:`IndustryCodeError`.
    """
    match = FORM.fullmatch(code)
    if match is None:
        raise IndustryCodeError(code, "form")
    digits = match[1]
    if digits is None:
        return code
    section = _SECTION_OF.get(digits[:2])
    if section is None:
        raise IndustryCodeError(code, "division")
    if code[0] != section and not code[0].isdigit():
        raise IndustryCodeError(code, "section")
    return section + digits


def ancestors(code: str) -> list[str]:
    """The code and all that it lies in, widest first: C, C31, C314, C3140."""
    return [code[:length] for length in (1, 3, 4, 5) if length <= len(code)]


@lru_cache(maxsize=4096)
def to_2017(code: str, edition: str) -> str:
    """The code of the 2017 edition for a normalised code of either edition.

    A code of 2011 is translated where its successor is known (metals, the pilot industries); any other
    raises :class:`IndustryCodeError` with ``edition``, because the same digits may mean something else.
    """
    if edition == "2017":
        return code
    if edition != "2011":
        raise IndustryCodeError(code, "edition")
    if len(code) <= 3 and code in (DIVISIONS | SECTIONS):
        return code  # sections and divisions of manufacturing kept their codes
    if code not in _SUCCESSORS:
        raise IndustryCodeError(code, "edition")
    return _SUCCESSORS[code]


def names(code: str) -> Names:
    """The names of the section or division that a normalised code lies in."""
    return DIVISIONS.get(code[:3]) or SECTIONS[code[0]]
