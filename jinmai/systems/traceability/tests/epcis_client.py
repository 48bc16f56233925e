"""A caller of the EPCIS interface in tests, with a key of its own organisation."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from django.test import Client

from jinmai.core.access.api import Organisation
from jinmai.core.access.services.api_keys import create_api_key
from jinmai.standards.epcis.contexts import STANDARD_CONTEXT
from jinmai.systems.traceability.tests.factories import make_organisation

EPC = "https://id.gs1.org/01/09521141012345/21/2017"


class Caller:
    """Calls ``/epcis/…`` with a key; ``headers`` are those of the call."""

    def __init__(self, organisation: Organisation | None = None, *, city: bool = False) -> None:
        self.organisation = None if city else organisation or make_organisation()
        self.key, self.secret = create_api_key(
            actor="command:test", scopes=["epcis"], organisation=self.organisation
        )
        self.client = Client(raise_request_exception=False)

    def call(
        self, method: str, address: str, body: Any = None, query: Any = None, **headers: str
    ) -> HttpResponse:
        """One call; a body that is no bytes is sent as JSON."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given.setdefault("Authorization", f"Bearer {self.secret}")
        kind = given.pop("Content-Type", "application/json")
        content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        answer: HttpResponse = self.client.generic(
            method,
            f"/epcis/{address}",
            content,
            content_type=kind if body is not None else "",
            headers=given,
            query_params=query,
        )
        return answer

    def get(self, address: str, query: Any = None, **headers: str) -> HttpResponse:
        """``GET``."""
        return self.call("GET", address, query=query, **headers)

    def events(self, address: str = "events", **query: Any) -> list[dict[str, Any]]:
        """The events of a page."""
        answer = self.get(address, query)
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = orjson.loads(answer.content)["epcisBody"]["queryResults"][
            "resultsBody"
        ]["eventList"]
        return found

    def capture(self, *events: dict[str, Any], **headers: str) -> HttpResponse:
        """Capture a document with these events."""
        return self.call("POST", "capture", document(*events), **headers)


def document(*events: dict[str, Any]) -> dict[str, Any]:
    """An EPCIS document."""
    return {
        "@context": [STANDARD_CONTEXT, {"ext": "https://example.com/ext/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-04T08:00:00.000Z",
        "epcisBody": {"eventList": list(events)},
    }


def event(number: int = 0, **fields: Any) -> dict[str, Any]:
    """A good event, one minute after the one with the number before."""
    return {
        "type": "ObjectEvent",
        "eventTime": f"2026-05-04T{number // 60:02d}:{number % 60:02d}:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [EPC],
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": "urn:epc:id:sgln:0614141.00777.0"},
        "bizLocation": {"id": "urn:epc:id:sgln:0614141.00888.0"},
        **fields,
    }


def content(answer: HttpResponse) -> Any:
    """The JSON of an answer."""
    return orjson.loads(answer.content)
