"""Industry codes say the same thing in both editions, or are refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards.gbt4754 import (
    DIVISIONS,
    SECTIONS,
    IndustryCodeError,
    ancestors,
    names,
    normalise,
    to_2017,
)


@pytest.fixture(scope="module")
def official(shared_data: Path) -> dict[str, str]:
    """Code to name of the whole 2017 edition."""
    with (shared_data / "gb" / "gbt4754_2017.csv").open(encoding="utf-8-sig") as file:
        return {row["code"]: row["name"].strip() for row in csv.DictReader(file)}


def test_sections_and_divisions_are_those_of_the_official_table(official: dict[str, str]) -> None:
    ours = {code: each.zh for code, each in (SECTIONS | DIVISIONS).items()}
    assert ours == {code: name for code, name in official.items() if len(code) in {1, 3}}


def test_every_official_code_is_accepted_with_and_without_its_letter(official: dict[str, str]) -> None:
    assert [code for code in official if normalise(code) != code] == []
    assert [code for code in official if len(code) > 1 and normalise(code[1:]) != code] == []


def test_every_successor_stands_in_the_official_table(official: dict[str, str]) -> None:
    assert to_2017("C3150", "2011") == "C3140"
    for code in ("C3110", "C3130", "C3140", "C3150", "C3250", "C3261", "C3391"):
        assert to_2017(code, "2011") in official


def test_the_same_digits_mean_another_industry_in_the_other_edition() -> None:
    assert (to_2017("C3140", "2011"), to_2017("C3140", "2017")) == ("C3130", "C3140")


def test_a_2011_code_without_known_successor_is_refused_and_not_guessed() -> None:
    with pytest.raises(IndustryCodeError) as refused:
        to_2017("C2641", "2011")
    assert refused.value.reason == "edition"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "form"),
        ("c3140", "form"),
        ("C31400", "form"),
        ("３１４０", "form"),
        ("U3140", "form"),
        ("D3140", "section"),
        ("9840", "division"),
    ],
)
def test_a_wrong_code_is_refused_with_the_reason(code: str, reason: str) -> None:
    with pytest.raises(IndustryCodeError) as refused:
        normalise(code)
    assert refused.value.reason == reason


@given(st.text(max_size=8))
def test_any_text_is_normalised_once_or_refused(text: str) -> None:
    try:
        code = normalise(text)
    except IndustryCodeError:
        return
    assert normalise(code) == code
    assert names(code).zh


def test_a_class_lies_in_group_division_and_section() -> None:
    assert ancestors("C3140") == ["C", "C31", "C314", "C3140"]
