"""Queries as callers ask them: in the address, within a top-level resource, or kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from jinmai.standards.epcis_query import ParameterRefused, Query, read_query
from jinmai.systems.traceability.rest_api.calls import Call
from jinmai.systems.traceability.rest_api.page_tokens import CONTROLS, next_headers, page_size, place_of
from jinmai.systems.traceability.rest_api.problems import Problem
from jinmai.systems.traceability.selectors.event_documents import QUERY_NAME, query_document
from jinmai.systems.traceability.selectors.events import (
    Position,
    TooComplex,
    TooLarge,
    events_for,
    page_of,
)
from jinmai.systems.traceability.selectors.places import places_below


def asked(call: Call, within: Mapping[str, str] | None = None) -> Query:
    """The query in the address; ``within`` are parameters that the resource itself adds."""
    given = {name: "|".join(values) for name, values in call.request.GET.lists() if name not in CONTROLS}
    query = understood(given, call, textual=True)
    if not within:
        return query
    resource = understood(within, call, textual=True)
    return replace(query, predicates=(*resource.predicates, *query.predicates))


def understood(parameters: Mapping[str, Any], call: Call, *, textual: bool = False) -> Query:
    """The query that parameters spell. Raises 400 with the parameter named."""
    try:
        below = places_below(call.party) if any(name.startswith("WD_") for name in parameters) else {}
        return read_query(parameters, textual=textual, prefixes=call.prefixes, below=below)
    except ParameterRefused as refused:
        kind = "QueryParameterException" if textual else "QueryValidationException"
        raise Problem(
            400,
            kind,
            str(refused),
            errors=[{"parameter": refused.parameter[:200], "message": refused.reason}],
        ) from refused


def answer(call: Call, query: Query, name: str = QUERY_NAME) -> HttpResponse:
    """A page of what a query finds, as a query document."""
    after = _position(place_of(call.request, call.key))
    try:
        page = page_of(events_for(call.key), query, page_size(call.request), after)
    except TooLarge as error:
        reason = f"more than {query.count_maximum} events answer"
        raise Problem(413, "QueryTooLargeException", reason) from error
    except TooComplex as error:
        reason = "ask for less, by time, step or object, or without an order of your own"
        raise Problem(413, "QueryTooComplexException", reason) from error
    headers = next_headers(call.request, call.key, _place(page.after))
    return call.document(query_document(page.found, name=name), headers)


def _place(position: Position | None) -> Any:
    if position is None:
        return None
    at = position.at.isoformat() if position.at else None
    return [position.watermark, at, position.number, position.given]


def _position(place: Any) -> Position | None:
    if place is None:
        return None
    watermark, at, number, given = place
    return Position(watermark, datetime.fromisoformat(at) if at else None, number, given)
