"""Walks GS1's OpenAPI: every operation is there, asks for a key, and says the headers that it should."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from jinmai.systems.traceability.tests.epcis_client import EPC, Caller, content, event, make_key

pytestmark = pytest.mark.django_db

# Headers that stand there only when there is more to come.
PAGED = {"Link", "GS1-Next-Page-Token-Expires"}
SPECIAL = {"get", "post", "delete", "options"}
EVENT_ID = "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"
SEEN = {
    "eventID": EVENT_ID,
    "eventType": "ObjectEvent",
    "epc": EPC,
    "bizStep": "shipping",
    "bizLocation": "https://id.gs1.org/414/0614141008889",
    "readPoint": "urn:epc:id:sgln:0614141.00777.0",
    "disposition": "in_transit",
}


@pytest.fixture(scope="module")
def openapi(shared_data: Path) -> dict[str, Any]:
    """GS1's own description of the interface."""
    found: dict[str, Any] = orjson.loads(
        (shared_data / "epcis/gs1-epcis/REST Bindings/openapi.json").read_bytes()
    )
    return found


class World(Caller):
    """A repository that has one of everything."""

    def __init__(self) -> None:
        super().__init__()
        made = self.capture(event(eventID=EVENT_ID), event(1))
        self.capture_id = made["Location"].rpartition("/")[2]
        self.call("POST", "queries", {"name": "mine", "query": {"EQ_bizStep": ["shipping"]}})
        self.subscription = self.subscribe()

    def subscribe(self) -> str:
        """A subscription that is never due; its id."""
        body = {"dest": "https://client.example.com/x", "schedule": {"dayOfMonth": "31", "month": "2"}}
        made = self.call("POST", "queries/mine/subscriptions", body)
        assert made.status_code == 201, made.content
        return str(content(made)["subscriptionID"])

    @property
    def places(self) -> dict[str, str]:
        """What it has for each place in a path of the OpenAPI."""
        return SEEN | {
            "captureID": self.capture_id,
            "queryName": "mine",
            "subscriptionID": self.subscription,
            "token": "nothing",
        }

    def address(self, path: str) -> str:
        """A path of the OpenAPI with its places filled."""
        for place, value in self.places.items():
            path = path.replace(f"{{{place}}}", quote(value, safe=""))
        return path.removeprefix("/")

    def body(self, path: str) -> Any:
        """What to send to a path that takes something."""
        return {
            "/capture": {**_document(), "epcisBody": {"eventList": [event(5)]}},
            "/events": {"@context": _document()["@context"], **event(6)},
            "/queries": {"name": "another", "query": {"eventType": ["ObjectEvent"]}},
            "/queries/{queryName}/subscriptions": {
                "dest": "https://client.example.com/y",
                "signatureToken": "secret",
                "stream": True,
            },
        }[path]

    def operate(self, method: str, path: str, **headers: str) -> Any:
        """One operation of the OpenAPI."""
        body = self.body(path) if method == "post" else None
        return self.call(method.upper(), self.address(path), body, **headers)


def _document() -> dict[str, Any]:
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-04T08:00:00.000Z",
    }


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation as (method, path, description)."""
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            if method in SPECIAL:
                yield method, path, operation


def resolved(openapi: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """What a reference points at."""
    while "$ref" in value:
        found: Any = openapi
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        value = found
    return value


def success(openapi: dict[str, Any], operation: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The status of success, and its description."""
    code = next(code for code in operation["responses"] if code.startswith("2"))
    return int(code), resolved(openapi, operation["responses"][code])


def test_all_63_operations_answer_with_their_status_and_headers(openapi: dict[str, Any]) -> None:
    found = list(operations(openapi))
    assert len(found) == 63
    # What is deleted is deleted last.
    found.sort(key=lambda one: (one[0] == "delete", "subscriptionID" not in one[1]))
    world = World()
    wrong = []
    for method, path, operation in found:
        status, description = success(openapi, operation)
        answer = world.operate(method, path)
        missing = [
            name
            for name in description.get("headers", {})
            if name not in PAGED and not answer.headers.get(name)
        ]
        if answer.status_code != status or missing:
            wrong.append((method, path, answer.status_code, answer.content[:200], missing))
    assert wrong == []


def test_every_get_offers_the_media_types_of_its_description(openapi: dict[str, Any]) -> None:
    world = World()
    for method, path, operation in operations(openapi):
        _, description = success(openapi, operation)
        for kind in description.get("content", {}) if method == "get" else ():
            answer = world.operate(method, path, Accept=kind)
            assert (answer.status_code, answer["Content-Type"]) == (200, kind), path


