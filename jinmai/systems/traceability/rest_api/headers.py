"""The headers of GS1's interface: what a caller wants, what the server says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, cast, get_args

from jinmai.standards.epcis.translation import EpcFormat
from jinmai.standards.epcis.writing import CbvFormat
from jinmai.systems.traceability.rest_api.problems import Problem

EPCIS_VERSION: Final = "2.0"
EPCIS_MIN: Final = "1.2"
CBV_VERSION: Final = "2.0"
CBV_MIN: Final = "1.2"
VENDOR_VERSION: Final = "1.0"
EXTENSIONS: Final = "cbvmda=urn:epcglobal:cbv:mda:"
LARGEST_CAPTURE: Final = 32 * 1024 * 1024
MOST_EVENTS: Final = 20_000
ErrorBehaviour = Literal["rollback", "proceed"]

_VERSION = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,3}", re.ASCII)
_EXTENSION = re.compile(r"\s*([A-Za-z_][\w.\-]*)\s*=\s*([^\s,=]+:[^\s,]*)\s*", re.ASCII)
_JSON: Final = ("application/json", "application/ld+json", "application/problem+json")
_XML: Final = ("application/xml", "text/xml", "application/problem+xml")

# What OPTIONS says of every resource. "No preference" says that any format may be asked for.
DISCOVERY: Final = {
    "GS1-EPCIS-Version": EPCIS_VERSION,
    "GS1-EPCIS-Min": EPCIS_MIN,
    "GS1-EPCIS-Max": EPCIS_VERSION,
    "GS1-CBV-Version": CBV_VERSION,
    "GS1-CBV-Min": CBV_MIN,
    "GS1-CBV-Max": CBV_VERSION,
    "GS1-EPC-Format": "No_Preference",
    "GS1-CBV-XML-Format": "No_Preference",
    "GS1-Extensions": EXTENSIONS,
    "GS1-Vendor-Version": VENDOR_VERSION,
}
CAPTURE_LIMITS: Final = {
    "GS1-EPCIS-Capture-Limit": str(MOST_EVENTS),
    "GS1-EPCIS-Capture-File-Size-Limit": str(LARGEST_CAPTURE),
}
# By "all" a server says that it has both behaviours.
CAPTURE_DISCOVERY: Final = CAPTURE_LIMITS | {"GS1-Capture-Error-Behaviour": "all"}
# What every answer with content says.
SPOKEN: Final = {
    "GS1-EPCIS-Version": EPCIS_VERSION,
    "GS1-CBV-Version": CBV_VERSION,
    "GS1-Extensions": EXTENSIONS,
}


def _number(text: str) -> tuple[int, ...]:
    """A version for comparing; trailing zeros say nothing."""
    parts = [int(part) for part in text.split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def check_versions(headers: Mapping[str, str], *, captures: bool) -> str:
    """The EPCIS version to answer in: 2.0, or 1.2 where the caller takes no newer one.

    Raises 406 where the caller's versions and the server's do not meet.
    """
    for family, least, most in (("EPCIS", EPCIS_MIN, EPCIS_VERSION), ("CBV", CBV_MIN, CBV_VERSION)):
        for name in (f"GS1-{family}-Version", f"GS1-{family}-Min", f"GS1-{family}-Max"):
            given = headers.get(name)
            if given is None or (name.endswith("Version") and not captures):
                continue
            if not _VERSION.fullmatch(given.strip()):
                raise Problem(406, "NotAcceptableException", f"{name}: {given[:40]!r} is no version")
            number = _number(given.strip())
            # 2.0.1 corrects the wording of 2.0 and changes no message.
            above = not name.endswith("Max") and number[:2] > _number(most)
            below = not name.endswith("Min") and number < _number(least)
            if above or below:
                reason = f"{name}: {given} is not between {least} and {most}"
                raise Problem(406, "NotAcceptableException", reason)
    newest = headers.get("GS1-EPCIS-Max")
    return "1.2" if newest is not None and _number(newest.strip()) < (2,) else EPCIS_VERSION


def epc_format(headers: Mapping[str, str]) -> EpcFormat:
    """How identifiers are to be spelled: Digital Links unless something else is wished."""
    given = headers.get("GS1-EPC-Format", "Always_GS1_Digital_Link")
    if given not in get_args(EpcFormat):
        raise Problem(406, "NotAcceptableException", f"GS1-EPC-Format: {given[:60]!r} is not known")
    return cast("EpcFormat", given)


def cbv_format(headers: Mapping[str, str]) -> CbvFormat:
    """How the vocabulary's terms are to be spelled in XML."""
    given = headers.get("GS1-CBV-XML-Format", "No_Preference")
    if given not in get_args(CbvFormat):
        raise Problem(406, "NotAcceptableException", f"GS1-CBV-XML-Format: {given[:60]!r} is not known")
    return cast("CbvFormat", given)


def extensions(headers: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that the caller declares: ``a=http://…, b=urn:…``."""
    given = headers.get("GS1-Extensions", "").strip().rstrip(",")
    found: dict[str, str] = {}
    for part in filter(None, given.split(",")):
        pair = _EXTENSION.fullmatch(part)
        if pair is None:
            reason = f"GS1-Extensions: {part.strip()[:80]!r} is not prefix=URI"
            raise Problem(406, "NotAcceptableException", reason)
        found[pair[1]] = pair[2]
    return found


def error_behaviour(headers: Mapping[str, str]) -> ErrorBehaviour:
    """What a capture does with the good events beside a bad one."""
    given = headers.get("GS1-Capture-Error-Behaviour", "rollback")
    if given not in get_args(ErrorBehaviour):
        reason = f"GS1-Capture-Error-Behaviour: {given[:40]!r} is neither rollback nor proceed"
        raise Problem(400, "ValidationException", reason)
    return cast("ErrorBehaviour", given)


def wants_xml(accept: str, *, offers_xml: bool) -> bool:
    """Whether XML is liked better than JSON. Raises 406 where neither that is offered is accepted."""
    json, xml = _liking(accept, _JSON), _liking(accept, _XML) if offers_xml else 0.0
    if not json and not xml:
        raise Problem(406, "NotAcceptableException", f"Accept: {accept[:200]!r} is not offered here")
    return xml > json


def reads_xml_errors(accept: str) -> bool:
    """Whether a problem is better told in XML."""
    return _liking(accept, _XML) > _liking(accept, _JSON)


def _liking(accept: str, kinds: tuple[str, ...]) -> float:
    """The highest weight that a list of media ranges gives to one of these kinds (RFC 9110, 12.5.1)."""
    best: dict[str, tuple[int, float]] = {}
    for part in (accept or "*/*").split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((_weight(piece[2:]) for piece in parameters if piece.startswith("q=")), 1.0)
        for kind in kinds:
            closeness = {"*/*": 1, f"{kind.partition('/')[0]}/*": 2, kind: 3}.get(media, 0)
            if closeness and closeness >= best.get(kind, (0, 0.0))[0]:
                best[kind] = (closeness, weight)
    return max((weight for _, weight in best.values()), default=0.0)


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
