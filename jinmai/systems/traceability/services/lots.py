"""Opening lots and what is done to them."""

from __future__ import annotations

from django.db import transaction

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.models import Lot


@transaction.atomic
def open_lot(*, lot: Lot, by: User) -> Lot:
    """Open a lot: ``lot`` is filled in and not yet stored.

    Raises:
        ValidationError: for instance the code is taken for this product or cannot stand in a GS1 AI 10.
    """
    lot.full_clean()
    lot.save()
    append(
        kind=entries.LOT_OPENED,
        subject=lot_subject(lot),
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
    return lot


def lot_subject(lot: Lot) -> str:
    """The lot's public key in the ledger."""
    return f"traceability.lot:{lot.product.gtin}/{lot.code}"
