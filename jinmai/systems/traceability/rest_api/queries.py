"""``/queries``: queries kept under a name, their answers, and page tokens given back."""

from __future__ import annotations

import re
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse

from jinmai.systems.traceability.models import NamedQuery
from jinmai.systems.traceability.rest_api.bodies import json_of
from jinmai.systems.traceability.rest_api.calls import Call, Method, Resource, resource
from jinmai.systems.traceability.rest_api.headers import SPOKEN
from jinmai.systems.traceability.rest_api.page_tokens import (
    CONTROLS,
    next_headers,
    page_size,
    place_of,
    spend,
)
from jinmai.systems.traceability.rest_api.problems import Problem, not_found
from jinmai.systems.traceability.rest_api.questions import answer, understood
from jinmai.systems.traceability.services.queries import NameTaken, delete_query, keep_query

_NAME = re.compile(r"[\w.\-~ ]{1,200}")
# Controls of a WebSocket subscription: without an upgrade they ask nothing, but they are known.
SOCKET_CONTROLS: Final = frozenset(
    {
        "stream", "reportIfEmpty", "initialRecordTime", "second", "minute", "hour", "dayOfMonth", "month",
        "dayOfWeek",
    }
)  # fmt: skip


def queries_of(call: Call) -> QuerySet[NamedQuery]:
    """The queries of the caller's organisation; a key of the city has the city's own."""
    return NamedQuery.objects.filter(owner=call.party).order_by("pk")


def query_named(call: Call, name: str) -> NamedQuery:
    """The caller's query of this name. Raises 404."""
    found = queries_of(call).filter(name=name).first()
    if found is None:
        raise not_found(f"there is no query {name[:200]}")
    return found


def _shown(query: NamedQuery) -> dict[str, Any]:
    return {"name": query.name, "query": query.parameters}


def _list(call: Call) -> HttpResponse:
    size = page_size(call.request)
    after = place_of(call.request, call.key) or 0
    found = list(queries_of(call).filter(pk__gt=after)[: size + 1])
    headers = next_headers(call.request, call.key, found[size - 1].pk if len(found) > size else None)
    return call.json([_shown(query) for query in found[:size]], headers=headers)


def _keep(call: Call) -> HttpResponse:
    given = json_of(call.request)
    unknown = sorted(given.keys() - {"name", "query", "@context"})
    if unknown:
        raise Problem(400, "QueryValidationException", f"/{unknown[0][:80]}: unknown field")
    name, parameters = given.get("name"), given.get("query")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name != name.strip():
        reason = "/name: letters, digits, blanks, '.', '_', '-' and '~' are expected, 200 at most"
        raise Problem(400, "QueryValidationException", reason)
    if not isinstance(parameters, dict):
        raise Problem(400, "QueryValidationException", "/query: an object is expected")
    if "@context" in given and "@context" not in parameters:
        parameters = {"@context": given["@context"], **parameters}
    if call.prefixes:
        declared = parameters.get("@context", [])
        declared = declared if isinstance(declared, list) else [declared]
        parameters = {**parameters, "@context": [*declared, dict(call.prefixes)]}
    understood(parameters, call)
    try:
        query = keep_query(name=name, parameters=parameters, party=call.party)
    except NameTaken as error:
        raise Problem(409, "ResourceAlreadyExistsException", str(error)) from error
    place = call.request.build_absolute_uri(reverse("traceability.epcis.query", kwargs={"name": query.name}))
    made = HttpResponse(status=201)
    for header, value in {**SPOKEN, "Location": place}.items():
        made[header] = value
    return made


def _definition(call: Call, name: str) -> HttpResponse:
    # A list of one: so the interface's description has it.
    return call.json([_shown(query_named(call, name))])


def _delete(call: Call, name: str) -> HttpResponse:
    delete_query(query=query_named(call, name))
    return HttpResponse(status=204)


def _answers(call: Call, name: str) -> HttpResponse:
    query = query_named(call, name)
    unknown = sorted(call.request.GET.keys() - {*CONTROLS, *SOCKET_CONTROLS})
    if unknown:
        raise Problem(
            400, "QueryParameterException", f"{unknown[0][:120]}: a named query takes no parameters"
        )
    return answer(call, understood(query.parameters, call), query.name)


def _spend(call: Call, token: str) -> HttpResponse:
    del call
    spend(token)
    return HttpResponse(status=204)


queries = resource(Resource({"GET": Method(_list), "POST": Method(_keep, captures=True)}))
query = resource(Resource({"GET": Method(_definition), "DELETE": Method(_delete, offers_xml=True)}))
answers = resource(Resource({"GET": Method(_answers, offers_xml=True)}))
page_token = resource(Resource({"DELETE": Method(_spend, offers_xml=True)}))
