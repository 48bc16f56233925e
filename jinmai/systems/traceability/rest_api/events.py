"""``/events``: events are captured one by one, sought, and looked up by their id."""

from __future__ import annotations

from urllib.parse import quote

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from jinmai.standards.epcis import Document, Refused
from jinmai.systems.traceability.models import Event
from jinmai.systems.traceability.rest_api.bodies import content_of, document_of, invalid
from jinmai.systems.traceability.rest_api.calls import Call, Method, Resource, resource
from jinmai.systems.traceability.rest_api.captures import key_given
from jinmai.systems.traceability.rest_api.headers import SPOKEN
from jinmai.systems.traceability.rest_api.problems import Problem, not_found
from jinmai.systems.traceability.rest_api.questions import answer, asked
from jinmai.systems.traceability.selectors.event_documents import query_document, single_document
from jinmai.systems.traceability.selectors.events import events_by_id, events_for, found_of
from jinmai.systems.traceability.services.capture import EventsRefused, KeyReused, capture_one


def _capture(call: Call) -> HttpResponse:
    document = document_of(call.request, content_of(call.request), frozenset({"event"}))
    # The answer is put before the event is durable: who is told that it cannot be put has left nothing here.
    with transaction.atomic():
        event = _captured(call, document)
        base = call.request.build_absolute_uri(reverse("traceability.epcis.events"))
        headers = {**SPOKEN, "Location": f"{base}/{quote(event.event_id, safe='')}"}
        answer = call.document(single_document(found_of(event)), headers)
    answer.status_code = 201
    return answer


def _captured(call: Call, document: Document) -> Event:
    try:
        return capture_one(document=document, party=call.party, key=key_given(call), actor=call.actor)
    except Refused as refused:
        raise invalid(refused) from refused
    except EventsRefused as refused:
        known = any(error["message"].endswith("is known already") for error in refused.errors)
        kind = "ResourceAlreadyExistsException" if known else "ValidationException"
        raise Problem(409 if known else 400, kind, str(refused), errors=refused.errors[:100]) from refused
    except KeyReused as error:
        raise Problem(409, "ResourceAlreadyExistsException", str(error)) from error


def _seek(call: Call) -> HttpResponse:
    return answer(call, asked(call))


def _event(call: Call, event_id: str) -> HttpResponse:
    found = events_by_id(events_for(call.key), event_id)
    if not found:
        raise not_found(f"there is no event {event_id[:200]}")
    return call.document(query_document(found))


events = resource(
    Resource(
        {"GET": Method(_seek, offers_xml=True), "POST": Method(_capture, captures=True, offers_xml=True)}
    )
)
event = resource(Resource({"GET": Method(_event, offers_xml=True)}))
