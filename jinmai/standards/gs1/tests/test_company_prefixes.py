"""Company prefixes of 6 to 12 digits, from anywhere: URNs and Digital Links say the same of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards import gs1

LIST = b"""<?xml version="1.0"?><GCPPrefixFormatList><entry prefix="0614141" gcpLength="7"/>
<entry prefix="4001" gcpLength="9"/><entry prefix="4002" gcpLength="12"/><entry prefix="030" gcpLength="6"/>
<entry prefix="931" gcpLength="0"/></GCPPrefixFormatList>"""
DIGITS = "4006381333931"


def urns(company: str, digits: str) -> list[str]:
    """A URN of each scheme with this company prefix; ``digits`` fill the references."""

    def rest(length: int) -> str:
        return digits[: length - len(company)]

    return [
        f"urn:epc:id:sgtin:{company}.1{rest(12)}.7F",
        f"urn:epc:class:lgtin:{company}.1{rest(12)}.LOT%2F1",
        f"urn:epc:id:sscc:{company}.3{rest(16)}",
        f"urn:epc:id:sgln:{company}.{rest(12)}.0",
        f"urn:epc:id:sgln:{company}.{rest(12)}.A1",
        f"urn:epc:id:pgln:{company}.{rest(12)}",
        f"urn:epc:id:grai:{company}.{rest(12)}.1",
        f"urn:epc:id:giai:{company}.X1",
        f"urn:epc:id:gsrn:{company}.{rest(17)}",
        f"urn:epc:id:gdti:{company}.{rest(12)}.9",
        f"urn:epc:id:gsin:{company}.{rest(16)}",
        f"urn:epc:id:itip:{company}.1{rest(12)}.01.02.9",
        f"urn:epc:id:upui:{company}.1{rest(12)}.51",
        f"urn:epc:idpat:sgtin:{company}.1{rest(12)}.*",
    ]


@given(
    length=st.integers(6, 12),
    company=st.text("0123456789", min_size=12, max_size=12),
    digits=st.text("0123456789", min_size=12, max_size=12),
)
def test_urns_of_every_length_survive_the_way_through_a_digital_link(
    length: int, company: str, digits: str
) -> None:
    prefix = company[:length]
    for urn in urns(prefix, digits):
        link = gs1.to_digital_link(urn)
        if urn.startswith("urn:epc:idpat"):
            continue  # the link names the class; which pattern it was is not in it
        assert gs1.to_urn(link, company_prefix_length=length) == urn
        assert gs1.to_urn(link, prefixes={prefix: length}) == urn


def test_the_list_of_gs1_says_how_long_prefixes_are() -> None:
    known = gs1.read_prefix_list(LIST)
    found = [gs1.prefix_length(key, known) for key in ("0614141999", "4001234567", "4002", "0301", "9310")]
    assert found == [7, 9, 12, 6, None]
    link = "https://id.gs1.org/01/04001234567891/21/A"
    assert gs1.to_urn(link, prefixes=known) == "urn:epc:id:sgtin:400123456.0789.A"


def test_a_prefix_of_unknown_length_is_refused_by_name() -> None:
    with pytest.raises(
        gs1.Gs1Error, match=r"\(01\): it is not known how long the company prefix in 04006381333931"
    ):
        gs1.to_urn("https://id.gs1.org/01/04006381333931/21/A")
    with pytest.raises(gs1.Gs1Error, match="a URN has no room for a company prefix of 5 digits"):
        gs1.to_urn("https://id.gs1.org/01/04006381333931/21/A", company_prefix_length=5)


@pytest.mark.parametrize("gtin", ["06901234567892", "06921234567890", "06991234567893", "09521141012345"])
def test_prefixes_of_china_and_of_examples_are_known(gtin: str) -> None:
    link = f"https://id.gs1.org/01/{gtin}/21/A"
    assert gs1.to_digital_link(gs1.to_urn(link)) == link
