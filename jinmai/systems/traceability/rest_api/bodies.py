"""What callers send: capped, of a kind that is read, and understood or refused with the place."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest

from jinmai.standards.epcis import Document, Limits, Refused, read
from jinmai.standards.epcis.json_parsing import parse
from jinmai.systems.traceability.rest_api.headers import CAPTURE_LIMITS, LARGEST_CAPTURE, MOST_EVENTS
from jinmai.systems.traceability.rest_api.problems import Problem

LARGEST_QUERY: Final = 256 * 1024
_JSON: Final = frozenset({"application/json", "application/ld+json", "text/json"})
_XML: Final = frozenset({"application/xml", "text/xml"})


def content_of(request: HttpRequest, largest: int = LARGEST_CAPTURE) -> bytes:
    """The bytes sent. Raises 413 where they are more than ``largest``."""
    length = request.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:18]) > largest:
        raise _too_large(f"more than {largest} bytes")
    content = request.read(largest + 1)
    if len(content) > largest:
        raise _too_large(f"more than {largest} bytes")
    return content


def document_of(request: HttpRequest, content: bytes, kinds: frozenset[str]) -> Document:
    """The EPCIS document sent, of one of these kinds. Raises 400, 413 or 415."""
    media = _media_type(request, _JSON | _XML)
    try:
        document = read(content, media or None, limits=Limits(largest=LARGEST_CAPTURE))
    except Refused as refused:
        raise invalid(refused) from refused
    if document.kind not in kinds:
        raise Problem(400, "ValidationException", f"/type: expected is {' or '.join(sorted(kinds))}")
    if len(document.events) > MOST_EVENTS:
        raise _too_large(f"more than {MOST_EVENTS} events")
    return document


def json_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object sent. Raises 400, 413 or 415."""
    _media_type(request, _JSON)
    try:
        value = parse(content_of(request, LARGEST_QUERY), Limits(largest=LARGEST_QUERY, deepest=20))
    except Refused as refused:
        raise invalid(refused) from refused
    if not isinstance(value, dict):
        raise Problem(400, "ValidationException", "an object is expected")
    return value


def invalid(refused: Refused) -> Problem:
    """The refusal of a document with the places of its faults."""
    errors = [
        {
            "place": fault.place or "/",
            "message": fault.message,
            **({} if fault.line is None else {"line": str(fault.line)}),
        }
        for fault in refused.faults[:100]
    ]
    return Problem(400, "ValidationException", str(refused), errors=errors)


def _media_type(request: HttpRequest, known: frozenset[str]) -> str:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in known and kind:
        raise Problem(415, "UnsupportedMediaTypeException", f"{kind[:80]!r} is not read here")
    return kind


def _too_large(reason: str) -> Problem:
    return Problem(413, "CaptureLimitExceededException", reason, headers=CAPTURE_LIMITS)