def test_every_collection_with_pages_says_where_the_next_begins(openapi: dict[str, Any]) -> None:
    world = World()
    world.capture(event(8, type="ObjectEvent", epcList=[EPC + "x"], readPoint={"id": "urn:a:1"}))
    world.capture(event(9, bizLocation={"id": "urn:a:2"}))
    world.call("POST", "queries", {"name": "second", "query": {}})
    world.subscribe()
    for method, path, operation in operations(openapi):
        if method != "get" or "Link" not in success(openapi, operation)[1].get("headers", {}):
            continue
        first = world.get(world.address(path), {"perPage": 1})
        assert first.status_code == 200, (path, first.content)
        assert all(first.headers.get(name) for name in PAGED), path
        address = first["Link"].removeprefix("<").partition(">")[0]
        second = world.client.get(address, headers={"Authorization": f"Bearer {world.secret}"})
        assert second.status_code == 200, (path, second.content)
        assert content(second) != content(first), path


def test_every_operation_asks_for_a_key_and_its_scope(openapi: dict[str, Any]) -> None:
    world = World()
    other = make_key("metrics")
    for method, path, _ in operations(openapi):
        for shown, status in (("", 401), ("Bearer jinmai_0_0", 401), (f"Bearer {other}", 403)):
            answer = world.operate(method, path, Authorization=shown)
            assert answer.status_code == status, path
            assert answer["Content-Type"] == "application/problem+json"
            assert content(answer)["type"] == "epcisException:SecurityException"


def test_every_header_of_every_operation_is_read(openapi: dict[str, Any]) -> None:
    wrong = {
        "GS1-EPCIS-Version": "3.0",
        "GS1-EPCIS-Min": "2.1",
        "GS1-EPCIS-Max": "1.1",
        "GS1-CBV-Version": "9",
        "GS1-CBV-Min": "3.0.1",
        "GS1-CBV-Max": "1.0",
        "GS1-EPC-Format": "Sometimes_EPC_URN",
        "GS1-CBV-XML-Format": "Always",
        "GS1-Extensions": "no extension",
        "GS1-Capture-Error-Behaviour": "retry",
    }
    world = World()
    seen = set()
    for method, path, operation in operations(openapi):
        for parameter in operation.get("parameters", []):
            described = resolved(openapi, parameter)
            name = described["name"]
            if described["in"] != "header" or name in ("Upgrade", "Connection"):
                continue
            seen.add(name)
            answer = world.operate(method, path, **{name: wrong[name]})
            expected = 400 if name == "GS1-Capture-Error-Behaviour" else 406
            assert (answer.status_code, name in content(answer)["detail"]) == (expected, True), (path, name)
    assert seen == wrong.keys()


def test_every_query_parameter_of_every_operation_is_read(openapi: dict[str, Any]) -> None:
    world = World()
    for method, path, operation in operations(openapi):
        for parameter in operation.get("parameters", []):
            described = resolved(openapi, parameter)
            if described["in"] != "query":
                continue
            name = described["name"]
            # No parameter takes this: it is no URI, number, time, term or token. Some take every text.
            answer = world.get(world.address(path), {name: "no such\x01thing"})
            takes_any_text = name in ("EQ_stringValue", "EQ_hexBinaryValue")
            ignored = path in ("/bizLocations/{bizLocation}", "/readPoints/{readPoint}") or (
                path == "/queries/{queryName}/events" and name not in ("perPage", "nextPageToken")
            )
            expected = 200 if takes_any_text or ignored else 400
            assert answer.status_code == expected, (method, path, name, answer.content)


def test_what_is_not_there_is_not_found(openapi: dict[str, Any]) -> None:
    world, stranger = World(), Caller()
    for method, path, operation in operations(openapi):
        if "404" in operation["responses"]:
            # To a stranger what others have is not there either; terms of the standard are there for all.
            open_to_all = any(word in path for word in ("eventTypes", "bizSteps", "dispositions"))
            body = world.body(path) if method == "post" else None
            answer = stranger.call(method.upper(), world.address(path), body)
            discovery = method == "options" and "subscription" not in path
            assert answer.status_code == 404 or open_to_all or discovery, (method, path, answer.content)
    for address in ("nothing", "events/", "queries/mine/nothing", "capture/1/2", "events/urn:a:%0A1"):
        for method in ("GET", "OPTIONS", "POST", "DELETE"):
            answer = world.call(method, address, Accept="application/xml")
            expected = (404, "application/problem+xml")
            assert (answer.status_code, answer["Content-Type"]) == expected, (method, address)
        assert Caller().call("GET", address, Authorization="").status_code == 401


def test_discovery_says_formats_and_behaviours_in_the_words_of_the_description() -> None:
    said = World().call("OPTIONS", "capture").headers
    assert said["GS1-EPC-Format"] == said["GS1-CBV-XML-Format"] == "No_Preference"
    assert said["GS1-Capture-Error-Behaviour"] == "all"


def test_a_method_that_a_resource_lacks_is_refused_with_those_it_has(openapi: dict[str, Any]) -> None:
    world = World()
    for path, methods in openapi["paths"].items():
        answer = world.call("PATCH", world.address(path), {})
        assert answer.status_code == 405, path
        for method in SPECIAL & set(methods):
            assert method.upper() in answer["Allow"], path
