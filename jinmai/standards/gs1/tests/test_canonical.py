"""Every spelling of an identifier leads to one canonical Digital Link, and back to a URN if there is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards import gs1
from jinmai.standards.gs1.check_digits import CHARACTER_SET_82

SERIALS = st.text(CHARACTER_SET_82, min_size=1, max_size=20)
ANIMAL = "https://id.gs1.org/01/06901234567892/21/7F"


@pytest.mark.parametrize(
    "spelling",
    [
        ANIMAL,
        "urn:epc:id:sgtin:6901234.056789.7F",
        "HTTPS://TRACE.EXAMPLE/01/06901234567892/21/7F",
        "https://trace.example/s/01/6901234567892/10/LOT9/21/7F?17=270101#top",
        "https://trace.example/gtin/06901234567892/ser/7F/",
        "https://trace.example/01/06901234567892/22/2A/21/7F",
    ],
)
def test_one_animal_has_one_canonical_name(spelling: str) -> None:
    assert gs1.canonical(spelling) == ANIMAL


@pytest.mark.parametrize(
    "other", ["urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8", "geo:39.1,121.7", "", "x"]
)
def test_what_is_no_gs1_key_keeps_its_name(other: str) -> None:
    assert gs1.canonical(other) == other
    with pytest.raises(gs1.Gs1Error):
        gs1.to_digital_link(other)


@pytest.mark.parametrize(
    "urn",
    [
        "urn:epc:id:sgtin:6901234.056789.A%2FB",
        "urn:epc:id:sscc:6901234.1234567890",
        "urn:epc:id:sgln:697012345.001.0",
        "urn:epc:id:sgln:697012345.001.pond%2F3",
        "urn:epc:id:grai:6901234.66666.87",
        "urn:epc:id:giai:6901234.AAbb",
        "urn:epc:id:gsrn:6901234.9876540000",
        "urn:epc:id:gsrnp:6901234.0000098765",
        "urn:epc:id:gdti:6901234.55555.98",
        "urn:epc:id:cpi:6901234.ABC-1.123",
        "urn:epc:id:sgcn:6901234.99999.44",
        "urn:epc:id:ginc:6901234.xyz47%2F11",
        "urn:epc:id:gsin:6901234.999987654",
        "urn:epc:id:itip:6901234.012345.01.02.999",
        "urn:epc:id:upui:6901234.012345.AB12",
        "urn:epc:id:pgln:6901234.00001",
        "urn:epc:class:lgtin:6901234.056789.Lot-9",
        "urn:epc:idpat:sgtin:6901234.056789.*",
        "urn:epc:idpat:grai:6901234.66666.*",
        "urn:epc:idpat:gdti:6901234.55555.*",
        "urn:epc:idpat:sgcn:6901234.99999.*",
        "urn:epc:idpat:cpi:6901234.ABC.*",
        "urn:epc:idpat:itip:6901234.012345.01.02.*",
    ],
)
def test_a_urn_becomes_a_link_and_the_same_urn_again(urn: str) -> None:
    assert gs1.to_urn(gs1.to_digital_link(urn)) == urn


@given(serial=SERIALS)
def test_any_serial_goes_to_a_urn_and_back(serial: str) -> None:
    urn = gs1.write_urn({"01": "06901234567892", "21": serial})
    assert gs1.read_urn(urn) == {"01": "06901234567892", "21": serial}
    link = gs1.canonical(urn)
    assert link == gs1.canonical(link)
    assert gs1.elements_of(link) == {"01": "06901234567892", "21": serial}


@pytest.mark.parametrize(
    ("epc", "place"),
    [
        ("urn:epc:id:sgtin:6901234.05678.7F", "sgtin"),
        ("urn:epc:id:sgtin:6901234.056789.", "sgtin"),
        ("urn:epc:id:sgtin:6901234.056789." + "7" * 21, "sgtin"),
        ("urn:epc:id:sgtin:69012.05678901.7F", "sgtin"),
        ("urn:epc:id:sgtin:6901234.056789.7 F", "sgtin"),
        ("urn:epc:id:sscc:6901234.123", "sscc"),
        ("urn:epc:id:sgcn:6901234.99999.4X", "sgcn"),
        ("urn:epc:idpat:sgtin:6901234.056789.7F", "sgtin"),
        ("urn:epc:id:unheard:1.2", "urn:epc:id:unheard"),
        ("https://id.gs1.org/01/06901234567893", "/01"),
        ("https://id.gs1.org/01/06901234567892/21/%E6%B5%B7", "/21"),
    ],
)
def test_a_wrong_identifier_is_refused_with_its_place(epc: str, place: str) -> None:
    with pytest.raises(gs1.Gs1Error) as caught:
        gs1.to_digital_link(epc)
    assert caught.value.place == place


def test_a_company_prefix_of_unknown_length_is_asked_for() -> None:
    link = "https://id.gs1.org/01/09780345418913/21/1"
    with pytest.raises(gs1.Gs1Error, match="not known how long"):
        gs1.to_urn(link)
    assert gs1.to_urn(link, company_prefix_length=8) == "urn:epc:id:sgtin:97803454.01891.1"
    listed = gs1.read_prefix_list(
        b'<GCPPrefixFormatList><entry prefix="978" gcpLength="9"/></GCPPrefixFormatList>'
    )
    assert gs1.to_urn(link, prefixes=listed) == "urn:epc:id:sgtin:978034541.0891.1"


@pytest.mark.parametrize(("key", "length"), [("6912", 7), ("6961", 8), ("6990", 9), ("6890", None)])
def test_chinese_company_prefixes_have_the_length_of_their_range(key: str, length: int | None) -> None:
    assert gs1.prefix_length(key) == length


@given(text=st.text(max_size=80))
def test_any_text_has_a_canonical_form_and_only_one(text: str) -> None:
    for start in ("", "urn:epc:id:sgtin:", "https://id.gs1.org/01/"):
        once = gs1.canonical(start + text)
        assert gs1.canonical(once) == once


MEMBERS = st.one_of(
    st.from_regex(r"https://id\.gs1\.org/01/[0-9]{14}/21/[0-9A-Za-z]{1,20}", fullmatch=True),
    st.just("urn:epc:id:sgtin:6901234.056789.7F"),
    st.just(f"{ANIMAL}\n{ANIMAL}"),
    st.just(f"{ANIMAL}\n"),
    st.just("https://id.gs1.org/00/069012340000000018"),
    st.integers(),
)


@given(st.lists(MEMBERS, max_size=6))
def test_a_list_is_passed_at_once_only_if_each_member_is_canonical_by_itself(members: list[object]) -> None:
    gtins = gs1.canonical_gtins(members)
    items = [one for one in members if isinstance(one, str) and "/21/" in one and "\n" not in one]
    if gtins is None:
        assert not members or len(items) < len(members) or any("urn:" in one for one in items)
    else:
        assert all(isinstance(one, str) and gs1.canonical(one) == one for one in members)
        assert gtins == {one.split("/")[4] for one in items}


@pytest.mark.parametrize("other", [None, (), "text", {ANIMAL: 1}, [], [None]])
def test_what_is_no_list_of_items_is_looked_at_member_by_member(other: object) -> None:
    assert gs1.canonical_gtins(other) is None


@given(
    st.sampled_from(("id:sgtin", "class:lgtin", "id:sgln", "id:pgln")),
    st.text("0123456789", min_size=5, max_size=13),
    st.text("0123456789", min_size=0, max_size=8),
    st.sampled_from(("0", "7F", "00", "a-b", "%2F", "x" * 20, "x" * 21, "", "1.2")),
)
def test_a_plain_urn_leads_to_the_same_link_as_its_parts(
    kind: str, company: str, reference: str, serial: str
) -> None:
    urn = f"urn:epc:{kind}:{company}.{reference}" + ("" if kind == "id:pgln" else f".{serial}")
    try:
        link = gs1.to_digital_link(urn)
    except gs1.Gs1Error:
        link = urn
    assert gs1.canonical(urn) == link
