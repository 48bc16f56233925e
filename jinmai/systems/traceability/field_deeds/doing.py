"""The deeds themselves: each asks whether this person may, and calls the chain's verb.

A stranger's box or lot is as unknown here as on the pages: its existence is not told.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jinmai.core.access.api import User
from jinmai.core.fieldwork.api import Arrived, FieldEarlyError, FieldRefusedError, Outcome
from jinmai.core.web.api import in_language
from jinmai.systems.traceability.choices import UnitState
from jinmai.systems.traceability.models import Harvest, LogisticUnit, Lot, Treatment
from jinmai.systems.traceability.selectors.lots import batches_of
from jinmai.systems.traceability.services import packing
from jinmai.systems.traceability.services.lots import record_treatment
from jinmai.systems.traceability.services.processing import weigh_harvest
from jinmai.systems.traceability.services.refusal import ChainEarlyError, ChainRefusedError
from jinmai.systems.traceability.services.taking_back import take_back_unit

MOVE = "traceability.move_unit"
RECEIVE = "traceability.receive_unit"
WORK = "traceability.work_lot"
Do = Callable[[Arrived], Outcome]


def refusing(do: Do) -> Do:
    """What the chain's verbs refuse is refused to the phone in the same words, and what they await waits."""

    @wraps(do)
    def done(arrived: Arrived) -> Outcome:
        try:
            return do(arrived)
        except ChainEarlyError as early:
            raise FieldEarlyError(str(early)) from early
        except ChainRefusedError as refused:
            raise FieldRefusedError(str(refused)) from refused
        except ValidationError as wrong:
            raise FieldRefusedError("; ".join(wrong.messages)) from wrong

    return done


@refusing
def receive(arrived: Arrived) -> Outcome:
    """Take in what was sent here."""
    unit = arrived.fields["scan"]
    if unit.bound_for is None or not arrived.by.has_perm(RECEIVE, unit):
        raise _not_coming(unit, arrived.by)
    unit = packing.receive(unit=unit, site=unit.bound_for, at=arrived.at, by=arrived.by)
    return _of_unit(
        _("%(code)s received at %(site)s") % {"code": unit.sscc, "site": in_language(unit.site)}, unit
    )


@refusing
def move(arrived: Arrived) -> Outcome:
    """Bring a box from one site of the firm to another: it leaves and arrives in one deed."""
    unit, site = _mine(arrived.by, arrived.fields["scan"]), arrived.fields["site"]
    with transaction.atomic():
        sent = packing.ship(unit=unit, to=packing.Destination(site), at=arrived.at, by=arrived.by)
        packing.receive(unit=sent, site=site, at=arrived.at, by=arrived.by)
    return _of_unit(_("%(code)s stands at %(site)s") % {"code": unit.sscc, "site": in_language(site)}, unit)


@refusing
def ship(arrived: Arrived) -> Outcome:
    """Send a box or pallet on its way."""
    unit = _mine(arrived.by, arrived.fields["scan"])
    to = packing.Destination(arrived.fields["site"], arrived.fields["buyer"])
    packing.ship(unit=unit, to=to, at=arrived.at, by=arrived.by)
    where = in_language(to.site) if to.site else to.buyer
    return _of_unit(_("%(code)s on its way to %(where)s") % {"code": unit.sscc, "where": where}, unit)


@refusing
def pack(arrived: Arrived) -> Outcome:
    """Fill a box with the next animals of a lot that have a code; the oldest batch with enough of them."""
    lot, count = _work(arrived), arrived.fields["count"]
    stored = [one for one in batches_of(lot) if one.batch.filled_at is not None and one.left]
    if not stored:
        if lot.mint_batches.filter(filled_at=None).exists():
            raise FieldEarlyError(_("The codes of this batch are still being made; try again in a moment."))
        raise FieldRefusedError(_("No animal of lot %(lot)s waits for a box.") % {"lot": lot.code})
    enough = [one for one in stored if one.left >= count]
    batch = (enough or stored)[-1].batch
    box = packing.pack_box(batch=batch, count=count, at=arrived.at, by=arrived.by)
    words = ngettext(
        "Box %(code)s: %(number)d animal of lot %(lot)s",
        "Box %(code)s: %(number)d animals of lot %(lot)s",
        count,
    )
    return _of_unit(words % {"code": box.sscc, "number": count, "lot": lot.code}, box)


