"""Names, units, order: what holds for queries as a whole."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards.epcis_query import ParameterRefused, read_query
from jinmai.standards.epcis_query.units import DIMENSION_OF, convert
from jinmai.standards.gs1 import canonical


def test_all_parameters_must_hold() -> None:
    query = read_query({"EQ_action": ["ADD"], "EQ_bizStep": ["shipping"]})
    assert query.matches({"action": "ADD", "bizStep": "shipping"})
    assert not query.matches({"action": "ADD", "bizStep": "packing"})


def test_fields_are_the_same_by_their_namespace_and_not_by_their_prefix() -> None:
    query = read_query({"@context": [{"mine": "https://example.com/one/"}], "EQ_mine:size": ["40"]})
    assert query.matches({"yours:size": "40"}, {"yours": "https://example.com/one/"})
    assert not query.matches({"mine:size": "40"}, {"mine": "https://example.com/another/"})


def test_a_prefix_that_the_query_does_not_declare_is_taken_as_written() -> None:
    query = read_query({"EQ_mine:size": ["40"]})
    assert query.matches({"mine:size": "40"}, {"mine": "https://example.com/one/"})
    assert not query.matches({"yours:size": "40"}, {"yours": "https://example.com/one/"})


def test_a_field_at_the_top_is_no_inner_field() -> None:
    query = read_query({"EQ_INNER_ext:a": ["1"]})
    assert not query.matches({"ext:a": "1"})
    assert query.matches({"ext:b": {"ext:c": [{"ext:a": ["0", "1"]}]}})


def test_a_plus_sign_that_became_a_blank_is_understood() -> None:
    query = read_query({"GE_eventTime": "2026-05-04T08:00:00 08:00"}, textual=True)
    assert query.matches({"eventTime": "2026-05-04T00:00:00Z"})


def test_a_unit_nobody_can_convert_matches_under_its_own_name_only() -> None:
    report = {"sensorElementList": [{"sensorReport": [{"type": "ex:x", "value": 4, "uom": "ZZZ"}]}]}
    assert read_query({"EQ_value_ZZZ": [4]}).matches(report)
    assert not read_query({"EQ_value_CEL": [4]}).matches(report)


def test_degrees_are_converted_exactly_and_deviations_without_a_zero_point() -> None:
    assert convert(Fraction(26), "CEL", "FAH") == Fraction("78.8")
    assert convert(Fraction(0), "KEL", "CEL") == Fraction("-273.15")
    assert convert(Fraction(1), "CEL", "FAH", difference=True) == Fraction("1.8")
    assert convert(Fraction(1), "KGM", "CEL") is None
    assert convert(Fraction(36), "KMH", "MTS") == 10


@given(st.sampled_from(sorted(DIMENSION_OF)), st.sampled_from(sorted(DIMENSION_OF)), st.fractions())
def test_conversion_leads_back(source: str, target: str, value: Fraction) -> None:
    there = convert(value, source, target)
    if DIMENSION_OF[source] == DIMENSION_OF[target]:
        assert there is not None
        assert convert(there, target, source) == value
    else:
        assert there is None


def test_ordering_by_a_field_of_ones_own() -> None:
    order = read_query({"orderBy": "ext:size", "orderDirection": "ASC"}).order
    events: list[dict[str, Any]] = [{"ext:size": "10"}, {"ext:size": 9}, {}, {"ext:size": "large"}]
    ordered = sorted(events, key=lambda one: order.key(one, {}))
    assert ordered == [{}, {"ext:size": 9}, {"ext:size": "10"}, {"ext:size": "large"}]
    assert not order.descending


def test_limits_exclude_each_other_and_a_limit_needs_an_order() -> None:
    query = read_query({"orderBy": "recordTime", "eventCountLimit": 5})
    assert (query.count_limit, query.order.by, query.order.descending) == (5, "recordTime", True)
    assert read_query({"maxEventCount": "0"}, textual=True).count_maximum == 0
    with pytest.raises(ParameterRefused, match="exclude each other"):
        read_query({"orderBy": "eventTime", "eventCountLimit": 5, "maxEventCount": 5})
    with pytest.raises(ParameterRefused, match="needs orderBy"):
        read_query({"eventCountLimit": 5})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("urn:epc:id:sgtin:0614141.107346.2018", "https://id.gs1.org/01/10614141073464/21/2018"),
        ("urn:epc:id:sgtin:0614141.107346.2018", "https://example.com/shop/01/10614141073464/21/2018"),
        ("urn:epc:class:lgtin:4012345.012345.998877", "https://id.gs1.org/01/04012345123456/10/998877"),
        ("urn:epc:idpat:sgtin:4012345.066666.*", "https://id.gs1.org/01/04012345666663"),
        ("urn:epc:id:sscc:0614141.1234567890", "https://id.gs1.org/00/106141412345678908"),
        ("urn:epc:id:sgln:0614141.00777.0", "https://id.gs1.org/414/0614141007776"),
        ("urn:epc:id:sgln:4023333.00001.12", "https://id.gs1.org/414/4023333000017/254/12"),
        ("urn:epc:id:giai:4000001.111", "https://id.gs1.org/8004/4000001111"),
    ],
)
def test_urn_and_digital_link_name_the_same(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)
    assert canonical(canonical(one)) == canonical(one)


@given(st.text() | st.text(alphabet="urnepcidsgtin:.*/0123456789%"))
def test_no_text_breaks_a_name_or_a_query(text: str) -> None:
    canonical(text)
    canonical(f"urn:epc:id:sgtin:{text}")
    asked = ((text, text), ("MATCH_anyEPC", [text]), ("MATCH_anyEPC", [f"urn:epc:idpat:{text}"]))
    for parameter, value in asked:
        with suppress(ParameterRefused):
            read_query({parameter: value}).matches({"epcList": [text], "parentID": f"urn:epc:id:{text}"})
