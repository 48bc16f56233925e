"""Identification agrees with GS1's own cases: element strings, check digits, URNs and Digital Links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinmai.standards import gs1


def _cases(shared_data: Path, name: str) -> Any:
    return json.loads((shared_data / "digital_link" / f"{name}.json").read_text(encoding="utf-8"))


def _scanned(text: str) -> str | None:
    """What GS1's engine would make of an element string, None where it is refused."""
    try:
        return gs1.format_scanned(gs1.parse(text), "^")
    except gs1.Gs1Error:
        return None


def test_bracketed_element_strings_become_what_the_engine_of_gs1_makes_of_them(shared_data: Path) -> None:
    cases = _cases(shared_data, "ai_test_parseAIdata")["cases"]
    assert len(cases) == 13
    assert {text: _scanned(text) for _, text, _ in cases} == {
        text: expected if good else None for good, text, expected in cases
    }


def test_scanned_element_strings_are_read_or_refused_as_gs1_does(shared_data: Path) -> None:
    cases = _cases(shared_data, "ai_test_processAIdata")["cases"]
    assert len(cases) == 39
    assert {text: _scanned(text) is not None for _, text in cases} == {text: good for good, text in cases}


def test_every_spelling_of_an_epc_has_the_canonical_link_of_the_reference(shared_data: Path) -> None:
    told = _cases(shared_data, "urn_to_digital_link")
    pairs = told["epc_uri_to_digital_link"]
    assert len(pairs) == 31
    assert {epc: gs1.canonical_or_none(epc) for epc, _ in pairs} == dict(pairs)
    others = [one for one in told["must_return_none"] if isinstance(one, str)]
    assert [gs1.canonical_or_none(one) for one in others] == [None] * 3
