"""A caller of the EPCIS interface in tests, with a key of its own organisation."""

from __future__ import annotations

from io import StringIO
from typing import Any

import orjson
from django.core.management import call_command
from django.test import Client

from jinmai.core.access.api import Organisation
from jinmai.standards.epcis.contexts import STANDARD_CONTEXT
from jinmai.systems.traceability.tests.factories import make_organisation

EPC = "https://id.gs1.org/01/09521141012345/21/2017"


def make_key(scope: str, organisation: Organisation | None = None) -> str:
    """A key as ``jinmai api_key create`` prints it."""
    said = StringIO()
    words = ["create", "--scope", scope, "--json"]
    if organisation is not None:
        words += ["--organisation", organisation.code]
    call_command("api_key", *words, stdout=said)
    return str(orjson.loads(said.getvalue())["key"])


class Caller:
    """Calls ``/epcis/…`` with a key; ``headers`` are those of the call."""

    def __init__(self, organisation: Organisation | None = None, *, city: bool = False) -> None:
        self.organisation = None if city else organisation or make_organisation()
        self.secret = make_key("epcis", self.organisation)
        self.client = Client(raise_request_exception=False)

    def call(self, method: str, address: str, body: Any = None, query: Any = None, **headers: str) -> Any:
        """One call; a body that is no bytes is sent as JSON."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given.setdefault("Authorization", f"Bearer {self.secret}")
        kind = given.pop("Content-Type", "application/json")
        content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        return self.client.generic(
            method,
            f"/epcis/{address}",
            content,
            content_type=kind if body is not None else "",
            headers=given,
            query_params=query,
        )

    def get(self, address: str, query: Any = None, **headers: str) -> Any:
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

    def capture(self, *events: dict[str, Any], **headers: str) -> Any:
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


def content(answer: Any) -> Any:
    """The JSON of an answer."""
    return orjson.loads(answer.content)
