"""Events as EPCIS documents: what a query is answered with, over HTTP, by webhook and by WebSocket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone

from jinmai.standards.epcis import Document
from jinmai.standards.epcis.contexts import STANDARD_CONTEXT, is_standard_context, prefixes_of
from jinmai.systems.traceability.selectors.events import Found

QUERY_NAME: Final = "SimpleEventQuery"


def query_document(found: Sequence[Found], *, name: str = QUERY_NAME, subscription: str = "") -> Document:
    """The answer to a query as an EPCIS query document."""
    context, events = _together(found)
    results = {"queryName": name} | ({"subscriptionID": subscription} if subscription else {})
    return Document(
        kind="query",
        syntax="json-2.0",
        schema_version="2.0",
        creation_date=timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        context=context,
        events=events,
        results=results,
    )


def single_document(found: Found) -> Document:
    """One event as a document of its own."""
    return Document(
        kind="event",
        syntax="json-2.0",
        schema_version="2.0",
        creation_date=timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        context=[STANDARD_CONTEXT, *_own(found.context)],
        events=[found.event],
    )


def _own(context: list[Any]) -> list[Any]:
    return [entry for entry in context if not is_standard_context(entry)]


def _together(found: Sequence[Found]) -> tuple[list[Any], list[dict[str, Any]]]:
    """One context for all. An event whose prefixes mean something else there keeps its own."""
    prefixes: dict[str, str] = {}
    addresses: list[Any] = []
    events = []
    for one in found:
        own = prefixes_of(one.context)
        if any(prefixes.get(prefix, namespace) != namespace for prefix, namespace in own.items()):
            events.append({**one.event, "@context": _own(one.context)})
            continue
        prefixes |= own
        for entry in _own(one.context):
            if not isinstance(entry, dict) and entry not in addresses:
                addresses.append(entry)
        events.append(one.event)
    declared = [{prefix: namespace} for prefix, namespace in prefixes.items()]
    return [STANDARD_CONTEXT, *addresses, *declared], events
