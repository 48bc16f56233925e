"""What was sent by mistake comes back before anybody took it in; afterwards only the receiver can send it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import UnitKind, UnitState
from jinmai.systems.traceability.models import LogisticUnit, Lot, LotShipment
from jinmai.systems.traceability.services import events
from jinmai.systems.traceability.services.moments import settled
from jinmai.systems.traceability.services.recording import record_deed
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.shipment_notices import tell_of_taking_back


@transaction.atomic
def take_back_unit(*, unit: LogisticUnit, at: datetime, by: User) -> LogisticUnit:
    """Take back a box or pallet that is on its way, with all that stands on it; it stands where it left.

    Raises:
        ChainRefusedError: it is not on its way, stands on a pallet, or it was before it left.
    """
    rows = LogisticUnit.objects.select_for_update(of=("self",))
    row = rows.select_related("site__owner", "bound_for__owner", "parent").get(pk=unit.pk)
    if row.state != UnitState.SHIPPED:
        raise ChainRefusedError(
            _("%(sscc)s is %(state)s; only what is on its way can be taken back.")
            % {"sscc": row.sscc, "state": row.get_state_display()}
        )
    if row.parent_id is not None:
        raise ChainRefusedError(_("%(sscc)s stands on a pallet: take that back.") % {"sscc": row.sscc})
    at = settled(at, what=row.sscc, after=[row.shipped_at])
    bound_for = row.bound_for
    event = events.shipping_voided([row], at=at, site=row.site, bound_for=bound_for)
    _stand_again(row)
    if row.kind == UnitKind.PALLET:
        for box in row.children.filter(state=UnitState.SHIPPED):
            _stand_again(box)
    entry = append(
        kind=entries.UNIT_TAKEN_BACK,
        subject=row.subject,
        payload=entries.UnitTakenBack(
            sscc=row.sscc, site=row.site.key, bound_for=bound_for.key if bound_for else "", at=at
        ),
        actor=f"user:{by.pk}",
    )
    record_deed(
        events=[event], party=row.site.owner, key=f"{row.subject}:taken_back:{entry}", actor=f"user:{by.pk}"
    )
    if bound_for is not None:
        tell_of_taking_back(row, row.site, bound_for, at)
    return row


@transaction.atomic
def take_back_lot(*, shipment: LotShipment, at: datetime, by: User) -> LotShipment:
    """Take back a shipment of a lot that nobody took in: all of it is the sender's again.

    Raises:
        ChainRefusedError: it was taken in or back already, or it was before it left.
    """
    Lot.objects.select_for_update().get(pk=shipment.lot_id)
    rows = LotShipment.objects.select_for_update(of=("self",)).select_related(
        "lot__product", "lot__site__owner", "from_site__owner", "to_site__owner"
    )
    row = rows.get(pk=shipment.pk)
    if row.received_at is not None:
        raise ChainRefusedError(_("Shipment %(number)s was taken in already.") % {"number": row.number})
    if row.taken_back_at is not None:
        raise ChainRefusedError(_("Shipment %(number)s was taken back.") % {"number": row.number})
    row.taken_back_at = settled(at, what=row.number, after=[row.shipped_at])
    row.save(update_fields=["taken_back_at"])
    append(
        kind=entries.LOT_TAKEN_BACK,
        subject=row.subject,
        payload=entries.LotTakenBack(
            number=row.number,
            gtin=row.lot.product.gtin,
            lot=row.lot.code,
            site=row.from_site.key,
            animals=row.animals,
            grams=row.grams,
            at=row.taken_back_at,
        ),
        actor=f"user:{by.pk}",
    )
    record_deed(
        events=[events.lot_shipping_voided(row)],
        party=row.from_site.owner,
        key=f"{row.subject}:taken_back",
        actor=f"user:{by.pk}",
    )
    tell_of_taking_back(row, row.from_site, row.to_site, row.taken_back_at)
    return row


def _stand_again(unit: LogisticUnit) -> None:
    """Where it was before it left: taken in there, or packed there."""
    unit.state = UnitState.RECEIVED if unit.received_at else UnitState.PACKED
    unit.shipped_at, unit.bound_for, unit.buyer = None, None, ""
    unit.save(update_fields=["state", "shipped_at", "bound_for", "buyer"])
