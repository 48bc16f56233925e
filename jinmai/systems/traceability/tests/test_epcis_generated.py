"""Calls that schemathesis makes of GS1's OpenAPI: the application answers as that describes.

Beside the written cases of ``test_epcis_openapi``. Every parameter of every operation is sent by itself, then
all of them at once, then with something wrong in them; no call makes the server fail, and what comes back has
a documented status, media type, headers and content. The suite makes a few calls of each kind, the ``slow``
campaign hundreds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from requests.structures import CaseInsensitiveDict
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

from jinmai.systems.traceability.tests.test_epcis_openapi import SPECIAL, World, resolved

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("default"),  # schemathesis warns about the means it has
]
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Sent = tuple[str, str, str]  # method, path, parameter


@pytest.fixture(scope="module")
def described(shared_data: Path) -> dict[str, Any]:
    """GS1's description with every parameter required, so that every call has all of them."""
    found: dict[str, Any] = orjson.loads(
        (shared_data / "epcis/gs1-epcis/REST Bindings/openapi.json").read_bytes()
    )
    found["servers"] = [{"url": "/epcis"}]
    schemas = found["components"]["schemas"]
    # Slips of the description: its own examples of two headers are no object and no bare URI, what it says of
    # errors in a file fits a job without errors too, and two answers are problems like their siblings.
    schemas["GS1-Extensions"]["type"] = "string"
    del schemas["Link"]["format"]
    errors = schemas["CaptureJob"]["allOf"][1]
    errors["anyOf"] = errors.pop("oneOf")
    answers = found["components"]["responses"]
    answers["400SubscriptionIssues"] = answers["400QueryIssues"]
    exists = answers["409ResourceAlreadyExistsException"]["content"]["application/problem+json"]["schema"]
    exists["allOf"][0]["properties"]["status"]["enum"] = [409]
    for path in found["paths"].values():
        for holder in (path, *(path[method] for method in SPECIAL & path.keys())):
            holder["parameters"] = [
                {**resolved(found, one), "required": True} for one in holder.get("parameters", [])
            ]
    return found


@contextmanager
def connection_kept() -> Iterator[None]:
    """Calls share the test's connection, which a request would close; Django's own client keeps it too."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


class Campaign:
    """The calls of one run on one repository, and what was wrong with their answers."""

    def __init__(self, described: dict[str, Any], examples: int) -> None:
        self.world = World()
        self.schema = schemathesis.openapi.from_dict(described)
        self.schema.app = WSGIHandler()
        self.wrong: dict[str, str] = {}
        self.sent: set[Sent] = set()
        self.answers: Counter[int] = Counter()
        self._examples = examples
        self._quickly = settings(
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )

    def operations(self) -> list[Any]:
        """All operations; what is deleted is deleted last, and what hangs on it before it."""
        described = list(self.schema.get_all_operations())
        found = [one.ok() for one in described if isinstance(one, Ok)]
        assert len(found) == len(described), "an operation of the description is not understood"
        return sorted(found, key=lambda one: (one.method == "delete", -one.path.count("{")))

    def run(self) -> None:
        """Every operation in three ways."""
        for operation in self.operations():
            places = self.places(operation.path)
            good = operation.as_strategy(GenerationMode.POSITIVE, path_parameters=places)
            self._each(good, self.one_by_one, (self._examples + 1) // 2)
            self._each(good, self.together, self._examples)
            try:
                self._each(operation.as_strategy(GenerationMode.NEGATIVE), self.together, self._examples)
            except Unsatisfiable:
                # Nothing can be wrong in a call that has nothing.
                assert not operation.query, operation.label

    def _each(self, strategy: SearchStrategy[Any], send: Callable[[Any], None], most: int) -> None:
        @settings(self._quickly, max_examples=most)
        @given(strategy)
        def run(case: Any) -> None:
            send(case)

        run()

    def places(self, path: str) -> dict[str, str] | None:
        """The places of a path, filled with what the repository has."""
        return {name: self.world.places[name] for name in re.findall(r"{(\w+)}", path)} or None

    def one_by_one(self, case: Any) -> None:
        """A call for each parameter of a case, with no other, and one with none."""
        query, headers = dict(case.query), dict(case.headers)
        case.query, case.headers = {}, CaseInsensitiveDict()
        self.send(case)
        for name, value in query.items():
            case.query = {name: value}
            self.send(case, name)
        case.query = {}
        for name, value in headers.items():
            case.headers = CaseInsensitiveDict({name: value})
            self.send(case, name)

    def together(self, case: Any) -> None:
        """A call with all that a case has, and one without its headers: few texts agree with the server."""
        self.send(case)
        case.headers = CaseInsensitiveDict()
        self.send(case)

    def send(self, case: Any, parameter: str = "") -> None:
        """One call; notes what is wrong with its answer."""
        operation = case.operation
        self.sent.add((operation.method, operation.path, parameter.lower()))
        authorization = {"Authorization": f"Bearer {self.world.secret}"}
        answer = case.call(headers=authorization)
        self.answers[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS, headers=authorization)
            _check_status(answer, operation.definition.raw["responses"])
        except (FailureGroup, Failure, AssertionError) as failure:
            said = getattr(failure, "exceptions", [failure])[0]
            place = f"{operation.label} {answer.status_code} {type(said).__name__}"
            self.wrong.setdefault(place, f"{said}\n{case.as_curl_command()[:600]}\n{answer.text[:600]}")


def _check_status(answer: Any, documented: dict[str, Any]) -> None:
    """The status is documented, and an error says itself what it is.

    That a call is wrong (400) is left out at many operations which take parameters: it is answered
    nevertheless.
    """
    assert str(answer.status_code) in {*documented, "400"}, "undocumented status"
    if answer.status_code < 400:
        return
    kind = answer.headers["content-type"][0]
    assert kind == "application/problem+json", kind
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("epcisException:")
    assert problem["title"]
    assert problem["detail"]


def _parameters(described: dict[str, Any]) -> Iterator[Sent]:
    """Every parameter of every operation that is no place in its path."""
    for path, methods in described["paths"].items():
        for method in SPECIAL & methods.keys():
            yield method, path, ""
            for one in (*methods["parameters"], *methods[method]["parameters"]):
                if one["in"] != "path":
                    yield method, path, one["name"].lower()


def _campaign(described: dict[str, Any], examples: int) -> Campaign:
    campaign = Campaign(described, examples)
    with connection_kept():
        campaign.run()
    assert campaign.wrong == {}, "\n\n".join(f"{place}: {what}" for place, what in campaign.wrong.items())
    assert set(_parameters(described)) <= campaign.sent
    return campaign


def test_generated_calls_are_answered_as_described(described: dict[str, Any]) -> None:
    campaign = _campaign(described, 2)
    # Not all of it is refused: what is well asked is answered.
    assert campaign.answers[200] > 150
    assert campaign.answers[204] > 50


@pytest.mark.slow
def test_a_campaign_of_generated_calls_is_answered_as_described(described: dict[str, Any]) -> None:
    _campaign(described, 25)
