"""Periodic jobs of the traceability system, declared in ``manifest.toml`` and run by the worker."""

from __future__ import annotations

from jinmai.systems.traceability.models import MintBatch
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.services.minting import fill_batch


def fill() -> None:
    """Fill batches whose minting was cut off between the reservation and the store."""
    for batch in (
        MintBatch.objects.filter(filled_at__isnull=True).select_related("lot__product").order_by("pk")
    ):
        fill_batch(batch=batch, store=item_store())
