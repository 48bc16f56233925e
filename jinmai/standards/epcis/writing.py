"""Writing EPCIS in any of its forms."""

from __future__ import annotations

from typing import Final, Literal

from jinmai.standards.epcis.document import Document, Syntax
from jinmai.standards.epcis.json_form import write_json
from jinmai.standards.epcis.vocabulary import to_urn, to_web_uri
from jinmai.standards.epcis.xml_output import Spelling
from jinmai.standards.epcis.xml_writing import write_xml

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
    cbv_format: CbvFormat = "No_Preference",
) -> bytes:
    """The document in this form, UTF-8.

    ``cbv_format`` is the value of the header GS1-CBV-XML-Format: how XML spells the vocabulary's terms. The
    document has to be free of faults. Raises ``CannotCarry`` where the form has no place for something.
    """
    if form == "json-2.0":
        return write_json(document)
    return write_xml(document, form.removeprefix("xml-"), _SPELLINGS[cbv_format])
