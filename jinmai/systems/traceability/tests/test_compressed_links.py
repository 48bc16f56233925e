"""A compressed Digital Link at the root leads to the plain one; every other address stays what it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards.digital_link import compress
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.tests.chain import make_chain, mint_batch

NAME = "traceability.compressed_link"


def first_segments(patterns: list[Any]) -> Iterator[str]:
    """What stands before the first slash of each address of the house."""
    for pattern in patterns:
        words = str(pattern.pattern).lstrip("^")
        if words:
            yield words.partition("/")[0]
        else:
            yield from first_segments(getattr(pattern, "url_patterns", []))


def path_of(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.mark.django_db
def test_a_labels_compressed_code_leads_to_its_page_with_its_signature(client: Client) -> None:
    (code,) = codes_of(mint_batch(make_chain(), 1))
    short = path_of(compress(code.replace("HTTP", "http", 1)))
    assert "/01/" not in short
    answer = client.get(short)
    assert answer.status_code == 307
    assert path_of(answer["Location"]) == path_of(code)
    answer = client.get(path_of(answer["Location"]))
    page = client.get(path_of(answer["Location"]))
    assert page.status_code == 200
    assert "签名有效" in page.content.decode()


@pytest.mark.parametrize(
    ("plain", "query"),
    [
        ("/01/09520781000033", ""),
        ("/01/09520781000033/10/P24-1028", "linkType=linkset"),
        ("/01/09520781000033/21/12345?17=271031", "linkType=gs1:pip&lang=en"),
        ("/00/095207810000000019", ""),
        ("/414/9520781001030", ""),
    ],
)
def test_what_was_asked_besides_is_asked_of_the_plain_link(client: Client, plain: str, query: str) -> None:
    short = path_of(compress(f"https://id.gs1.org{plain}"))
    assert short.count("/") == 1
    answer = client.get(f"{short}?{query}" if query else short)
    assert answer.status_code == 307
    asked = ("&" if "?" in plain else "?") + query if query else ""
    assert path_of(answer["Location"]) == plain + asked
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.post(short).status_code == 405


@pytest.mark.parametrize("plain", ["/8004/95207811234", "/253/9520781001030", "/8010/95207811234"])
def test_what_the_resolver_has_no_door_for_is_not_found(client: Client, plain: str) -> None:
    short = path_of(compress(f"https://id.gs1.org{plain}"))
    assert client.get(short).status_code == 404


def test_no_address_of_the_house_is_taken_for_a_compressed_link(client: Client) -> None:
    segments = set(first_segments(get_resolver().url_patterns))
    assert len(segments) > 20
    for segment in segments - {"<compressed_link:plain>"}:
        try:
            assert resolve(f"/{segment}").url_name != NAME, segment
        except Resolver404:
            continue
    assert client.get("/traceability")["Location"] == "/traceability/"


@given(st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True))
def test_words_that_are_no_digital_link_are_not_taken_for_one(word: str) -> None:
    try:
        found = resolve(f"/{word}")
    except Resolver404:
        return
    # By chance a word may be one; then it says a key with its right check digit.
    assert found.url_name != NAME or path_of(str(found.kwargs["plain"])).startswith(("/01/", "/00/", "/414/"))


def test_a_segment_that_ends_too_early_or_holds_a_wrong_check_digit_is_not_found(client: Client) -> None:
    short = path_of(compress("https://id.gs1.org/01/09520781000033/10/P24-1028"))
    assert client.get(short[:-4]).status_code in {307, 404}
    for place in (6, 9):
        changed = short[:place] + ("A" if short[place] != "A" else "B") + short[place + 1 :]
        assert client.get(changed).status_code == 404, changed
