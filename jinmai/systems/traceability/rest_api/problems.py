"""What went wrong, as RFC 7807 says it, in JSON or in XML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

import orjson
from django.http import HttpResponse

TITLES: Final = {
    "ValidationException": "The content is not valid",
    "QueryParameterException": "A query parameter is not valid",
    "QueryValidationException": "The query is not valid",
    "SubscriptionControlsException": "The controls of the subscription are not valid",
    "SecurityException": "Access refused",
    "NoSuchNameException": "Resource not found",
    "NotAcceptableException": "Conflicting request and response headers",
    "ResourceAlreadyExistsException": "A resource with this identifier already exists",
    "CaptureLimitExceededException": "The capture is too large",
    "QueryTooLargeException": "The query result is too large",
    "QueryTooComplexException": "The query looks at too many events",
    "URITooLongException": "The address is too long",
    "UnsupportedMediaTypeException": "Unsupported media type",
    "ImplementationException": "A server-side error occurred",
    "MethodNotAllowed": "This resource has no such method",
}
_NAMESPACE: Final = "urn:epcglobal:epcis:xsd:2"


class Problem(Exception):  # noqa: N818 - the word of RFC 7807
    """A request that is answered with an error. ``kind`` is a key of ``TITLES``."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = errors

    def members(self) -> dict[str, Any]:
        """The members of the problem document; ``errors`` name the places of faults."""
        found: dict[str, Any] = {
            "type": f"epcisException:{self.kind}",
            "title": TITLES[self.kind],
            "status": self.status,
            "detail": self.detail[:2000],
        }
        return found | ({"errors": self.errors} if self.errors else {})

    def response(self, *, xml: bool) -> HttpResponse:
        """The answer in the form that the caller reads."""
        content = as_xml(self.members()) if xml else orjson.dumps(self.members())
        answer = HttpResponse(
            content, status=self.status, content_type=f"application/problem+{'xml' if xml else 'json'}"
        )
        for name, value in self.headers.items():
            answer[name] = value
        return answer


def not_found(what: str) -> Problem:
    """The answer for what is not there, or not for the caller's eyes."""
    return Problem(404, "NoSuchNameException", what)


def as_xml(members: Mapping[str, Any]) -> bytes:
    """A problem as XML."""
    inside = "".join(_element(name, value) for name, value in members.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<epcis:EPCISException xmlns:epcis="{_NAMESPACE}">{inside}</epcis:EPCISException>'
    ).encode("utf-8", "xmlcharrefreplace")


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"<error>{''.join(_element(*pair) for pair in one.items())}</error>" for one in value)
    return f"<{name}>{escape(printable(str(value)))}</{name}>"


def printable(text: str) -> str:
    """The text without what XML 1.0 cannot hold."""
    return "".join(
        letter
        for letter in text
        if letter in "\t\n\r"
        or " " <= letter <= "\ud7ff"
        or "\ue000" <= letter <= "\ufffd"
        or letter > "\uffff"
    )
