"""States in a word and a tone, and what a lot or a unit asks for next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from jinmai.core.web.api import Status, Tone
from jinmai.systems.traceability.choices import LotKind, LotState, UnitState
from jinmai.systems.traceability.models import ChainException, LogisticUnit, Lot, LotShipment
from jinmai.systems.traceability.selectors.balance import Quota
from jinmai.systems.traceability.selectors.laboratory import Standing, lot_standing

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LOT_TONES: dict[str, Tone] = {
    LotState.OPEN: "work",
    LotState.HELD: "attention",
    LotState.RELEASED: "good",
    LotState.RECALLED: "alarm",
    LotState.CLOSED: "",
}
UNIT_TONES: dict[str, Tone] = {
    UnitState.PACKED: "work",
    UnitState.SHIPPED: "attention",
    UnitState.RECEIVED: "good",
    UnitState.SOLD: "",
    UnitState.RECALLED: "alarm",
}


@dataclass(frozen=True)
class Step:
    """One next step: what, why, and the part of the page where it is done; no label where one waits."""

    label: StrOrPromise
    anchor: str
    why: StrOrPromise


def lot_status(lot: Lot) -> Status:
    """The state of a lot."""
    return Status(lot.get_state_display(), LOT_TONES[lot.state])


def unit_status(unit: LogisticUnit) -> Status:
    """The state of a box or pallet."""
    return Status(unit.get_state_display(), UNIT_TONES[unit.state])


def unit_way(unit: LogisticUnit) -> Status:
    """Where a box or pallet is, whether or not it is called back."""
    return Status(unit.way.label, UNIT_TONES[unit.way])


def shipment_status(shipment: LotShipment) -> Status:
    """Whether a shipment of a lot arrived, or was taken back."""
    if shipment.taken_back_at is not None:
        return Status(pgettext("shipment", "taken back"), "")
    if shipment.received_at is None:
        return Status(UnitState.SHIPPED.label, UNIT_TONES[UnitState.SHIPPED])
    return Status(UnitState.RECEIVED.label, UNIT_TONES[UnitState.RECEIVED])


def exception_status(row: ChainException) -> Status:
    """Whether a finding still waits."""
    return Status(_("waits"), "alarm") if row.closed_at is None else Status(_("closed"), "good")


def lot_step(lot: Lot, quota: Quota, unpacked: int) -> Step | None:
    """What a lot asks for next; None where nothing does."""
    if lot.state == LotState.HELD:
        return Step(_("Release or close"), "state", _("The lot is held back; nothing of it may leave."))
    if lot.state in {LotState.RECALLED, LotState.CLOSED}:
        return None
    if lot.kind == LotKind.HARVEST and lot.grams is None:
        return Step(_("Weigh the harvest"), "weigh", _("Nobody weighed this harvest yet."))
    if lot.kind != LotKind.PROCESSED:
        return None
    return _processed_step(lot, quota, unpacked)


def _processed_step(lot: Lot, quota: Quota, unpacked: int) -> Step | None:
    if not unpacked and not quota.left:
        return None
    if lot_standing(lot) != Standing.PASSED:
        waits = _("Its animals may leave as soon as a laboratory's report says that the lot passed.")
        if not unpacked:
            waits = _("Animals get codes as soon as a laboratory's report says that the lot passed.")
        return Step("", "", waits)
    if unpacked:
        return Step(_("Pack a box"), "pack", _("Animals with a code lie in no box yet."))
    return Step(_("Give codes"), "mint", _("Animals of this lot have no code yet."))
