"""Lots on their way between firms: sent in part or as a whole, taken in, and never more than there was.

Seed and harvest are known by class alone, so that a shipment is an amount of a lot. What was taken in is a
source like a lot of one's own, up to the amount that arrived.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.core.web.api import in_language
from jinmai.standards.credentials.items import CROCKFORD
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import LotKind, LotState
from jinmai.systems.traceability.models import Lot, LotInput, LotShipment, Site
from jinmai.systems.traceability.selectors.laboratory import Standing, lot_standing
from jinmai.systems.traceability.selectors.recorded import amounts
from jinmai.systems.traceability.selectors.shipments import (
    Amount,
    Holding,
    first_arrival,
    holding,
    measures_of,
)
from jinmai.systems.traceability.services import events
from jinmai.systems.traceability.services.capture import record_events
from jinmai.systems.traceability.services.moments import settled
from jinmai.systems.traceability.services.refusal import ChainEarlyError, ChainRefusedError
from jinmai.systems.traceability.services.shipment_notices import tell_of_shipping

_LETTERS = 6


@transaction.atomic
def ship_lot(*, shipment: LotShipment, by: User) -> LotShipment:
    """Send so much of a lot to another firm: ``shipment`` is filled in and not yet stored.

    Where both measures are left empty all that is left is sent.

    Raises:
        ChainRefusedError: nothing of the lot may leave, the firm has not so much of it, or it goes nowhere.
        ValidationError: a figure cannot be so.
    """
    lot = _locked(shipment.lot)
    _check_may_leave(lot)
    source = shipment.from_site.owner
    if shipment.to_site.owner_id == source.pk:
        raise ChainRefusedError(_("Within a firm no lot is sent: name a site of another firm."))
    has = holding(lot, source)
    if has is None:
        raise ChainRefusedError(_("%(firm)s has nothing of lot %(lot)s.") % _who(shipment.from_site, lot))
    if not _known(has.all):
        raise ChainRefusedError(
            _("Nobody counted or weighed lot %(lot)s; how much of it leaves cannot be told.")
            % {"lot": lot.code}
        )
    _fill(shipment, has)
    _check_amount(lot, has, shipment.animals, shipment.grams)
    came = lot.began_at if lot.site.owner_id == source.pk else first_arrival(lot, source)
    shipment.shipped_at = settled(shipment.shipped_at, what=lot.code, after=[lot.began_at, came])
    shipment.lot = lot
    shipment.number = _number(shipment.shipped_at)
    shipment.full_clean()
    shipment.save()
    shipment.parties.set({source.pk, shipment.to_site.owner_id})
    append(
        kind=entries.LOT_SHIPPED,
        subject=shipment.subject,
        payload=entries.LotShipped(
            number=shipment.number,
            gtin=lot.product.gtin,
            lot=lot.code,
            from_site=shipment.from_site.key,
            to_site=shipment.to_site.key,
            animals=shipment.animals,
            grams=shipment.grams,
            at=shipment.shipped_at,
        ),
        actor=f"user:{by.pk}",
    )
    record_events(
        events=[events.lot_shipped(shipment)],
        party=source,
        key=f"{shipment.subject}:shipped",
        actor=f"user:{by.pk}",
    )
    tell_of_shipping(shipment, shipment.from_site, shipment.to_site, shipment.shipped_at)
    return shipment


@transaction.atomic
def receive_lot(*, shipment: LotShipment, arrived: Amount, at: datetime, by: User) -> LotShipment:
    """Take in what was sent here; ``arrived`` may be less than was sent, an empty measure is as it was sent.

    What is called back is taken in too: where it is counts then more than ever.

    Raises:
        ChainRefusedError: it was taken in already, arrives before it left, or more arrives than was sent.
    """
    _locked(shipment.lot)
    rows = LotShipment.objects.select_for_update(of=("self",)).select_related(
        "lot__product", "lot__site__owner", "from_site__owner", "to_site__owner"
    )
    row = rows.get(pk=shipment.pk)
    if row.received_at is not None:
        raise ChainRefusedError(_("Shipment %(number)s was taken in already.") % {"number": row.number})
    if row.taken_back_at is not None:
        raise ChainRefusedError(_("Shipment %(number)s was taken back.") % {"number": row.number})
    at = settled(at, what=row.number, after=[row.shipped_at])
    row.animals_received = row.animals if arrived.animals is None else arrived.animals
    row.grams_received = row.grams if arrived.grams is None else arrived.grams
    if _beyond(row.animals_received, row.animals or 0) or _beyond(row.grams_received, row.grams or 0):
        raise ChainRefusedError(
            _("More cannot arrive than was sent: %(sent)s.") % {"sent": amounts(row.animals, row.grams)}
        )
    row.received_at = at
    row.save(update_fields=["received_at", "animals_received", "grams_received"])
    append(
        kind=entries.LOT_RECEIVED,
        subject=row.subject,
        payload=entries.LotReceived(
            number=row.number,
            gtin=row.lot.product.gtin,
            lot=row.lot.code,
            site=row.to_site.key,
            animals=row.animals_received,
            grams=row.grams_received,
            at=at,
        ),
        actor=f"user:{by.pk}",
    )
    record_events(
        events=[events.lot_received(row)],
        party=row.to_site.owner,
        key=f"{row.subject}:received",
        actor=f"user:{by.pk}",
    )
    return row


def check_source_is_here(site: Site, taken: LotInput) -> None:
    """Refuse to make a lot at ``site`` of what its firm has not, or has not so much of.

    A firm that shipped nothing of a lot of its own is not refused: more taken than there was breaks the mass
    balance, and waits on the page of exceptions. ``taken.source`` is locked by the caller. Empty measures of
    what another firm sent are filled in with all that is left.
    """
    lot = taken.source
    has = holding(lot, site.owner)
    if has is None:
        raise ChainRefusedError(_("%(firm)s has nothing of lot %(lot)s.") % _who(site, lot))
    if lot.site.owner_id == site.owner_id:
        if has.shipped:
            _check_amount(lot, has, taken.animals, taken.grams)
        return
    _fill(taken, has, partly=True)
    _check_amount(lot, has, taken.animals, taken.grams)


def _check_may_leave(lot: Lot) -> None:
    if lot.kind == LotKind.PROCESSED:
        raise ChainRefusedError(
            _("Animals of a processed lot travel in boxes: give them codes and pack them.")
        )
    if lot.state in {LotState.HELD, LotState.RECALLED, LotState.CLOSED}:
        raise ChainRefusedError(
            _("Lot %(lot)s is %(state)s; nothing of it may leave.")
            % {"lot": lot.code, "state": lot.get_state_display()}
        )
    if lot_standing(lot) == Standing.FAILED:
        raise ChainRefusedError(
            _("Lot %(lot)s, or one that it was made of, failed its test; nothing of it may leave.")
            % {"lot": lot.code}
        )
    if lot.kind == LotKind.HARVEST and lot.grams is None:
        raise ChainEarlyError(_("Nobody weighed this harvest yet."))


def _fill(row: LotShipment | LotInput, has: Holding, *, partly: bool = False) -> None:
    """With nothing stated all that is left is meant; else each measure that must be stated has to be."""
    if row.animals is None and row.grams is None:
        row.animals, row.grams = has.left.animals, has.left.grams
        return
    lot = row.source if isinstance(row, LotInput) else row.lot
    for name in measures_of(lot) if partly else _known(has.all):
        if getattr(row, name) is None:
            raise ChainRefusedError(
                _("Say how many animals and which weight: lot %(lot)s is known by both.") % {"lot": lot.code}
            )


def _check_amount(lot: Lot, has: Holding, animals: int | None, grams: int | None) -> None:
    if not animals and not grams:
        raise ChainRefusedError(_("Nothing is left of lot %(lot)s.") % {"lot": lot.code})
    if _beyond(animals, has.left.animals) or _beyond(grams, has.left.grams):
        raise ChainRefusedError(
            _("Of lot %(lot)s only this is left: %(left)s.")
            % {"lot": lot.code, "left": amounts(has.left.animals, has.left.grams)}
        )


def _beyond(amount: int | None, left: int | None) -> bool:
    return amount is not None and left is not None and amount > left


def _known(amount: Amount) -> tuple[str, ...]:
    return tuple(name for name in ("animals", "grams") if getattr(amount, name) is not None)


def _who(site: Site, lot: Lot) -> dict[str, str]:
    return {"firm": in_language(site.owner), "lot": lot.code}


def _locked(lot: Lot) -> Lot:
    """A recall that begins now waits, and so does whoever takes or sends of the same lot."""
    rows = Lot.objects.select_for_update(of=("self",)).select_related("product", "site__owner")
    return rows.get(pk=lot.pk)


def _number(at: datetime) -> str:
    """A number that nobody can count on: how much a firm ships is its own affair."""
    letters = "".join(secrets.choice(CROCKFORD) for _letter in range(_LETTERS))
    return f"{timezone.localtime(at):%y%m%d}-{letters}"
