"""An animal as it stands at this moment: one question to the database, the rest is kept for a while.

Products, sites and keys hardly ever change. Whether the lot is called back, the code revoked, the key lost
and where the box is must be true at each scan; that is asked in one statement, written out by hand because
Django takes longer to put it together than SQLite to answer it.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from jinmai.standards import sm2
from jinmai.standards.credentials import multikey
from jinmai.standards.credentials.items import ItemCodeError, read_code, serial_number
from jinmai.systems.traceability.choices import UnitKind
from jinmai.systems.traceability.models import LogisticUnit, MintBatch, SigningKey
from jinmai.systems.traceability.selectors.consumer import Signature
from jinmai.systems.traceability.selectors.kept import Kept
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import ItemWay

FRESH = """
SELECT lot.state, lot.state_reason, signing.revoked_since,
    EXISTS (
        SELECT 1 FROM traceability_revokeditem gone
        WHERE gone.product_id = lot.product_id AND gone.serial = %s
    ),
    box.id, box.state, box.shipped_at, box.received_at, box.sold_at, box.site_id, box.bound_for_id
FROM traceability_mintbatch batch
JOIN traceability_lot lot ON lot.id = batch.lot_id
LEFT JOIN traceability_signingkey signing ON signing.tag = batch.key_id
LEFT JOIN traceability_logisticunit box
    ON box.batch_id = batch.id AND box.kind = %s AND box.first <= %s AND box.last >= %s
WHERE batch.id = %s
"""
_batches = Kept(60)
_boxes = Kept(60)
_keys = Kept(60)


@dataclass(frozen=True)
class PackNow:
    """One animal at this moment. ``box_state`` tells apart everything that its box went through."""

    way: ItemWay
    serial: str
    revoked: bool
    box_state: tuple[Any, ...]


def pack_now(gtin: str, serial: str) -> PackNow | None:
    """The animal with this code, or None if this house never gave it."""
    try:
        found = item_store().find(serial_number(serial))
    except ItemCodeError:
        return None
    batch = _batches.get(found.batch, lambda: _batch(found.batch)) if found else None
    if found is None or batch is None or batch.lot.product.gtin != gtin:
        return None
    with connection.cursor() as cursor:
        cursor.execute(FRESH, [serial, UnitKind.BOX.value, found.number, found.number, batch.pk])
        state, reason, lost, gone, *box_state = cursor.fetchone()
    batch, lot = copy(batch), copy(batch.lot)
    lot.state, lot.state_reason = state, reason
    batch.lot = lot
    box = _boxes.get((found.batch, *box_state), lambda: _box(box_state[0])) if box_state[0] else None
    since = _moment(lost)
    revoked = bool(gone) or (since is not None and batch.minted_at >= since)
    return PackNow(ItemWay(batch, found.number, box), serial, revoked, tuple(box_state))


def signature_of(text: str, gtin: str, serial: str, pack: PackNow | None) -> Signature:
    """Judge the signature in a scanned address for this animal, as an offline verifier would."""
    if "S=" not in text.upper():
        return Signature.UNSIGNED
    try:
        code = read_code(text)
    except ItemCodeError:
        return Signature.ALTERED
    if pack is None or (code.gtin, code.serial, code.tag) != (gtin, serial, pack.way.batch.key_id):
        return Signature.ALTERED
    public = _keys.get(
        code.tag, lambda: SigningKey.objects.filter(tag=code.tag).values_list("multikey", flat=True).first()
    )
    if not public or not _holds(public, code.signature, code.message):
        return Signature.ALTERED
    return Signature.REVOKED if pack.revoked else Signature.VALID


def forget() -> None:
    """Keep nothing, as after a restart."""
    for kept in (_batches, _boxes, _keys):
        kept.clear()


def _batch(request: Any) -> MintBatch | None:
    rows = MintBatch.objects.select_related("lot__product__owner", "lot__site__owner")
    return rows.filter(request=request, filled_at__isnull=False).first()


def _box(pk: int) -> LogisticUnit | None:
    rows = LogisticUnit.objects.select_related("site", "packed_by", "bound_for")
    return rows.filter(pk=pk).first()


@lru_cache(maxsize=1_000)
def _public_key(key: str) -> multikey.PublicKey:
    return multikey.public_key(key)[1]


def _holds(key: str, signature: bytes, message: bytes) -> bool:
    try:
        return _public_key(key).verify(signature, message)
    except (multikey.MultikeyError, sm2.Sm2Absent):
        return False


def _moment(value: datetime | str | None) -> datetime | None:
    """SQLite gives moments as text without a zone (UTC), PostgreSQL as they are."""
    moment = parse_datetime(value) if isinstance(value, str) else value
    return make_aware(moment, UTC) if moment is not None and is_naive(moment) else moment
