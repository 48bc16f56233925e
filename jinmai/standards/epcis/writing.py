"""Writing EPCIS in any of its forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from jinmai.standards.epcis.carrying import check_form
from jinmai.standards.epcis.document import Document, Syntax
from jinmai.standards.epcis.json_form import write_json
from jinmai.standards.epcis.translation import EpcFormat, translated
from jinmai.standards.epcis.vocabulary import to_urn, to_web_uri
from jinmai.standards.epcis.xml_output import Spelling
from jinmai.standards.epcis.xml_writing import write_xml
from jinmai.standards.gs1 import PREFIXES

CbvFormat = Literal["No_Preference", "Always_Web_URI", "Always_URN", "Never_Translates"]

# The vocabulary's terms are bare words here, which XML does not have; without a preference they are URNs,
# which every version of the standard knows.
_SPELLINGS: Final[dict[CbvFormat, Spelling]] = {
    "No_Preference": to_urn,
    "Always_URN": to_urn,
    "Always_Web_URI": to_web_uri,
    "Never_Translates": to_urn,
}


def write(
    document: Document,
    form: Syntax,
    *,
    epc_format: EpcFormat = "No_Preference",
    cbv_format: CbvFormat = "No_Preference",
    prefixes: Mapping[str, int] = PREFIXES,
) -> bytes:
    """The document in this form, UTF-8.

    ``epc_format`` and ``cbv_format`` are the values of the headers GS1-EPC-Format and GS1-CBV-XML-Format:
    how identifiers and, in XML, terms of the vocabulary are spelled; ``prefixes`` tell the lengths of company
    prefixes, without which a Digital Link has no URN and stays what it is. Raises ``CannotCarry`` where the
    form has no place for something in it; for XML that is also what has not the form of an EPCIS document.
    """
    spelled_anew = epc_format in ("Always_GS1_Digital_Link", "Always_EPC_URN")
    if form != "json-2.0" or spelled_anew or document.kind == "event":
        check_form(document)
    written = translated(document, epc_format, prefixes)
    if form == "json-2.0":
        return write_json(written)
    return write_xml(written, form.removeprefix("xml-"), _SPELLINGS[cbv_format])
