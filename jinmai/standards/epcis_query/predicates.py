"""What a parameter asks of an event: one class for each way of asking.

A predicate holds ``matches(event, prefixes)``. All of a query's predicates must hold; one parameter with
several values holds for any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from jinmai.standards.epcis_query.fields import Event, Field, Prefixes, listed, plain, sensor_reports
from jinmai.standards.epcis_query.identity import Pattern
from jinmai.standards.epcis_query.units import convert
from jinmai.standards.epcis_query.values import Value, holds, instant_of, number_of, value_of
from jinmai.standards.gs1 import canonical


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field of the standard has one of these texts. ``uris`` are compared in their canonical form."""

    parameter: str
    field: Field
    values: frozenset[str]
    uris: bool = False

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether any value of the field is among them."""
        for one in self.field.values(event, prefixes):
            text = ("true" if one else "false") if isinstance(one, bool) else one
            if isinstance(text, str) and (canonical(text) if self.uris else text) in self.values:
                return True
        return False


@dataclass(frozen=True, slots=True)
class Since:
    """A time of the standard is at least (``GE``) or before (``LT``) an instant."""

    parameter: str
    field: Field
    operator: str
    instant: datetime

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether any value of the field lies there."""
        return any(
            holds(self.operator, instant_of(one), self.instant) for one in self.field.values(event, prefixes)
        )


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number of the standard, whatever its unit."""

    parameter: str
    field: Field
    operator: str
    numbers: frozenset[Fraction]

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether any value of the field stands so to any of the numbers."""
        found = [number_of(one) for one in self.field.values(event, prefixes)]
        return any(holds(self.operator, one, number) for one in found for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its unit: ``member`` of a sensor report or a quantity, converted before comparing."""

    parameter: str
    containers: tuple[str, ...]
    member: str
    operator: str
    numbers: frozenset[Fraction]
    unit: str

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether any value whose unit can be converted stands so to any of the numbers."""
        del prefixes
        return any(self._fits(element) for element in self._elements(event))

    def _elements(self, event: Event) -> Iterable[Any]:
        if not self.containers:
            return sensor_reports(event)
        return (one for name in self.containers for one in listed(event.get(name)))

    def _fits(self, element: Any) -> bool:
        if not isinstance(element, dict) or not isinstance(element.get("uom"), str):
            return False
        value = number_of(element.get(self.member))
        if value is None:
            return False
        value = convert(value, element["uom"], self.unit, difference=self.member == "sDev")
        return any(holds(self.operator, value, number) for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Named:
    """One of the lists or members ``places`` names an object or class that is meant (``MATCH_…``).

    ``places`` are members of the event; those of quantity lists are looked at for their ``epcClass``.
    """

    parameter: str
    places: tuple[str, ...]
    patterns: tuple[Pattern, ...]

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether anything named there is meant."""
        del prefixes
        exact = {pattern.exact for pattern in self.patterns if pattern.exact}
        covering = [pattern for pattern in self.patterns if pattern.covers]
        for place in self.places:
            for one in listed(event.get(place)):
                uri = one.get("epcClass") if isinstance(one, dict) else one
                if isinstance(uri, str):
                    name = canonical(uri)
                    if name in exact or any(pattern.matches(name) for pattern in covering):
                        return True
        return False


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry of ``place`` with this type has one of these URIs (business transactions, sources …)."""

    parameter: str
    place: str
    member: str
    type: str
    values: frozenset[str]

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether such an entry stands there."""
        del prefixes
        return any(
            isinstance(entry, dict)
            and entry.get("type") == self.type
            and isinstance(entry.get(self.member), str)
            and canonical(entry[self.member]) in self.values
            for entry in listed(event.get(self.place))
        )


@dataclass(frozen=True, slots=True)
class Descends:
    """A place is one of these or lies below one of them, as master data says (``WD_…``).

    ``below`` gives the places that lie directly in a place; both by their canonical form.
    """

    parameter: str
    field: Field
    values: frozenset[str]
    below: Mapping[str, frozenset[str]]

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether the place of the event is one of them or below."""
        meant = self.places()
        return any(
            isinstance(one, str) and canonical(one) in meant for one in self.field.values(event, prefixes)
        )

    def places(self) -> frozenset[str]:
        """All places meant, by their canonical form."""
        found = set(self.values)
        waiting = list(self.values)
        while waiting:
            for child in self.below.get(waiting.pop(), frozenset()) - found:
                found.add(child)
                waiting.append(child)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Present:
    """A field is there, whatever its value (``EXISTS_…``)."""

    parameter: str
    field: Field

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether the field has a value."""
        return next(iter(self.field.values(event, prefixes)), None) is not None


@dataclass(frozen=True, slots=True)
class Compared:
    """An extension field equals one of the values, or stands in order to a number or a time."""

    parameter: str
    field: Field
    operator: str
    values: tuple[Value, ...]

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether any value of the field does."""
        return any(self._fits(value_of(plain(one))) for one in self.field.values(event, prefixes))

    def _fits(self, found: Value) -> bool:
        if self.operator == "EQ":
            return any(value.equals(found) for value in self.values)
        return any(
            holds(self.operator, found.number, value.number)
            or holds(self.operator, found.instant, value.instant)
            for value in self.values
        )


@dataclass(frozen=True, slots=True)
class Attributed:
    """An extension field has an attribute (``HASATTR_…``), or one with one of the values (``EQ_ATTR_…``).

    XML knows attributes; JSON writes them as members whose name begins with ``@``.
    """

    parameter: str
    field: Field
    attributes: frozenset[str]
    values: tuple[Value, ...] | None = None

    def matches(self, event: Event, prefixes: Prefixes) -> bool:
        """Whether any element of the field has it."""
        for one in self.field.values(event, prefixes):
            for name, value in one.items() if isinstance(one, dict) else ():
                written = name.removeprefix("@")
                if name == "@value" or not {written, written.rpartition(":")[2]} & self.attributes:
                    continue
                if self.values is None or any(given.equals(value_of(plain(value))) for given in self.values):
                    return True
        return False


Predicate = OneOf | Since | Numbered | Measured | Named | Linked | Descends | Present | Compared | Attributed
