"""Every parameter of the standard finds what it asks for, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from jinmai.standards.epcis_query import ParameterRefused, read_query
from jinmai.standards.epcis_query.tests.asked import ASKED, EXISTING, WRONG
from jinmai.standards.epcis_query.tests.event import PREFIXES, event

BELOW = {
    "https://example.com/port": frozenset({"https://example.com/quay"}),
    "https://example.com/quay": frozenset(
        {"https://id.gs1.org/414/0614141007776", "https://id.gs1.org/414/0614141008889"}
    ),
}


def meant(parameter: str, value: Any, *, textual: bool = False) -> bool:
    """Whether the sample event is meant by one parameter."""
    query = read_query({parameter: value}, prefixes=PREFIXES, below=BELOW, textual=textual)
    return query.matches(event(), PREFIXES)


@pytest.mark.parametrize(("parameter", "finds", "misses"), ASKED)
def test_a_parameter_finds_what_it_asks_for_and_nothing_else(parameter: str, finds: Any, misses: Any) -> None:
    assert meant(parameter, finds)
    assert misses is None or not meant(parameter, misses)


def spelled(value: Any) -> str:
    """A value as a query string writes it."""
    if isinstance(value, list):
        return "|".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(("parameter", "finds", "misses"), ASKED)
def test_the_same_is_asked_in_a_query_string(parameter: str, finds: Any, misses: Any) -> None:
    assert meant(parameter, spelled(finds), textual=True)
    assert misses is None or not meant(parameter, spelled(misses), textual=True)


@pytest.mark.parametrize("parameter", EXISTING)
def test_existence_is_asked_with_or_without_a_value(parameter: str) -> None:
    bare = event() | {"ext:nested": {}, "ilmd": {}, "errorDeclaration": {}, "sensorElementList": [{}]}
    bare.pop("ext:size")
    for value in (None, 1, True):
        query = read_query({parameter: value}, prefixes=PREFIXES)
        assert query.matches(event(), PREFIXES)
        assert not query.matches(bare, PREFIXES)
    assert read_query({parameter: False}).predicates == ()


def test_an_event_without_anything_is_found_by_asking_nothing_only() -> None:
    empty = {"type": "AssociationEvent"}
    assert read_query({}).matches(empty)
    assert [name for name, value, _ in ASKED if read_query({name: value}, below=BELOW).matches(empty)] == []


def test_every_name_of_the_query_schema_is_known(shared_data: Path) -> None:
    path = shared_data / "epcis/gs1-epcis/JSON-Schema/EPCIS-Query-JSON-Schema-root.json"
    schema = orjson.loads(path.read_bytes())["definitions"]["EPCIS-Query"]
    tried = {name for name, _, _ in ASKED} | set(EXISTING)
    controls = {"orderBy", "orderDirection", "eventCountLimit", "maxEventCount", "@context"}
    assert set(schema["properties"]) - tried - controls == set()
    # The patterns stand there with doubled backslashes; what they mean is a prefix, a colon and a name.
    patterns = [pattern.replace("\\\\", "\\") for pattern in schema["patternProperties"]]
    assert len(patterns) == 108
    assert [one for one in patterns if not any(re.fullmatch(one, name) for name in tried)] == []


def test_every_query_parameter_of_the_openapi_is_known(shared_data: Path) -> None:
    text = (shared_data / "epcis/gs1-epcis/REST Bindings/openapi.json").read_bytes()
    names = {
        one["name"]
        for one in orjson.loads(text)["components"]["parameters"].values()
        if one["in"] == "query" and re.match(r"(EQ|GT|GE|LT|LE|MATCH|WD|EXISTS)_|eventType", one["name"])
    }
    assert names - {name for name, _, _ in ASKED} == set()


@pytest.mark.parametrize(("parameter", "value"), WRONG)
def test_a_wrong_name_or_value_is_refused_with_the_parameter_named(parameter: str, value: Any) -> None:
    with pytest.raises(ParameterRefused) as refused:
        read_query({"orderBy": "eventTime"} | {parameter: value})
    assert refused.value.parameter == parameter


def test_the_invalid_queries_of_the_shared_documents_are_refused(shared_data: Path) -> None:
    root = shared_data / "epcis/openepcis-test-resources/core/src/main/resources/2.0/EPCIS/JSON/Query/Queries"
    read_query(orjson.loads((root / "SimpleEventQuery.json").read_bytes()))
    for path in sorted((root / "Invalid").glob("*.json")):
        with pytest.raises(ParameterRefused):
            read_query(orjson.loads(path.read_bytes()))


def test_a_query_has_a_bounded_number_of_parameters() -> None:
    with pytest.raises(ParameterRefused, match="at most 100 parameters"):
        read_query({f"EQ_ext:a{number}": ["x"] for number in range(101)})
