"""Making lots of lots: what was taken, and the weighing of a harvest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import LotKind, LotState
from jinmai.systems.traceability.models import Harvest, Lot, LotInput, Site
from jinmai.systems.traceability.selectors.shipments import first_arrival
from jinmai.systems.traceability.services import events
from jinmai.systems.traceability.services.balance import check_lot
from jinmai.systems.traceability.services.capture import record_events
from jinmai.systems.traceability.services.lots import enter_lot, record_opening
from jinmai.systems.traceability.services.moments import settled
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.shipping import check_source_is_here
from jinmai.systems.traceability.services.turns import MINT_TURN, one_at_a_time

# What may be made of what: animals are seed, then harvest, then products, and products of products.
_MADE_OF = {
    LotKind.SEED: {LotKind.SEED},
    LotKind.HARVEST: {LotKind.SEED, LotKind.HARVEST},
    LotKind.PROCESSED: {LotKind.HARVEST, LotKind.PROCESSED},
}


@transaction.atomic
def make_lot_of(*, lot: Lot, inputs: Sequence[LotInput], by: User) -> Lot:
    """Open a lot that is made of others: ``lot`` and ``inputs`` are filled in and not yet stored.

    A break of the balance is no refusal: it is recorded and waits on the page of exceptions.

    Raises:
        ChainRefusedError: a source is of the wrong kind, held, recalled or closed, or there is none; or the
            lot's firm has not so much of it.
        ValidationError: the lot itself cannot be so.
    """
    if not inputs:
        raise ChainRefusedError(_("Name at least one lot that this one is made of."))
    rows = Lot.objects.select_for_update(of=("self",)).select_related("product", "site__owner")
    sources = rows.order_by("pk").in_bulk([taken.source_id for taken in inputs])
    for taken in inputs:
        taken.source = sources[taken.source_id]
        _check_source(lot, taken.source)
        check_source_is_here(lot.site, taken)
    known = [at for taken in inputs for at in _known_of(taken.source, lot.site)]
    lot.began_at = settled(lot.began_at, what=lot.code, after=known, field="began_at")
    lot = enter_lot(lot=lot, by=by)
    for taken in inputs:
        taken.lot = lot
        taken.full_clean()
        taken.save()
    append(
        kind=entries.LOT_TRANSFORMED,
        subject=lot.subject,
        payload=entries.LotTransformed(
            gtin=lot.product.gtin,
            lot=lot.code,
            inputs=[
                entries.LotInputTaken(
                    gtin=taken.source.product.gtin,
                    lot=taken.source.code,
                    animals=taken.animals,
                    grams=taken.grams,
                )
                for taken in inputs
            ],
        ),
        actor=f"user:{by.pk}",
    )
    record_opening(lot=lot, by=by)
    for affected in (lot, *(taken.source for taken in inputs)):
        check_lot(lot=affected)
    return lot


@transaction.atomic
def weigh_harvest(*, harvest: Harvest, by: User) -> Harvest:
    """Record the weighing of a harvest lot: ``harvest`` is filled in and not yet stored.

    Raises:
        ChainRefusedError: the lot is no harvest lot, or was weighed already.
        ValidationError: a figure cannot be so.
    """
    one_at_a_time(MINT_TURN)
    lot = Lot.objects.select_for_update().select_related("product", "site__owner").get(pk=harvest.lot_id)
    if lot.kind != LotKind.HARVEST:
        raise ChainRefusedError(_("Only a harvest lot is weighed at harvest."))
    if Harvest.objects.filter(lot=lot).exists():
        raise ChainRefusedError(_("Lot %(lot)s was weighed already.") % {"lot": lot.code})
    harvest.at = settled(harvest.at, what=lot.code, after=[lot.began_at])
    harvest.full_clean()
    if harvest.heaviest_grams is not None and harvest.heaviest_grams > harvest.grams:
        raise ChainRefusedError(_("The heaviest animal weighs more than the whole harvest."))
    harvest.save()
    lot.animals, lot.grams = harvest.animals, harvest.grams
    lot.save(update_fields=["animals", "grams"])
    append(
        kind=entries.HARVEST_WEIGHED,
        subject=lot.subject,
        payload=entries.HarvestWeighed(
            gtin=lot.product.gtin,
            lot=lot.code,
            at=harvest.at,
            animals=harvest.animals,
            grams=harvest.grams,
            heaviest_grams=harvest.heaviest_grams,
            festival=harvest.festival,
        ),
        actor=f"user:{by.pk}",
    )
    record_events(
        events=[events.weighed(harvest)],
        party=lot.site.owner,
        key=f"{lot.subject}:weighed",
        actor=f"user:{by.pk}",
    )
    check_lot(lot=lot)
    return harvest


def _known_of(source: Lot, site: Site) -> list[datetime | None]:
    """Before when nothing can have been made of a lot at a site: it began, was weighed, came to the firm."""
    came = None if source.site.owner_id == site.owner_id else first_arrival(source, site.owner)
    weighed = Harvest.objects.filter(lot=source).values_list("at", flat=True).first()
    return [source.began_at, weighed, came]


def _check_source(lot: Lot, source: Lot) -> None:
    if LotKind(source.kind) not in _MADE_OF[LotKind(lot.kind)]:
        raise ChainRefusedError(
            _("A %(made)s is not made of a %(source)s (%(lot)s).")
            % {"made": lot.get_kind_display(), "source": source.get_kind_display(), "lot": source.code}
        )
    if source.state in {LotState.HELD, LotState.RECALLED, LotState.CLOSED}:
        raise ChainRefusedError(
            _("Lot %(lot)s is %(state)s; nothing may be taken from it.")
            % {"lot": source.code, "state": source.get_state_display()}
        )
