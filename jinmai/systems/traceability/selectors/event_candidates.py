"""Which stored events can answer a query at all: what the indices know of its predicates.

Every predicate that an index covers narrows the rows; whether a row really answers is then asked of the
predicates themselves, on the event.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q, QuerySet

from jinmai.standards.epcis_query.fields import FIELDS, Field
from jinmai.standards.epcis_query.predicates import (
    Descends,
    Linked,
    Named,
    OneOf,
    Predicate,
    Present,
    Since,
)
from jinmai.standards.epcis_query.query import Query
from jinmai.systems.traceability.choices import MentionRole
from jinmai.systems.traceability.models import Event, EventMention
from jinmai.systems.traceability.models.event_storage import name_hash
from jinmai.systems.traceability.selectors.trace import boxes_of

_COLUMNS: Final[dict[Field, str]] = {
    FIELDS["type"]: "type",
    FIELDS["action"]: "action",
    FIELDS["bizStep"]: "biz_step",
    FIELDS["disposition"]: "disposition",
    FIELDS["eventID"]: "event_id",
    FIELDS["readPoint"]: "read_point",
    FIELDS["bizLocation"]: "biz_location",
}
_LOOKUPS: Final = {"GE": "gte", "LT": "lt"}
_TIMES: Final[dict[Field, str]] = {FIELDS["eventTime"]: "event_time", FIELDS["recordTime"]: "record_time"}
# Where the events of an own box name its animals.
_ROLES_IN_BOXES: Final = frozenset({MentionRole.EPC, MentionRole.CHILD})
_ROLES: Final = {role.label: role for role in MentionRole}


def candidates(rows: QuerySet[Event], query: Query) -> QuerySet[Event]:
    """Those of ``rows`` that the indices do not rule out."""
    for predicate in query.predicates:
        rows = _narrowed(rows, predicate)
    return rows


def _narrowed(rows: QuerySet[Event], predicate: Predicate) -> QuerySet[Event]:
    """By a column where one holds the field, else by what is mentioned."""
    match predicate:
        case Since(field=field, operator=operator, instant=instant) if field in _TIMES:
            condition: dict[str, Any] = {f"{_TIMES[field]}__{_LOOKUPS[operator]}": instant}
        case OneOf(field=field, values=values) if field in _COLUMNS:
            condition = {f"{_COLUMNS[field]}__in": values}
        case Descends(field=field):
            condition = {f"{_COLUMNS[field]}__in": predicate.places()}
        case Present(field=field) if field == FIELDS["errorDeclaration"]:
            condition = {"declares_error": True}
        case _:
            return _by_mentions(rows, predicate)
    return rows.filter(**condition)


def _by_mentions(rows: QuerySet[Event], predicate: Predicate) -> QuerySet[Event]:
    match predicate:
        case OneOf(field=field, values=values) if field == FIELDS["transformationID"]:
            return _mentioning(rows, [MentionRole.TRANSFORMATION], values)
        case Named(places=places, patterns=patterns) if not any(one.covers for one in patterns):
            return _naming(rows, [_ROLES[place] for place in places], {one.exact for one in patterns})
        case Linked(place=place, values=values):
            return _mentioning(rows, [_ROLES[place]], values)
    return rows


def _naming(rows: QuerySet[Event], roles: list[MentionRole], names: set[str]) -> QuerySet[Event]:
    """By mentions, and by the boxes of our own animals, whose events no index names them by."""
    own = events_of_own_animals(names) if _ROLES_IN_BOXES & set(roles) else []
    named = _mentioning(rows, roles, names)
    return rows.filter(Q(pk__in=named.values("pk")) | Q(pk__in=own)) if own else named


def events_of_own_animals(names: Iterable[str]) -> list[int]:
    """The events in which animals of this house got their code and were put into their box.

    A box is captured once with its animals: the events of that capture name them. What else the box is named
    in names the box only.
    """
    boxes = [name_hash(box.epc) for box in boxes_of(names)]
    if not boxes:
        return []
    packed = EventMention.objects.filter(name__in=boxes, role=MentionRole.PARENT)
    jobs = packed.values_list("event__job_id", flat=True).distinct()
    return list(Event.objects.filter(job_id__in=list(jobs)).values_list("pk", flat=True))


def _mentioning(rows: QuerySet[Event], roles: Iterable[MentionRole], names: Iterable[str]) -> QuerySet[Event]:
    found = EventMention.objects.filter(name__in=[name_hash(name) for name in names], role__in=list(roles))
    return rows.filter(pk__in=found.values("event_id"))
