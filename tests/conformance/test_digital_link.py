"""Digital Links are read, written and escaped as GS1's own engine does it, under its defaults and options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jinmai.standards import digital_link, gs1
from jinmai.standards.gs1 import escaping

OPTIONS = {"permitConvenienceAlphas": "words", "permitZeroSuppressedGTINinDLuris": "short_gtins"}


def _cases(shared_data: Path, name: str) -> Any:
    path = shared_data / "digital_link" / f"dl_test_{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _read(uri: str, **options: bool) -> str | None:
    try:
        return gs1.format_scanned(digital_link.read(uri, **options).elements, "^")
    except gs1.Gs1Error:
        return None


def test_links_are_read_or_refused_as_gs1_does_by_default(shared_data: Path) -> None:
    cases = _cases(shared_data, "parseDLuri")["cases"]
    assert len(cases) == 50
    assert {uri: _read(uri) for _, uri, _ in cases} == {
        uri: expected if good else None for good, uri, expected in cases
    }


def test_words_and_short_gtins_are_read_where_they_are_allowed(shared_data: Path) -> None:
    told = [
        one
        for one in _cases(shared_data, "parseDLuri")["cases_with_options"]
        if set(one["options"]) <= set(OPTIONS)
    ]
    assert len(told) == 8
    for one in told:
        good, uri, expected = one["case"]
        allowed = {OPTIONS[name]: value for name, value in one["options"].items()}
        assert _read(uri, **allowed) == (expected if good else None), uri


def test_element_strings_become_the_links_that_gs1_makes_of_them(shared_data: Path) -> None:
    cases = _cases(shared_data, "testGenerateDLuri")["cases"]
    assert len(cases) == 10
    for good, stem, elements, expected in cases:
        if good:
            assert digital_link.build(gs1.parse(elements), stem=stem) == expected
        else:
            with pytest.raises(gs1.Gs1Error):
                digital_link.build(gs1.parse(elements), stem=stem)


def test_percent_signs_are_written_and_read_as_gs1_does(shared_data: Path) -> None:
    for text, path, query in _cases(shared_data, "URIescape")["cases"]:
        assert (escaping.escape_in_link(text), escaping.escape_in_query(text)) == (path, query)
    for text, path, query in _cases(shared_data, "URIunescape")["cases"]:
        assert (escaping.unescape(text), escaping.unescape_query(text)) == (path, query)
