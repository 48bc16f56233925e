"""The values of query parameters, as JSON and as query strings spell them, and how they are compared.

Extension fields of events are untyped: ``"10"`` and ``10`` are the same number, ``"2013-06-08T14:58:56Z"`` is
a time. A :class:`Value` therefore has up to three facets, and two values are equal where they share one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final

LONGEST: Final = 2_000
MOST_VALUES: Final = 1_000

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+\- ]\d\d:\d\d)", re.IGNORECASE | re.ASCII
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?", re.ASCII)


class ParameterRefused(ValueError):  # noqa: N818 - what happens to a query, not a mistake of the program
    """A parameter that is unknown, or whose value cannot be what it says; ``parameter`` is its name."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter[:120]}: {reason}")
        self.parameter = parameter
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Raw:
    """What was given for a parameter. ``textual`` where it came as query string, in which all is text."""

    parameter: str
    given: Any
    textual: bool

    def refused(self, reason: str) -> ParameterRefused:
        """The refusal of this parameter."""
        return ParameterRefused(self.parameter, reason)

    def texts(self) -> list[str]:
        """One or more texts: a list in JSON, ``|`` between them in a query string."""
        given = self.given
        if self.textual and isinstance(given, str):
            given = given.split("|")
        elif isinstance(given, str):
            given = [given]
        if not isinstance(given, list) or not given or not all(isinstance(one, str) for one in given):
            raise self.refused("a list of texts is expected")
        if len(given) > MOST_VALUES:
            raise self.refused(f"more than {MOST_VALUES} values")
        if any(not one or len(one) > LONGEST for one in given):
            raise self.refused(f"each value has between 1 and {LONGEST} characters")
        return given

    def text(self) -> str:
        """Exactly one text."""
        if not isinstance(self.given, str) or not 0 < len(self.given) <= LONGEST:
            raise self.refused("one text is expected")
        return self.given

    def instant(self) -> datetime:
        """A time with its zone."""
        found = instant_of(self.given)
        if found is None:
            raise self.refused("a time with its zone is expected, such as 2026-05-04T08:00:00+08:00")
        return found

    def number(self) -> Fraction:
        """One number."""
        if not self.textual and isinstance(self.given, str):
            raise self.refused("a number is expected")
        found = number_of(self.given)
        if found is None:
            raise self.refused("a number is expected")
        return found

    def numbers(self) -> frozenset[Fraction]:
        """One or more numbers."""
        given = self.given
        if self.textual and isinstance(given, str):
            given = given.split("|")
        found = [number_of(one) for one in (given if isinstance(given, list) else [given])]
        if not found or len(found) > MOST_VALUES or None in found:
            raise self.refused("numbers are expected")
        return frozenset(one for one in found if one is not None)

    def whole(self, least: int) -> int:
        """A whole number of at least ``least``."""
        found = self.number()
        if found.denominator != 1 or found < least:
            raise self.refused(f"a whole number of at least {least} is expected")
        return int(found)

    def flag(self) -> bool:
        """``true`` or ``false``; for parameters that only ask for presence, nothing and 1 mean ``true``."""
        if self.given in (None, "", 1, True, "1", "true"):
            return True
        if self.given in (0, False, "0", "false"):
            return False
        raise self.refused("true or false is expected")

    def values(self) -> tuple[Value, ...]:
        """One or more values of any type, for fields whose type is nobody's business here."""
        if self.textual:
            return tuple(value_of(one) for one in self.texts())
        if isinstance(self.given, (list, str)):
            return tuple(Value(one, None, instant_of(one)) for one in self.texts())
        return (Value(None, self.number(), None),)

    def ordered(self) -> Value:
        """A number or a time."""
        number = number_of(self.given) if self.textual or not isinstance(self.given, str) else None
        instant = instant_of(self.given)
        if number is None and instant is None:
            raise self.refused("a number or a time with its zone is expected")
        return Value(None, number, instant)


@dataclass(frozen=True, slots=True)
class Value:
    """A value by its facets: its text, the number that it spells, the time that it spells."""

    text: str | None
    number: Fraction | None
    instant: datetime | None

    def equals(self, other: Value) -> bool:
        """Whether both share a facet."""
        return (
            (self.text is not None and self.text == other.text)
            or (self.number is not None and self.number == other.number)
            or (self.instant is not None and self.instant == other.instant)
        )


def value_of(given: Any) -> Value:
    """All facets of a value that an event or a query string holds."""
    text = given if isinstance(given, str) else None
    if isinstance(given, bool):
        text = "true" if given else "false"
    return Value(text, number_of(given), instant_of(given))


def number_of(given: Any) -> Fraction | None:
    """The exact number that a JSON number or a decimal text is, or None."""
    if isinstance(given, bool):
        return None
    if isinstance(given, (int, float)):
        given = repr(given)
    if not isinstance(given, str) or len(given) > 90 or not _NUMBER.fullmatch(given):
        return None
    return Fraction(given)


def instant_of(given: Any) -> datetime | None:
    """The time that a text spells, in UTC with microseconds, or None. A zone is required.

    A plus sign that somebody forgot to escape reaches us as a blank; what was meant is certain.
    """
    found = _TIME.fullmatch(given) if isinstance(given, str) and len(given) <= 60 else None
    if found is None:
        return None
    zone = "+00:00" if found[4] in "Zz" else found[4].replace(" ", "+")
    fraction = (found[3] or "")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}.{fraction}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "GT": lambda one, other: one > other,
    "GE": lambda one, other: one >= other,
    "LT": lambda one, other: one < other,
    "LE": lambda one, other: one <= other,
    "EQ": lambda one, other: one == other,
}


def holds(operator: str, one: Any, other: Any) -> bool:
    """Whether ``one`` stands to ``other`` as GT, GE, LT, LE or EQ says; None stands to nothing."""
    return one is not None and other is not None and _ORDERS[operator](one, other)
