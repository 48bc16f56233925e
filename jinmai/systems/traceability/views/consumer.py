"""The pages behind the code on a pack, for anybody and any phone: one animal, its lot, its product."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from jinmai.core.access.api import public
from jinmai.standards.credentials.items import PARAMETER
from jinmai.systems.traceability.choices import LotState
from jinmai.systems.traceability.models import Lot, Product, ScannedItem
from jinmai.systems.traceability.selectors.addresses import public_address
from jinmai.systems.traceability.selectors.consumer import Signature
from jinmai.systems.traceability.selectors.pack_now import PackNow, pack_now, signature_of
from jinmai.systems.traceability.selectors.scan_judgement import Cell
from jinmai.systems.traceability.services.pace import Pace
from jinmai.systems.traceability.services.scan_group import scan_durably
from jinmai.systems.traceability.services.scans import Sight, claim, tell_place
from jinmai.systems.traceability.services.visitors import visitor_of
from jinmai.systems.traceability.views.pack_pages import Shown, item, origin, page

# Many telephones share one address of a mobile network; a program that floods does not stop at these.
SCANS: Final = Pace(600)
DEEDS: Final = Pace(30)
LANGUAGES: Final = {"zh": "zh-hans", "en": "en"}
# Programs that fetch an address to draw a preview of it; nobody scanned anything.
NOBODY: Final = ("bot", "spider", "crawl", "preview", "facebookexternalhit", "whatsapp", "curl/", "wget/")
View = Callable[..., HttpResponse]


def in_its_language(view: View) -> View:
    """The language of the address, such as the resolver chose; without one that of the request."""

    @wraps(view)
    def spoken(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = LANGUAGES.get(request.GET.get("lang", ""), get_language() or "zh-hans")
        with override(asked):
            return view(request, **kwargs)

    return spoken


@public
@require_safe
@in_its_language
def item_page(request: HttpRequest, gtin: str, serial: str) -> HttpResponse:
    """One animal: whether its code holds and was seen elsewhere, its way, its farm, its report."""
    serial = serial.upper()
    pack = pack_now(gtin, serial)
    signature = signature_of(_code(request, gtin, serial), gtin, serial, pack)
    seen = None
    if pack is not None and signature == Signature.VALID:
        if _counts(request) and SCANS.allows(request.META.get("REMOTE_ADDR", "")):
            seen = scan_durably(way=pack.way, serial=serial, sight=_sight(request))
        else:
            seen = ScannedItem.objects.filter(batch=pack.way.batch, serial=serial).first()
    return item(request, Shown(serial, signature, pack, seen))


@csrf_exempt  # no session stands behind it: what counts is the signature and the PIN
@public
@require_POST
@in_its_language
def item_claim(request: HttpRequest, gtin: str, serial: str) -> HttpResponse:
    """The PIN that was scratched free: the first claim stands."""
    pack = _signed(request, gtin, serial)
    if not DEEDS.allows(request.META.get("REMOTE_ADDR", "")):
        return _too_often()
    pin = "".join(digit for digit in request.POST.get("pin", "")[:20] if digit.isdigit())
    outcome, seen = claim(way=pack.way, serial=pack.serial, pin=pin, sight=_sight(request))
    return item(request, Shown(pack.serial, Signature.VALID, pack, seen, outcome))


@csrf_exempt  # as above
@public
@require_POST
@in_its_language
def item_place(request: HttpRequest, gtin: str, serial: str) -> HttpResponse:
    """The reader says where they are, rounded to ten kilometres; it is judged against the earlier scans."""
    pack = _signed(request, gtin, serial)
    if not DEEDS.allows(request.META.get("REMOTE_ADDR", "")):
        return _too_often()
    try:
        cell = Cell.around(float(request.POST["latitude"]), float(request.POST["longitude"]))
    except (KeyError, ValueError):
        return HttpResponse(status=400)
    seen = tell_place(way=pack.way, serial=pack.serial, sight=_sight(request, cell))
    return item(request, Shown(pack.serial, Signature.VALID, pack, seen, placed=True))


@public
@require_safe
@in_its_language
def lot_page(request: HttpRequest, gtin: str, code: str) -> HttpResponse:
    """A lot: its way, its farm, its report."""
    rows = Lot.objects.select_related("product__owner", "site__owner")
    lot = get_object_or_404(rows, product__gtin=gtin, code=code)
    context = {"lot": lot, "recalled": lot.state == LotState.RECALLED, "origin": origin(lot)}
    return page(request, "traceability/public/lot.html", context)


@public
@require_safe
@in_its_language
def product_page(request: HttpRequest, gtin: str) -> HttpResponse:
    """A product: what it is and whose."""
    product = get_object_or_404(Product.objects.select_related("owner"), gtin=gtin)
    return page(request, "traceability/public/product.html", {"product": product})


def _too_often() -> HttpResponse:
    words = gettext("Too many requests came from this address. Try again in a minute; nothing was changed.")
    answer = HttpResponse(words, status=429, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = "60"
    return answer


def _signed(request: HttpRequest, gtin: str, serial: str) -> PackNow:
    """The animal of a deed. Only who holds the label may claim: 404 without its signature."""
    pack = pack_now(gtin, serial.upper())
    if (
        pack is None
        or signature_of(_code(request, gtin, pack.serial), gtin, pack.serial, pack) != Signature.VALID
    ):
        raise Http404
    return pack


def _code(request: HttpRequest, gtin: str, serial: str) -> str:
    """The address as it stood on the label; what stands behind the signature stays there and breaks it."""
    signed = quote(request.GET.get(PARAMETER, ""), safe="")
    return f"{public_address()}/01/{gtin}/21/{serial}" + (f"?{PARAMETER}={signed}" if signed else "")


def _counts(request: HttpRequest) -> bool:
    """Whether a person scans; those who work on the chain and programs that draw previews do not count."""
    if request.method != "GET" or request.user.is_authenticated:
        return False
    if "prefetch" in (request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")).lower():
        return False
    agent = request.headers.get("User-Agent", "").lower()
    return not any(word in agent for word in NOBODY)


def _sight(request: HttpRequest, cell: Cell | None = None) -> Sight:
    now: datetime = timezone.now()
    agent = request.headers.get("User-Agent", "")[:400]
    visitor = visitor_of(timezone.localdate(now), request.META.get("REMOTE_ADDR", ""), agent)
    return Sight(now, visitor, cell)
