"""What is signed anew for whoever fetches it: status lists of laboratories and keys files."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone

from jinmai.core.web.api import city
from jinmai.standards.credentials import data_integrity, keys_file, status_list
from jinmai.standards.credentials.documents import Document
from jinmai.systems.traceability.choices import KeyPurpose, LotState
from jinmai.systems.traceability.models import Lot, MintBatch, RevokedItem, SigningKey, Site
from jinmai.systems.traceability.selectors.addresses import issuer_address, status_list_address
from jinmai.systems.traceability.selectors.certificates import revoked_bits
from jinmai.systems.traceability.services.signing_keys import signer_of, signing_key

ACTOR = "system:traceability"
LIST_HOURS = 24
FILE_DAYS = 30
KEPT_SECONDS = 300
Serials = Callable[[MintBatch], Iterable[int]]


def status_list_of(laboratory: Site, stem: str = "") -> Document:
    """The laboratory's list of revoked certificates, signed now and valid for a day.

    ``stem`` is the address of the house in it, where that is another one than today's.
    """
    key = signing_key(site=laboratory, purpose=KeyPurpose.CERTIFICATES, actor=ACTOR)
    now = timezone.now().replace(microsecond=0)
    content = status_list.list_credential(
        revoked_bits(laboratory),
        address=status_list_address(laboratory, stem),
        issuer=issuer_address(laboratory, stem),
        valid_from=_moment(now),
        valid_until=_moment(now + timedelta(hours=LIST_HOURS)),
    )
    return data_integrity.secure(content, signer_of(key), created=now)


def kept_status_list(laboratory: Site) -> Document:
    """The same list, kept for some minutes: anybody may ask. What is revoked since makes another at once."""
    key = signing_key(site=laboratory, purpose=KeyPurpose.CERTIFICATES, actor=ACTOR)
    bits = revoked_bits(laboratory)
    state = [laboratory.pk, key.tag, status_list_address(laboratory), bits.encoded()]
    name = f"traceability.status_list.{hashlib.sha256(msgspec.json.encode(state)).hexdigest()}"
    kept: Document | None = cache.get(name)
    if kept is None:
        kept = status_list_of(laboratory)
        cache.set(name, kept, KEPT_SECONDS)
    return kept


def keys_file_of(lots: Iterable[Lot], serials: Serials) -> bytes:
    """The keys file of some lots: keys, manifests of their mint batches, and what was revoked of them.

    ``serials`` gives the numbers of a batch, in any order.
    """
    now = timezone.now().replace(microsecond=0)
    chosen = list(lots)
    batches = MintBatch.objects.filter(lot__in=chosen, filled_at__isnull=False).select_related("lot__product")
    house = signing_key(site=None, purpose=KeyPurpose.HOUSE, actor=ACTOR)
    file = keys_file.KeysFile(
        form=keys_file.FORM,
        issuer=city().name.en,
        issued=now,
        valid_until=now + timedelta(days=FILE_DAYS),
        keys=[_key(row) for row in _keys(chosen)],
        manifests=[_manifest(batch, serials(batch)) for batch in batches if batch.key_id],
        revoked=[*_revoked_items(chosen), *_revoked_lots(chosen)],
    )
    return keys_file.write_keys_file(file, signer_of(house))


def kept_keys_file(lot: Lot, serials: Serials) -> bytes:
    """The keys file of one lot, kept for some minutes: anybody may ask, and making it reads every serial.

    What was revoked, minted, called back or replaced since makes another file at once.
    """
    name = f"traceability.keys_file.{lot.pk}.{_state_of(lot)}"
    kept: bytes | None = cache.get(name)
    if kept is None:
        kept = keys_file_of([lot], serials)
        cache.set(name, kept, KEPT_SECONDS)
    return kept


def _state_of(lot: Lot) -> str:
    """A hash of everything in the lot's keys file but the serials, which never change once stored."""
    house = signing_key(site=None, purpose=KeyPurpose.HOUSE, actor=ACTOR)
    batches = MintBatch.objects.filter(lot=lot, filled_at__isnull=False).order_by("pk")
    parts = [
        house.tag,
        [lot.state, lot.state_reason],
        list(batches.values_list("pk", "key_id", "count")),
        [_key(row) for row in _keys([lot]).order_by("tag")],
        _revoked_items([lot]),
    ]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _keys(lots: list[Lot]) -> QuerySet[SigningKey]:
    used = MintBatch.objects.filter(lot__in=lots).values("key_id")
    rows = SigningKey.objects.filter(purpose=KeyPurpose.ITEMS)
    return rows.filter(Q(site__in={lot.site_id for lot in lots}) | Q(tag__in=used)).select_related("site")


def _key(row: SigningKey) -> keys_file.Key:
    withdrawn = None
    if row.revoked_since is not None:
        withdrawn = keys_file.Withdrawn(row.revoked_since.astimezone(UTC), row.reason)
    holder = row.site.name_zh if row.site else ""
    return keys_file.Key(row.tag, row.multikey, holder, row.valid_from, row.valid_until, withdrawn)


def _manifest(batch: MintBatch, serials: Iterable[int]) -> keys_file.Manifest:
    packed = b"".join(number.to_bytes(keys_file.SERIAL_BYTES) for number in sorted(serials))
    return keys_file.Manifest(
        gtin=batch.lot.product.gtin,
        lot=batch.lot.code,
        tag=batch.key_id,
        minted=batch.minted_at,
        serials=base64.b64encode(packed).decode(),
    )


def _revoked_items(lots: list[Lot]) -> list[keys_file.RevokedItem]:
    rows = RevokedItem.objects.filter(product__in={lot.product_id for lot in lots}).select_related("product")
    return [keys_file.RevokedItem(row.product.gtin, row.serial, row.since, row.reason) for row in rows]


def _revoked_lots(lots: list[Lot]) -> list[keys_file.RevokedLot]:
    now = timezone.now()
    return [
        keys_file.RevokedLot(lot.product.gtin, lot.code, now, lot.state_reason or "recalled")
        for lot in lots
        if lot.state == LotState.RECALLED
    ]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
