"""A whole query: its predicates, its order and how many events it wants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jinmai.standards.epcis.contexts import STANDARD_PREFIXES, as_list, prefixes_of
from jinmai.standards.epcis_query.fields import Event, Extension, Prefixes, plain
from jinmai.standards.epcis_query.parameters import Surroundings, predicate_of
from jinmai.standards.epcis_query.predicates import Predicate
from jinmai.standards.epcis_query.values import ParameterRefused, Raw, Value, value_of

MOST_PARAMETERS: Final = 100
CONTROLS: Final = frozenset({"orderBy", "orderDirection", "eventCountLimit", "maxEventCount"})
_FIELD_NAME = re.compile(r"(?P<prefix>[A-Za-z][\w.\-]*):(?P<local>[\w.\-]+)")


@dataclass(frozen=True, slots=True)
class Order:
    """By what events are ordered: ``eventTime``, ``recordTime`` or a field of somebody's own."""

    by: str = "eventTime"
    descending: bool = True
    extension: Extension | None = None

    def key(self, event: Event, prefixes: Prefixes) -> tuple[bool, int, Any]:
        """Orders events by the field of somebody's own; those that lack it come first."""
        first: Any = None
        if self.extension is not None:
            first = next(iter(self.extension.values(event, prefixes)), None)
        value: Value = value_of(plain(first))
        if value.number is not None:
            return True, 0, value.number
        if value.instant is not None:
            return True, 1, value.instant
        return (True, 2, value.text) if value.text is not None else (False, 0, 0)


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody asks of a repository.

    ``count_limit`` cuts the answer after so many events, ``count_maximum`` refuses a longer one.
    """

    predicates: tuple[Predicate, ...] = ()
    order: Order = field(default_factory=Order)
    count_limit: int | None = None
    count_maximum: int | None = None

    def matches(self, event: Event, prefixes: Prefixes | None = None) -> bool:
        """Whether an event is meant. ``prefixes`` are those that its document declares."""
        known = STANDARD_PREFIXES | dict(prefixes or {})
        return all(predicate.matches(event, known) for predicate in self.predicates)


def read_query(
    parameters: Mapping[str, Any],
    *,
    textual: bool = False,
    prefixes: Mapping[str, str] | None = None,
    below: Mapping[str, frozenset[str]] | None = None,
) -> Query:
    """The query that parameters spell.

    ``textual`` says that they come from a query string, where each value is text and ``|`` separates several.
    ``prefixes`` are declared beside the query (``GS1-Extensions``); ``@context`` among the parameters adds to
    them. ``below`` tells for each place those directly in it, from master data. Raises ``ParameterRefused``.
    """
    if len(parameters) > MOST_PARAMETERS:
        raise ParameterRefused(next(iter(parameters)), f"a query has at most {MOST_PARAMETERS} parameters")
    declared = STANDARD_PREFIXES | dict(prefixes or {})
    if "@context" in parameters and not textual:
        declared |= prefixes_of(as_list(parameters["@context"]))
    around = Surroundings(declared, below or {})
    predicates = []
    for name, given in parameters.items():
        if name in CONTROLS or (name == "@context" and not textual):
            continue
        predicate = predicate_of(Raw(name, given, textual), around)
        if predicate is not None:
            predicates.append(predicate)
    return Query(tuple(predicates), *_controls(parameters, around, textual=textual))


def _controls(
    parameters: Mapping[str, Any], around: Surroundings, *, textual: bool
) -> tuple[Order, int | None, int | None]:
    given = {name: Raw(name, parameters[name], textual) for name in CONTROLS & parameters.keys()}
    if "eventCountLimit" in given and "maxEventCount" in given:
        raise ParameterRefused("maxEventCount", "eventCountLimit and maxEventCount exclude each other")
    limit = given["eventCountLimit"].whole(1) if "eventCountLimit" in given else None
    maximum = given["maxEventCount"].whole(0) if "maxEventCount" in given else None
    if limit is not None and "orderBy" not in given:
        raise ParameterRefused("eventCountLimit", "it needs orderBy, which says what the first events are")
    return _order(given, around), limit, maximum


def _order(given: Mapping[str, Raw], around: Surroundings) -> Order:
    descending = True
    if "orderDirection" in given:
        direction = given["orderDirection"].text()
        if direction not in ("ASC", "DESC"):
            raise given["orderDirection"].refused("ASC or DESC is expected")
        descending = direction == "DESC"
    if "orderBy" not in given:
        return Order()
    by = given["orderBy"].text()
    if by in ("eventTime", "recordTime"):
        return Order(by, descending)
    found = _FIELD_NAME.fullmatch(by)
    if found is None:
        raise given["orderBy"].refused("eventTime, recordTime or a field such as prefix:name is expected")
    extension = Extension(found["prefix"], found["local"], around.prefixes.get(found["prefix"], ""))
    return Order(by, descending, extension)
