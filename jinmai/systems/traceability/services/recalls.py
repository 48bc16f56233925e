"""Calling a lot back with all that was made of it."""

from __future__ import annotations

from time import perf_counter

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import LotState, UnitState
from jinmai.systems.traceability.models import LogisticUnit, Lot, Recall
from jinmai.systems.traceability.selectors.trace import Reach, reach
from jinmai.systems.traceability.services import events
from jinmai.systems.traceability.services.capture import record_events
from jinmai.systems.traceability.services.refusal import ChainRefusedError


@transaction.atomic
def start_recall(*, recall: Recall, by: User) -> Recall:
    """Find everything that was made of a lot and call it back; a drill finds the same and touches nothing.

    ``recall`` is filled in (lot, reason, drill) and not yet stored.

    Raises:
        ChainRefusedError: no reason is given, or a recall of this lot is open already.
    """
    if not recall.reason.strip():
        raise ChainRefusedError(_("Say why the lot is called back."))
    began = perf_counter()
    found = reach(recall.lot) if recall.drill else _locked_reach(recall.lot)
    recall.started_by = by
    recall.lots, recall.units, recall.animals = len(found.lots), len(found.units), found.animals
    recall.milliseconds = round((perf_counter() - began) * 1000)
    try:
        with transaction.atomic():
            recall.save()
    except IntegrityError:
        raise ChainRefusedError(
            _("A recall of lot %(lot)s is open already.") % {"lot": recall.lot.code}
        ) from None
    if not recall.drill:
        Lot.objects.filter(pk__in=[lot.pk for lot in found.lots]).update(
            state=LotState.RECALLED, state_reason=recall.reason[:200]
        )
        LogisticUnit.objects.filter(pk__in=[unit.pk for unit in found.units]).update(state=UnitState.RECALLED)
        _capture(recall, found, by)
    lot = recall.lot
    append(
        kind=entries.RECALL_STARTED,
        subject=lot.subject,
        payload=entries.RecallStarted(
            recall=recall.pk,
            gtin=lot.product.gtin,
            lot=lot.code,
            reason=recall.reason,
            drill=recall.drill,
            lots=recall.lots,
            units=recall.units,
            animals=recall.animals,
        ),
        actor=f"user:{by.pk}",
    )
    return recall


def _locked_reach(lot: Lot) -> Reach:
    """Everything that was made of a lot, with its lots locked and walked again until nothing new is found.

    Whoever makes, mints or packs of a lot locks it first: what began before is waited for and found, and what
    comes later finds the lot called back.
    """
    locked: set[int] = set()
    while True:
        found = reach(lot)
        fresh = {one.pk for one in found.lots} - locked
        if not fresh:
            return found
        list(Lot.objects.select_for_update().filter(pk__in=fresh).order_by("pk"))
        locked |= fresh


@transaction.atomic
def close_recall(*, recall: Recall, note: str, by: User) -> Recall:
    """End a recall with its result; its lots stay recalled.

    Raises:
        ChainRefusedError: it is closed already, or no result is named.
    """
    row = Recall.objects.select_for_update().select_related("lot__product").get(pk=recall.pk)
    if row.closed_at is not None:
        raise ChainRefusedError(_("This recall is closed already."))
    if not note.strip():
        raise ChainRefusedError(_("Say what came back and what did not."))
    row.closed_at, row.closing_note = timezone.now(), note.strip()
    row.save(update_fields=["closed_at", "closing_note"])
    append(
        kind=entries.RECALL_CLOSED,
        subject=row.lot.subject,
        payload=entries.RecallClosed(recall=row.pk, note=row.closing_note),
        actor=f"user:{by.pk}",
    )
    return row


def _capture(recall: Recall, found: Reach, by: User) -> None:
    """One event for each lot with its boxes, in the name of the firm at whose site the lot began."""
    now = timezone.now()
    for lot in found.lots:
        boxes = [unit for unit in found.units if unit.lot_id == lot.pk]
        record_events(
            events=[events.recalled(lot, boxes, at=now)],
            party=lot.site.owner,
            key=f"traceability.recall:{recall.pk}:{lot.pk}",
            actor=f"user:{by.pk}",
        )