@refusing
def stack(arrived: Arrived) -> Outcome:
    """Stack boxes on a pallet."""
    boxes = [_mine(arrived.by, unit) for unit in arrived.fields["scan"]]
    pallet = packing.stack_pallet(boxes=boxes, at=arrived.at, by=arrived.by)
    words = ngettext(
        "Pallet %(code)s with %(number)d box", "Pallet %(code)s with %(number)d boxes", len(boxes)
    )
    return _of_unit(words % {"code": pallet.sscc, "number": len(boxes)}, pallet)


@refusing
def unpack(arrived: Arrived) -> Outcome:
    """Take a box off its pallet, or all boxes off one."""
    unit = _mine(arrived.by, arrived.fields["scan"])
    unit = packing.unpack(unit=unit, at=arrived.at, by=arrived.by)
    return _of_unit(_("%(code)s: taken off the pallet") % {"code": unit.sscc}, unit)


@refusing
def take_back(arrived: Arrived) -> Outcome:
    """Take back what nobody took in yet."""
    unit: LogisticUnit = arrived.fields["scan"]
    if not arrived.by.has_perm(MOVE, unit):
        raise FieldRefusedError(_("%(code)s does not stand with you.") % {"code": unit.sscc})
    unit = take_back_unit(unit=unit, at=arrived.at, by=arrived.by)
    return _of_unit(
        _("%(code)s stands at %(site)s") % {"code": unit.sscc, "site": in_language(unit.site)}, unit
    )


@refusing
def treat(arrived: Arrived) -> Outcome:
    """A line of the pond book, written at the pond."""
    lot, given = _work(arrived), _without_scan(arrived)
    treatment = record_treatment(treatment=Treatment(lot=lot, at=arrived.at, **given), by=arrived.by)
    words = _("%(lot)s: %(substance)s, %(dose)s")
    return _of_lot(words % {"lot": lot.code, "substance": treatment.substance, "dose": treatment.dose}, lot)


@refusing
def weigh(arrived: Arrived) -> Outcome:
    """The weighing of a harvest at the pond."""
    lot = _work(arrived)
    weigh_harvest(harvest=Harvest(lot=lot, at=arrived.at, **_without_scan(arrived)), by=arrived.by)
    told = {
        "lot": lot.code,
        "animals": arrived.fields["animals"],
        "kilograms": arrived.fields["grams"] / 1000,
    }
    return _of_lot(_("%(lot)s: %(animals)s animals, %(kilograms)s kg") % told, lot)


def _without_scan(arrived: Arrived) -> dict[str, Any]:
    return {name: value for name, value in arrived.fields.items() if name != "scan"}


def _not_coming(unit: LogisticUnit, by: User) -> Exception:
    """Why it cannot be taken in: it was already, it was sold, or the sender's phone is still to be heard."""
    told = {"code": unit.sscc, "site": in_language(unit.site)}
    if unit.state == UnitState.RECEIVED and by.has_perm(MOVE, unit):
        return FieldRefusedError(_("%(code)s was taken in at %(site)s already.") % told)
    if unit.state in {UnitState.SOLD, UnitState.RECALLED}:
        return FieldRefusedError(_("%(code)s is not on its way to you.") % told)
    return FieldEarlyError(_("%(code)s is not on its way to you.") % told)


def _mine(user: User, unit: LogisticUnit) -> LogisticUnit:
    if unit.state == UnitState.SHIPPED and unit.bound_for is not None and user.has_perm(RECEIVE, unit):
        raise FieldEarlyError(_("%(code)s is on its way to you: take it in first.") % {"code": unit.sscc})
    if not user.has_perm(MOVE, unit):
        raise FieldRefusedError(_("%(code)s does not stand with you.") % {"code": unit.sscc})
    return unit


def _work(arrived: Arrived) -> Lot:
    lot: Lot = arrived.fields["scan"]
    if not arrived.by.has_perm(WORK, lot):
        raise FieldRefusedError(_("Lot %(lot)s is not one of yours.") % {"lot": lot.code})
    return lot


def _of_unit(text: str, unit: LogisticUnit) -> Outcome:
    return Outcome(text, reverse("traceability:unit", args=[unit.sscc]))


def _of_lot(text: str, lot: Lot) -> Outcome:
    return Outcome(text, reverse("traceability:lot", args=[lot.product.gtin, lot.code]))
