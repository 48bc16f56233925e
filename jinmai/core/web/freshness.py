"""What anybody may fetch and fetched before is not sent again: entity tags and 304 (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
from typing import Final, cast

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

# So long whoever fetched it may use it without asking.
CACHED: Final = "public, max-age=300"
# It may be kept, but each use asks whether it still holds: a recall must show at once, a scan must count.
ASKED_AGAIN: Final = "private, no-cache"


def tagged(request: HttpRequest, answer: HttpResponse, cache: str = CACHED) -> HttpResponse:
    """The answer with the entity tag of its content, or 304 where the caller holds it already."""
    answer["Cache-Control"] = cache
    answer["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    found = cast("HttpResponse", get_conditional_response(request, answer["ETag"], response=answer))
    if found is not answer and "Access-Control-Allow-Origin" in answer:
        found["Access-Control-Allow-Origin"] = answer["Access-Control-Allow-Origin"]
    return found
