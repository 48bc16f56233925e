"""Opening lots, what is done to them, and holding them back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.standards.epcis import Event
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import LotState
from jinmai.systems.traceability.models import Lot, Treatment
from jinmai.systems.traceability.selectors.trace import upstream
from jinmai.systems.traceability.services import events
from jinmai.systems.traceability.services.balance import check_lot
from jinmai.systems.traceability.services.moments import settled
from jinmai.systems.traceability.services.recording import record_deed
from jinmai.systems.traceability.services.refusal import ChainRefusedError

# From which state a lot may go to which. A recall is started by its own verb and never taken back: what warns
# of a lot looks at its state, so that closing a recalled lot would silence the warning.
_WAYS = {
    LotState.OPEN: {LotState.HELD, LotState.RELEASED, LotState.CLOSED},
    LotState.HELD: {LotState.RELEASED, LotState.CLOSED},
    LotState.RELEASED: {LotState.HELD, LotState.CLOSED},
    LotState.RECALLED: set[LotState](),
    LotState.CLOSED: set[LotState](),
}
_EVENTS = {LotState.HELD: events.held, LotState.RELEASED: events.released}


@transaction.atomic
def open_lot(*, lot: Lot, by: User) -> Lot:
    """Open a lot that is made of no other: ``lot`` is filled in and not yet stored.

    Raises:
        ValidationError: for instance the code is taken for this product or cannot stand in a GS1 AI 10.
    """
    enter_lot(lot=lot, by=by)
    record_opening(lot=lot, by=by)
    return lot


def record_opening(*, lot: Lot, by: User) -> None:
    """Capture the first event of a lot, with everything it was made of; part of the verbs that open lots."""
    _capture(lot, "opened", events.lot_opened(lot), by)


@transaction.atomic
def enter_lot(*, lot: Lot, by: User) -> Lot:
    """Store a lot and its entry; whoever opens it captures its first event when its inputs are known."""
    lot.began_at = settled(lot.began_at, what=lot.code, field="began_at")
    lot.full_clean()
    lot.save()
    append(
        kind=entries.LOT_OPENED,
        subject=lot.subject,
        payload=entries.LotOpened(
            gtin=lot.product.gtin,
            lot=lot.code,
            kind=lot.kind,
            site=lot.site.key,
            animals=lot.animals,
            grams=lot.grams,
        ),
        actor=f"user:{by.pk}",
    )
    check_lot(lot=lot)
    return lot


@transaction.atomic
def change_state(*, lot: Lot, state: LotState, reason: str, by: User | None) -> Lot:
    """Hold, release or close a lot. ``by`` is None where a rule did it, such as a failed test report.

    Raises:
        ChainRefusedError: from its state the lot cannot go there.
    """
    lot = Lot.objects.select_for_update().select_related("product", "site__owner").get(pk=lot.pk)
    if state == lot.state:
        return lot
    if state not in _WAYS[LotState(lot.state)]:
        raise ChainRefusedError(
            _("Lot %(lot)s is %(state)s; that cannot be changed to %(wanted)s.")
            % {"lot": lot.code, "state": lot.get_state_display(), "wanted": state.label}
        )
    now = timezone.now()
    if state != LotState.CLOSED:  # a lot that is closed while it is held stays held back
        lot.held_at = now if state == LotState.HELD else None
    lot.state, lot.state_reason = state, reason
    lot.save(update_fields=["state", "state_reason", "held_at"])
    append(
        kind=entries.LOT_STATE_CHANGED,
        subject=lot.subject,
        payload=entries.LotStateChanged(gtin=lot.product.gtin, lot=lot.code, state=state, reason=reason),
        actor=f"user:{by.pk}" if by else "system",
    )
    if state in _EVENTS:
        _capture(lot, f"{state}:{now.isoformat()}", _EVENTS[state](lot, at=now), by)
    return lot


@transaction.atomic
def record_treatment(*, treatment: Treatment, by: User) -> Treatment:
    """Record what was given to a lot or its water: ``treatment`` is filled in and not yet stored.

    Raises:
        ChainRefusedError: the animals were not there yet, or it lies in the future.
        ValidationError: something in it cannot be so.
    """
    treatment.by = by
    # A line of the pond's book may be of a time when the animals of a harvest were seed still.
    known = [lot.began_at for lot in upstream([treatment.lot])]
    treatment.at = settled(treatment.at, what=treatment.lot.code, after=[min(known)])
    treatment.full_clean()
    treatment.save()
    lot = treatment.lot
    append(
        kind=entries.TREATMENT_RECORDED,
        subject=lot.subject,
        payload=entries.TreatmentRecorded(
            gtin=lot.product.gtin,
            lot=lot.code,
            kind=treatment.kind,
            substance=treatment.substance,
            dose=treatment.dose,
            at=treatment.at,
        ),
        actor=f"user:{by.pk}",
    )
    _capture(lot, f"treatment:{treatment.pk}", events.treated(treatment), by)
    return treatment


def _capture(lot: Lot, deed: str, event: Event, by: User | None) -> None:
    record_deed(
        events=[event],
        party=lot.site.owner,
        key=f"{lot.subject}:{deed}",
        actor=f"user:{by.pk}" if by else "system",
    )
