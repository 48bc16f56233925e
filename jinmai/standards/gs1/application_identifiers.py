"""Application identifiers: what each number in brackets says and which data may follow it."""

from __future__ import annotations

import re
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from jinmai.standards.gs1.check_digits import CHARACTER_SET_82
from jinmai.standards.gs1.content_rules import RULES
from jinmai.standards.gs1.errors import Gs1Error

_CHARACTERS: Final = {
    "N": frozenset("0123456789"),
    "X": frozenset(CHARACTER_SET_82),
    "Y": frozenset("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "Z": frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="),
}
_NAMES: Final = {"N": "digits", "X": "character set 82", "Y": "character set 39", "Z": "base64url"}
_COMPONENT = re.compile(r"([NXYZ])(\.\.)?([0-9]+)(?::([a-z0-9_+]+))?(\?)?")


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the data: which characters, how many of them at least and at most, further rules."""

    characters: str
    least: int
    most: int
    optional: bool
    rules: tuple[str, ...]

    def fault(self, text: str) -> str | None:
        """Why this text may not stand here, or None."""
        strange = next((one for one in text if one not in _CHARACTERS[self.characters]), None)
        if strange is not None:
            return f"{strange!r} is outside of {_NAMES[self.characters]}"
        for rule in self.rules:
            reason = RULES[rule](text)
            if reason is not None:
                return reason
        return None


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """One row of the table.

    ``fixed`` data needs no separator behind it. ``link`` data may be an attribute of a Digital Link. ``key``
    is None or, for a primary key of Digital Links, its alternative sequences of qualifiers. ``requires``
    lists alternatives of identifiers that have to stand beside this one, ``excludes`` those that may not;
    ``n`` stands for any digit.
    """

    code: str
    title: str
    components: tuple[Component, ...]
    fixed: bool
    link: bool
    key: tuple[tuple[str, ...], ...] | None
    requires: tuple[tuple[str, ...], ...]
    excludes: tuple[str, ...]

    @property
    def least(self) -> int:
        """The fewest characters of its data."""
        return sum(one.least for one in self.components if not one.optional)

    @property
    def most(self) -> int:
        """The most characters of its data."""
        return sum(one.most for one in self.components)

    def check(self, value: str, place: str | None = None) -> None:
        """Raise :class:`Gs1Error` at ``place`` (``(01)`` unless given) where the value may not stand."""
        place = place or f"({self.code})"
        if not self.least <= len(value) <= self.most:
            length = str(self.most) if self.least == self.most else f"{self.least} to {self.most}"
            raise Gs1Error(place, f"{len(value)} characters, expected {length}")
        rest = value
        for component in self.components:
            if not rest and component.optional:
                break
            part, rest = rest[: component.most], rest[component.most :]
            if len(part) < component.least:
                raise Gs1Error(place, f"{part!r} is shorter than {component.least} characters")
            fault = component.fault(part)
            if fault is not None:
                raise Gs1Error(place, fault)


def _component(text: str) -> Component:
    found = _COMPONENT.fullmatch(text)
    if found is None:
        raise ValueError(f"no component: {text}")
    characters, upto, length, rules, optional = found.groups()
    return Component(
        characters=characters,
        least=1 if upto else int(length),
        most=int(length),
        optional=optional is not None,
        rules=tuple(rules.split("+")) if rules else (),
    )


def _key(text: str) -> tuple[tuple[str, ...], ...] | None:
    if not text:
        return None
    if text == "alone":
        return ((),)
    return tuple(tuple(one.split()) for one in text.split("|"))


def _codes(text: str) -> list[str]:
    first, _, last = text.partition("-")
    return [str(code).zfill(len(first)) for code in range(int(first), int(last or first) + 1)]


@cache
def _table() -> dict[str, ApplicationIdentifier]:
    text = (files(__package__) / "application_identifiers.csv").read_text(encoding="utf-8")
    table = {}
    for row in DictReader(line for line in text.splitlines() if not line.startswith("#")):
        components = tuple(_component(one) for one in row["format"].split())
        for code in _codes(row["code"]):
            table[code] = ApplicationIdentifier(
                code=code,
                title=row["title"],
                components=components,
                fixed=row["fixed"] == "yes",
                link=row["link"] == "yes",
                key=_key(row["key"]),
                requires=tuple(tuple(one.split("+")) for one in row["requires"].split()),
                excludes=tuple(row["excludes"].split()),
            )
    return table


APPLICATION_IDENTIFIERS: Final = _table()
# How many digits an identifier has that starts with these two; undefined starts are absent.
CODE_LENGTHS: Final = {code[:2]: len(code) for code in APPLICATION_IDENTIFIERS}


def identifier(code: str, place: str | None = None) -> ApplicationIdentifier:
    """The row of this code. Raises :class:`Gs1Error` for a code that GS1 has not given away."""
    found = APPLICATION_IDENTIFIERS.get(code)
    if found is None:
        raise Gs1Error(place or f"({code[:8]})", "there is no such application identifier")
    return found
