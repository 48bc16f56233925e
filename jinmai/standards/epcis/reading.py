"""Reading EPCIS in any of its forms."""

from __future__ import annotations

from typing import Final

from jinmai.standards.epcis.document import LIMITS, Document, Fault, Limits, Refused
from jinmai.standards.epcis.json_form import read_json
from jinmai.standards.epcis.xml_form import read_xml
from jinmai.standards.epcis.xml_parsing import looks_like_xml

_JSON: Final = ("application/json", "application/ld+json", "text/json")
_XML: Final = ("application/xml", "text/xml")


def _says_xml(media_type: str) -> bool:
    kind = media_type.partition(";")[0].strip().lower()
    if kind in _JSON or kind.endswith("+json"):
        return False
    if kind in _XML or kind.endswith("+xml"):
        return True
    raise Refused(Fault("", f"{kind or 'no media type'} is not a form of EPCIS"))


def read(data: bytes, media_type: str | None = None, *, limits: Limits = LIMITS) -> Document:
    """The document in ``data``: JSON-LD 2.0, XML 2.0 or XML 1.2, told apart by what the bytes are.

    ``media_type`` (as in ``Content-Type``) has to agree with that. Raises ``Refused`` where nothing can be
    read. What can be read but is wrong is read, and ``faults`` says what is wrong with it.
    """
    if len(data) > limits.largest:
        raise Refused(Fault("", f"the document is larger than {limits.largest} bytes"))
    is_xml = looks_like_xml(data)
    if media_type is not None and _says_xml(media_type) != is_xml:
        raise Refused(Fault("", f"the document is not {media_type.partition(';')[0].strip()}", 1))
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise Refused(Fault("", "the document is empty"))
    return read_xml(data, limits) if is_xml else read_json(data, limits)
