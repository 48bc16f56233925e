"""What a scanner read: a box, a lot or an animal, whatever way the code was written.

A keyboard-wedge scanner types element strings with FNC1 (as a group separator, or lost altogether), messages
wrapped after ISO/IEC 15434, Digital Links, or the bare digits of an SSCC; people type lot codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.standards import digital_link
from jinmai.standards.gs1 import Gs1Error, has_check_digit, parse
from jinmai.systems.traceability.models import LogisticUnit, Lot, LotShipment
from jinmai.systems.traceability.selectors.lots import lots_for
from jinmai.systems.traceability.selectors.shipments import shipments_for
from jinmai.systems.traceability.selectors.trace import item_way

_ENVELOPE: Final = re.compile(r"^\[\)>\x1e?05\x1d?(.*?)(?:\x1e\x04?|\x04)?$", re.DOTALL)
_SSCC: Final = re.compile(r"^(?:\(00\)|\]C1|\x1d|00(?=\d{18}$))*(\d{18})$")
_LINK: Final = re.compile(r"^https?://", re.IGNORECASE)
_SHOWN = 60


_NOTE: Final = re.compile(
    r"^(?:https?://[^/]+/traceability/shipments/)?(\d{6}-[0-9A-Z]{6})/?$", re.IGNORECASE
)


class CodeUnknownError(Exception):
    """The code stands for nothing here; the message names it and says why."""


@dataclass(frozen=True)
class Scanned:
    """Exactly one of them is set: what the code names."""

    unit: LogisticUnit | None = None
    lot: Lot | None = None
    serial: str = ""


def elements_of_scan(text: str) -> dict[str, str]:
    """The application identifiers in what a scanner sent; empty for what is no GS1 code.

    Raises ``Gs1Error`` for a GS1 code that was read wrongly.
    """
    code = text.strip(" \r\n\t")
    wrapped = _ENVELOPE.match(code)
    if wrapped is not None:
        return parse("\x1d" + wrapped[1])
    found = _SSCC.match(code)
    if found is not None:
        if not has_check_digit(found[1]):
            raise Gs1Error("(00)", "the check digit is wrong")
        return {"00": found[1]}
    if _LINK.match(code):
        return digital_link.read(code).elements
    if code[:1] in {"(", "]", "\x1d", "^"}:
        return parse(code)
    # A scanner that drops the leading FNC1: only what can be nothing else is taken for a GTIN.
    if re.fullmatch(r"01\d{14}(?:1[07]|2[12]).*", code) and has_check_digit(code[2:16]):
        return parse("\x1d" + code)
    return {}


def unit_of_scan(text: str) -> LogisticUnit:
    """The box or pallet that a code names. Raises :class:`CodeUnknownError`."""
    elements = _elements(text)
    sscc = elements.get("00")
    if sscc is None:
        raise CodeUnknownError(_("%(code)s is no code of a box or pallet.") % {"code": _short(text)})
    rows = LogisticUnit.objects.select_related(
        "site__owner", "bound_for__owner", "packed_by__owner", "lot__product"
    )
    unit = rows.filter(sscc=sscc).first()
    if unit is None:
        raise CodeUnknownError(_("No box or pallet here has the code %(code)s.") % {"code": sscc})
    return unit


def shipment_of_scan(text: str, user: User) -> LotShipment | None:
    """The shipment whose delivery note was scanned, or whose number was typed, if this person may read it."""
    found = _NOTE.match(text.strip())
    return None if found is None else shipments_for(user).filter(number=found[1].upper()).first()


def lot_of_scan(text: str, user: User) -> Lot:
    """The lot that a code names: by GTIN and lot, by an animal of it, or by its code alone if one has it.

    Raises :class:`CodeUnknownError`.
    """
    note = shipment_of_scan(text, user)
    if note is not None:
        return note.lot
    elements = _elements(text)
    if "00" in elements:
        raise CodeUnknownError(_("%(code)s is a box or pallet, no lot.") % {"code": elements["00"]})
    rows = Lot.objects.select_related("site__owner", "product__owner")
    if "01" in elements and "10" in elements:
        lot = rows.filter(product__gtin=elements["01"], code=elements["10"]).first()
        if lot is None:
            told = {"lot": elements["10"], "gtin": elements["01"]}
            raise CodeUnknownError(_("No lot %(lot)s of the product %(gtin)s is known here.") % told)
        return lot
    if "01" in elements and "21" in elements:
        way = item_way(elements["01"], elements["21"])
        if way is None:
            raise CodeUnknownError(_("No animal here has the code %(code)s.") % {"code": elements["21"]})
        return rows.get(pk=way.batch.lot_id)
    if elements:
        raise CodeUnknownError(_("%(code)s names no lot.") % {"code": _short(text)})
    shipped = shipments_for(user).filter(lot__code=text.strip()).values("lot")
    near = Q(pk__in=lots_for(user).values("pk")) | Q(pk__in=shipped)
    own = list(rows.filter(near, code=text.strip())[:2])
    if not own:
        raise CodeUnknownError(_("%(code)s is not known here.") % {"code": _short(text)})
    if len(own) > 1:
        raise CodeUnknownError(
            _("Several products have a lot %(code)s; scan the code on its label.") % {"code": _short(text)}
        )
    return own[0]


def scanned(text: str, user: User) -> Scanned:
    """A box, a lot or an animal. Raises :class:`CodeUnknownError`."""
    if _NOTE.match(text.strip()):
        return Scanned(lot=lot_of_scan(text, user))
    elements = _elements(text)
    if "00" in elements:
        return Scanned(unit=unit_of_scan(text))
    return Scanned(lot=lot_of_scan(text, user), serial=elements.get("21", ""))


def _elements(text: str) -> dict[str, str]:
    if not text.strip():
        raise CodeUnknownError(_("Scan a code first."))
    try:
        return elements_of_scan(text)
    except Gs1Error as error:
        told = {"code": _short(text), "reason": str(error)}
        raise CodeUnknownError(_("%(code)s was read wrongly: %(reason)s.") % told) from error


def _short(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "␝" for letter in text.strip())
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
