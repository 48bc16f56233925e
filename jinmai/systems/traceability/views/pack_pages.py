"""How the pages behind a pack's code are drawn. What animals of a lot share is drawn once in a while.

A page that only shows what stands is a frame that is kept, into which the verdict, the serial and the
signature of this label are put. Everything that must be true at once (a recall, the box's state, a claim) is
part of the frame's key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from jinmai.core.web.api import ASKED_AGAIN, tagged
from jinmai.standards.credentials.items import PARAMETER
from jinmai.systems.traceability.choices import LotState, ScanRule
from jinmai.systems.traceability.models import Lot, ScannedItem
from jinmai.systems.traceability.selectors.consumer import Signature, origin_of, steps_of
from jinmai.systems.traceability.selectors.kept import Kept
from jinmai.systems.traceability.selectors.pack_now import PackNow
from jinmai.systems.traceability.services.scans import Claim

SECONDS: Final = 10
_origins, _frames = Kept(SECONDS), Kept(SECONDS)
# Stand in a kept frame where each page has its own; letters alone, so that no template changes them.
VERDICT, SERIAL, SIGNED = "xVERDICTx", "xSERIALx", "xSIGNEDx"
_OWN: Final = re.compile(f"{VERDICT}|{SERIAL}|{SIGNED}")


@dataclass(frozen=True)
class Shown:
    """One animal's page: what is known, and what just happened."""

    serial: str
    signature: Signature
    pack: PackNow | None
    seen: ScannedItem | None
    claimed: Claim | None = None
    placed: bool = False

    @property
    def lot(self) -> Lot | None:
        """The animal's lot."""
        return self.pack.way.batch.lot if self.pack else None


def item(request: HttpRequest, shown: Shown) -> HttpResponse:
    """The page of one animal."""
    verdict = render_to_string("traceability/public/verdict.html", _verdict(shown))
    signed, query = request.GET.get(PARAMETER, ""), _query(request)
    lot, pack = shown.lot, shown.pack
    if pack is None or lot is None or shown.claimed or shown.placed or shown.signature != Signature.VALID:
        html = _frame(shown, verdict, shown.serial, signed, query)
        return _answer(request, html, 200 if pack else 404)
    claimed = shown.seen is not None and shown.seen.claimed_at is not None
    key = (pack.way.batch.request, lot.state, lot.state_reason, pack.box_state, claimed, get_language())
    # No template escapes what is put into a kept frame; a signature that holds is letters and digits alone.
    kept = _frames.get(key, lambda: _frame(shown, VERDICT, SERIAL, SIGNED, {PARAMETER: SIGNED}))
    own = {VERDICT: verdict, SERIAL: escape(shown.serial), SIGNED: escape(signed)}
    return _answer(request, _OWN.sub(lambda found: own[found[0]], kept))


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Another page for anybody."""
    others = _other_language(_query(request))
    return _answer(request, render_to_string(template, context | {"others": others}))


def origin(lot: Lot) -> str:
    """The part that all animals of a lot share."""
    key = (lot.product.gtin, lot.code, lot.state, get_language())
    return _origins.get(
        key, lambda: render_to_string("traceability/public/origin.html", {"origin": origin_of(lot)})
    )


def forget() -> None:
    """Draw everything anew, as after a restart."""
    _origins.clear()
    _frames.clear()


def _frame(shown: Shown, verdict: str, serial: str, signed: str, query: dict[str, str]) -> str:
    lot = shown.lot
    context = {
        "serial": serial,
        "lot": lot,
        "signature": shown.signature.value,
        "seen": shown.seen,
        "claimed": shown.claimed.value if shown.claimed else "",
        "placed": shown.placed,
        "recalled": lot is not None and lot.state == LotState.RECALLED,
        "steps": steps_of(shown.pack.way.box if shown.pack else None),
        "origin": origin(lot) if lot else "",
        "signed": signed,
        "verdict": verdict,
        "others": _other_language(query),
    }
    return render_to_string("traceability/public/item.html", context)


def _verdict(shown: Shown) -> dict[str, Any]:
    return {
        "signature": shown.signature.value,
        "seen": shown.seen,
        "conflicts": [ScanRule(rule).label for rule in shown.seen.conflicts] if shown.seen else [],
        "claimed": shown.claimed.value if shown.claimed else "",
        "recalled": shown.lot is not None and shown.lot.state == LotState.RECALLED,
    }


def _query(request: HttpRequest) -> dict[str, str]:
    return request.GET.dict()


def _other_language(query: dict[str, str]) -> tuple[str, str]:
    """The same page in the house's other language: its words for itself and the query."""
    chinese = (get_language() or "").startswith("zh")
    return ("English" if chinese else "中文", urlencode(query | {"lang": "en" if chinese else "zh"}))


def _answer(request: HttpRequest, html: str, status: int = 200) -> HttpResponse:
    """A page that a telephone may keep, asking each time; what answers a deed is kept by nobody."""
    answer = HttpResponse(html, status=status)
    answer["Cache-Control"] = "no-store"
    answer["Permissions-Policy"] = "geolocation=(self)"
    answer["Referrer-Policy"] = "no-referrer"
    return tagged(request, answer, ASKED_AGAIN) if request.method in {"GET", "HEAD"} else answer
