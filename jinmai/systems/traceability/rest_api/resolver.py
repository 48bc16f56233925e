"""GS1-conformant resolver: a scanned Digital Link leads to the page or document that was asked for.

``linkType`` chooses a kind of document (``all`` and ``linkset`` list them), ``Accept`` a media type,
``Accept-Language`` a language: without that header Chinese, with one that names no Chinese English. Every
answer carries the linkset in its ``Link`` header.

Source: GS1-Conformant Resolver Standard 1.1; RFC 9264 for linksets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from jinmai.core.access.api import public
from jinmai.core.web.api import tagged
from jinmai.standards.digital_link import CANONICAL_STEM, DigitalLink, build, read
from jinmai.standards.gs1 import Gs1Error
from jinmai.systems.traceability.selectors.addresses import public_address
from jinmai.systems.traceability.selectors.kept import Kept
from jinmai.systems.traceability.selectors.published import (
    DEFAULT,
    GS1_VOC,
    LANGUAGES,
    PublishedLink,
    links_of,
)

LINKSET: Final = "application/linkset+json"
LISTS: Final = ("all", "linkset")
MOST_HEADER_LINKS: Final = 12
# A certificate issued meanwhile is missing from a list so long.
BRIEFLY: Final = "public, max-age=60"
_links: Final = Kept(10)


@public
@require_safe
def resolve(request: HttpRequest, rest: str) -> HttpResponse:
    """Lead to what is asked for; 404 where nothing is known of the thing or no such document exists."""
    del rest  # the whole address is read, as it was scanned
    try:
        link = read(f"{public_address()}{request.get_full_path()}", words=True, short_gtins=True)
    except Gs1Error as error:
        return _refused(400, str(error))
    found = _links.get((link.key, *link.path.items(), public_address()), lambda: links_of(link))
    if not found:
        return _refused(404, "this house knows nothing by this code")
    kind = _short(request.GET.get("linkType", ""))
    if kind in LISTS or _accepts_linkset(request):
        return _listed(request, link, found)
    fitting = [one for one in found if kind in {"", DEFAULT} or kind in one.types]
    if not fitting:
        return _refused(404, f"there is no {kind[:60]} of this thing; ?linkType=linkset lists what there is")
    return _led(request, link, _chosen(request, fitting), found)


def forget() -> None:
    """Look everything up anew, as after a restart."""
    _links.clear()


@public
@require_safe
def decompressed(request: HttpRequest, plain: str) -> HttpResponse:
    """Lead from a compressed Digital Link to the plain one, with what was asked besides."""
    target = public_address() + plain.removeprefix(CANONICAL_STEM)
    asked = request.META.get("QUERY_STRING", "")
    if asked:
        target += ("&" if "?" in target else "?") + asked
    answer = HttpResponse(status=307)
    answer["Location"] = target
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _led(
    request: HttpRequest, link: DigitalLink, chosen: PublishedLink, found: Sequence[PublishedLink]
) -> HttpResponse:
    """307, with what the scanned address carried besides (the signature, above all)."""
    carried = request.GET.copy()
    carried.pop("linkType", None)
    address = chosen.address
    if carried and chosen.language:  # only our own pages need it; documents have addresses of their own
        carried.pop("lang", None)
        address += ("&" if "?" in address else "?") + carried.urlencode()
    answer = HttpResponse(status=307)
    answer["Location"] = address
    answer["Link"] = _in_header(link, found)
    answer["Vary"] = "Accept, Accept-Language"
    # The page behind it counts the scan, so the way there may be remembered.
    answer["Cache-Control"] = BRIEFLY
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _listed(request: HttpRequest, link: DigitalLink, found: Sequence[PublishedLink]) -> HttpResponse:
    answer = HttpResponse(orjson.dumps(linkset(link, found)), content_type=LINKSET)
    answer["Link"] = _in_header(link, found)
    answer["Vary"] = "Accept"
    answer["Access-Control-Allow-Origin"] = "*"
    return tagged(request, answer, BRIEFLY)


def linkset(link: DigitalLink, found: Sequence[PublishedLink]) -> dict[str, Any]:
    """The links as RFC 9264 has them: one context whose relations are words of GS1's vocabulary."""
    context: dict[str, Any] = {"anchor": build(link.path, stem=public_address())}
    default = found[0]
    context[GS1_VOC + DEFAULT] = [_target(default)]
    context[GS1_VOC + DEFAULT + "Multi"] = [_target(one) for one in found if one.types == default.types]
    for one in found:
        for kind in one.types:
            context.setdefault(GS1_VOC + kind, []).append(_target(one))
    return {"linkset": [context]}


def _target(one: PublishedLink) -> dict[str, Any]:
    target: dict[str, Any] = {"href": one.address, "title": one.title, "type": one.media}
    return target | ({"hreflang": [one.language]} if one.language else {})


def _in_header(link: DigitalLink, found: Sequence[PublishedLink]) -> str:
    here = build(link.path, stem=public_address())
    links = [f'<{here}?linkType=linkset>; rel="linkset"; type="{LINKSET}"']
    for one in found[:MOST_HEADER_LINKS]:
        language = f'; hreflang="{one.language}"' if one.language else ""
        links += [
            f'<{one.address}>; rel="{GS1_VOC}{kind}"; type="{one.media}"{language}' for kind in one.types
        ]
    return ", ".join(links)


def _chosen(request: HttpRequest, fitting: Sequence[PublishedLink]) -> PublishedLink:
    """The document whose media type and language fit best; the first of those that fit alike."""
    accepted = [part.split(";")[0].strip() for part in request.headers.get("Accept", "").split(",")]
    wanted = [one for one in fitting if one.media in accepted] or list(fitting)
    languages = _languages(request)
    return min(wanted, key=lambda one: languages.index(one.language) if one.language in languages else 9)


def _languages(request: HttpRequest) -> list[str]:
    header = request.headers.get("Accept-Language", "")
    if not header:
        return list(LANGUAGES)
    spoken = [name.split("-")[0] for name, _ in parse_accept_lang_header(header.lower())]
    return [*(one for one in spoken if one in LANGUAGES), "en"]


def _short(kind: str) -> str:
    for prefix in (GS1_VOC, "https://gs1.org/voc/", "gs1:"):
        kind = kind.removeprefix(prefix)
    return kind


def _accepts_linkset(request: HttpRequest) -> bool:
    return LINKSET in request.headers.get("Accept", "")


def _refused(status: int, detail: str) -> HttpResponse:
    titles = {400: "This is no GS1 Digital Link", 404: "Not found"}
    content = {"type": "about:blank", "title": titles[status], "status": status, "detail": detail}
    answer = HttpResponse(orjson.dumps(content), status=status, content_type="application/problem+json")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
