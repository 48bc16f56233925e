"""Small documents for the tests of this package."""

from __future__ import annotations

from typing import Any

import orjson

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
GTIN = "https://id.gs1.org/01/09521141012345"
_ROOT = (
    '<e:{0} xmlns:e="urn:epcglobal:epcis:xsd:{1}" xmlns:example="https://ns.example.com/epcis/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'schemaVersion="{2}" creationDate="2026-04-03T21:00:00+08:00"><EPCISBody><EventList>'
)
_END = "</EventList></EPCISBody></e:{0}>"


def event(**changes: Any) -> dict[str, Any]:
    """A good ObjectEvent with these fields changed; a field that is None is left out."""
    good: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": "2026-04-03T20:33:31.116+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"{GTIN}/21/2017"],
        "action": "OBSERVE",
        "bizStep": "shipping",
        "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"},
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def document(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A good capture document with these events."""
    return {
        "@context": [CONTEXT, {"example": "https://ns.example.com/epcis/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-04-03T21:00:00+08:00",
        "epcisBody": {"eventList": list(events)},
        **changes,
    }


def in_bytes(*events: dict[str, Any], **changes: Any) -> bytes:
    """The document as bytes."""
    return orjson.dumps(document(*events, **changes))


def xml(*lines: str, version: str = "2", root: str = "EPCISDocument", schema_version: str = "2.0") -> bytes:
    """An XML document around these lines; its events begin on line 2."""
    return "\n".join([_ROOT.format(root, version, schema_version), *lines, _END.format(root)]).encode()
