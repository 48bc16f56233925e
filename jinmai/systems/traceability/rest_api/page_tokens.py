"""Page tokens: where the next page begins, signed, bound to the question, ending after an hour."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest
from django.utils import timezone

from jinmai.core.access.api import ApiKey
from jinmai.systems.traceability.models import SpentPageToken
from jinmai.systems.traceability.rest_api.problems import Problem

LIFETIME: Final = timedelta(hours=1)
USUAL_PAGE: Final = 30
LARGEST_PAGE: Final = 1_000
LONGEST: Final = 2_000
CONTROLS: Final = ("perPage", "nextPageToken")
_SALT: Final = "jinmai.epcis.page"


def page_size(request: HttpRequest) -> int:
    """How many members a page has: ``perPage``, at most ``LARGEST_PAGE``."""
    given = request.GET.get("perPage")
    if given is None:
        return USUAL_PAGE
    if not (given.isascii() and given.isdigit() and 0 < len(given) < 10 and int(given) > 0):
        raise Problem(400, "QueryParameterException", "perPage: a whole number of at least 1 is expected")
    return min(int(given), LARGEST_PAGE)


def next_headers(request: HttpRequest, key: ApiKey, place: Any) -> dict[str, str]:
    """The headers that lead to the next page; none where ``place`` is None, which is the last page."""
    if place is None:
        return {}
    ends = timezone.now() + LIFETIME
    token = signing.dumps([_question(request, key), place, int(ends.timestamp())], salt=_SALT, compress=True)
    asked = [
        (name, value) for name, values in request.GET.lists() if name != "nextPageToken" for value in values
    ]
    address = f"{request.build_absolute_uri(request.path)}?{urlencode([*asked, ('nextPageToken', token)])}"
    return {
        "Link": f'<{address}>; rel="next"',
        "GS1-Next-Page-Token-Expires": ends.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def place_of(request: HttpRequest, key: ApiKey) -> Any:
    """Where the page asked for begins, None for the first. Raises 400 for a token that leads nowhere."""
    given = request.GET.get("nextPageToken")
    if given is None:
        return None
    question, place, ends = _opened(given)
    if SpentPageToken.objects.filter(digest=_digest(given)).exists():
        raise _refused("it was given back")
    if ends < timezone.now().timestamp():
        raise _refused("it has ended")
    if question != _question(request, key):
        raise _refused("it belongs to another question")
    return place


def spend(token: str) -> None:
    """Make a token worthless. One that is none, or has ended, is worthless already."""
    try:
        _, _, ends = _opened(token)
    except Problem:
        return
    until = datetime.fromtimestamp(ends, tz=timezone.get_default_timezone())
    SpentPageToken.objects.filter(expires_at__lt=timezone.now()).delete()
    SpentPageToken.objects.get_or_create(digest=_digest(token), defaults={"expires_at": until})


def _opened(token: str) -> tuple[str, Any, int]:
    try:
        if len(token) > LONGEST:
            raise _refused("it is none of ours")
        question, place, ends = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise _refused("it is none of ours") from error
    return question, place, ends


def _refused(reason: str) -> Problem:
    return Problem(400, "QueryParameterException", f"nextPageToken: {reason}")


def _question(request: HttpRequest, key: ApiKey) -> str:
    """What was asked, and by whom: a token continues that and nothing else."""
    asked = sorted((name, values) for name, values in request.GET.lists() if name not in CONTROLS)
    return hashlib.sha256(repr((request.path, asked, key.public_id)).encode()).hexdigest()[:24]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
