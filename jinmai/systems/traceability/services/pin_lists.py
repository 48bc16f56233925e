"""Lists of hidden PINs for whoever prints the layers that are scratched off. Who took one is entered."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.models import MintBatch
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.pins import pin_of

AT_ONCE = 10_000


def take_pins(*, batch: MintBatch, by: User) -> Iterator[tuple[str, str, str]]:
    """Serial, text of the QR code and PIN of every animal of a batch, in the order of their labels.

    That somebody took them is entered before the first one is given. Raises :class:`ChainRefusedError`.
    """
    gtin, lot = batch.lot.product.gtin, batch.lot
    codes_of(batch, 0, 1)  # refused before anything is entered
    with transaction.atomic():
        append(
            kind=entries.PINS_TAKEN,
            subject=lot.subject,
            payload=entries.PinsTaken(gtin=gtin, lot=lot.code, batch=batch.pk, animals=batch.count),
            actor=f"user:{by.pk}",
        )
    return _listed(batch, gtin)


def _listed(batch: MintBatch, gtin: str) -> Iterator[tuple[str, str, str]]:
    for first in range(0, batch.count, AT_ONCE):
        for code in codes_of(batch, first, AT_ONCE):
            serial = code.partition("/21/")[2][:10]
            yield serial, code, pin_of(gtin, serial)
