"""Bodies of GS1's interface: each answer is what GS1's own description says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from jinmai.systems.traceability.tests.epcis_client import Caller, content
from jinmai.systems.traceability.tests.test_epcis_openapi import World, operations, resolved, success

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def openapi(shared_data: Path) -> dict[str, Any]:
    """GS1's own description of the interface."""
    found: dict[str, Any] = orjson.loads(
        (shared_data / "epcis/gs1-epcis/REST Bindings/openapi.json").read_bytes()
    )
    for name, schema in found["components"]["schemas"].items():
        # The fields of a schedule are described by expressions that only Perl reads.
        if name.startswith("GS1-Query-"):
            schema.pop("pattern", None)
    # Every list of errors is "errors or else a file" twice over, as GS1's own example is: one is enough.
    job = found["components"]["schemas"]["CaptureJob"]["allOf"][1]
    job["anyOf"] = job.pop("oneOf")
    return found


def faults(openapi: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Where a value is not what a schema of the OpenAPI says."""
    whole = {"allOf": [schema], "components": openapi["components"]}
    validator = jsonschema_rs.Draft7Validator(whole)
    return [f"{error.instance_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def test_every_body_of_success_is_as_described(openapi: dict[str, Any]) -> None:
    found = sorted(operations(openapi), key=lambda one: (one[0] == "delete", "subscriptionID" not in one[1]))
    world = World()
    wrong = []
    checked = 0
    for method, path, operation in found:
        status, description = success(openapi, operation)
        answer = world.operate(method, path)
        assert answer.status_code == status, (path, answer.content)
        schema = description.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            assert answer.content == b"", (method, path)
            continue
        checked += 1
        wrong += [(method, path, fault) for fault in faults(openapi, schema, content(answer))]
    assert wrong == []
    assert checked == 30


def test_every_problem_is_as_described(openapi: dict[str, Any]) -> None:
    world, wrong = World(), []
    for method, path, operation in operations(openapi):
        for status, headers in (("401", {"Authorization": ""}), ("406", {"GS1-EPC-Format": "x"})):
            if status not in operation["responses"]:
                continue
            described = resolved(openapi, operation["responses"][status])
            schema = described["content"]["application/problem+json"]["schema"]
            answer = world.operate(method, path, **headers)
            if answer.status_code == int(status):
                wrong += [(method, path, fault) for fault in faults(openapi, schema, content(answer))]
    assert wrong == []


def test_an_empty_repository_answers_as_described_too(openapi: dict[str, Any]) -> None:
    caller, wrong = Caller(), []
    for method, path, operation in operations(openapi):
        if method == "get" and "{" not in path:
            _, description = success(openapi, operation)
            schema = description["content"]["application/json"]["schema"]
            answer = caller.get(path.removeprefix("/"))
            wrong += [(path, fault) for fault in faults(openapi, schema, content(answer))]
    assert wrong == []
