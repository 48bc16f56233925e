"""The addresses below ``/epcis/``. Identifiers in them may hold slashes; they come escaped or as they are."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter
from django.urls.converters import PathConverter

from jinmai.systems.traceability.rest_api import captures, events, queries, subscriptions, top_level


class AnythingConverter(PathConverter):
    """A path that may hold line breaks, as identifiers in foreign addresses may."""

    regex = r"[\s\S]+"


register_converter(AnythingConverter, "anything")


def _top_level(name: str, views: tuple[top_level.View, ...]) -> list[URLPattern]:
    every, one, of_one = views
    return [
        path(name, every, name=f"traceability.epcis.{name}"),
        path(f"{name}/<path:value>/events", of_one, name=f"traceability.epcis.{name}_events"),
        path(f"{name}/<path:value>", one, name=f"traceability.epcis.{name}_one"),
    ]


urlpatterns = [
    path("", top_level.root, name="traceability.epcis.root"),
    path("capture", captures.captures, name="traceability.epcis.captures"),
    path("capture/<str:capture_id>", captures.capture_job, name="traceability.epcis.capture_job"),
    path("events", events.events, name="traceability.epcis.events"),
    path("events/<path:event_id>", events.event, name="traceability.epcis.event"),
    *(url for kind in top_level.KINDS for url in _top_level(kind.name, top_level.views_of(kind))),
    *_top_level("epcs", top_level.EPC_VIEWS),
    path("queries", queries.queries, name="traceability.epcis.queries"),
    path("queries/<str:name>", queries.query, name="traceability.epcis.query"),
    path("queries/<str:name>/events", queries.answers, name="traceability.epcis.query_events"),
    path(
        "queries/<str:name>/subscriptions",
        subscriptions.subscriptions,
        name="traceability.epcis.subscriptions",
    ),
    path(
        "queries/<str:name>/subscriptions/<str:subscription_id>",
        subscriptions.subscription,
        name="traceability.epcis.subscription",
    ),
    path("nextPageToken/<str:token>", queries.page_token, name="traceability.epcis.page_token"),
    # Whatever else is called is answered as the interface answers; also a line break inside of an identifier.
    path("<anything:address>", top_level.nowhere, name="traceability.epcis.nowhere"),
]
