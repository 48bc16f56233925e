"""Giving animals codes of their own: never more than the lot can have.

The batch's row reserves the quota in the main database; the serials are then drawn in the item store under
the request's own name, so that no restored database gives them to another batch. A kill in between leaves a
reserved batch, which the worker fills.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.engines.item_store import ItemStore
from jinmai.standards import sm2, tlog
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import KeyPurpose, LotState, SignatureKind
from jinmai.systems.traceability.models import Lot, MintBatch, SigningKey
from jinmai.systems.traceability.selectors.balance import quota
from jinmai.systems.traceability.selectors.laboratory import Standing, lot_standing
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import upstream
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.signing_keys import signing_key
from jinmai.systems.traceability.services.turns import MINT_TURN, one_at_a_time

MOST_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class MintRequest:
    """What somebody asks for. ``request`` is theirs: asked again, the same batch is given."""

    lot: Lot
    count: int
    request: UUID


def mint(*, asked: MintRequest, by: User) -> MintBatch:
    """Reserve a batch within the lot's quota and fill it.

    Raises:
        ChainRefusedError: the lot may not mint so many, or not now.
    """
    batch = reserve_batch(asked=asked, by=by)
    return fill_batch(batch=batch, store=item_store())


@transaction.atomic
def reserve_batch(*, asked: MintRequest, by: User) -> MintBatch:
    """Take so many animals out of the lot's quota. Raises :class:`ChainRefusedError`."""
    # Requests take their turns: two lots share the quota of harvests that some third lot mixes, also where
    # they have no ancestor in common.
    one_at_a_time(MINT_TURN)
    above = sorted(lot.pk for lot in upstream([asked.lot]))
    list(Lot.objects.select_for_update().filter(pk__in=above).order_by("pk"))
    lot = Lot.objects.select_related("product", "site").get(pk=asked.lot.pk)
    known = MintBatch.objects.filter(request=asked.request).first()
    if known is not None:
        if (known.lot_id, known.count) != (lot.pk, asked.count):
            raise ChainRefusedError(_("This request was already used for another batch."))
        return known
    _check(lot, asked.count)
    key = _item_key(lot, by)
    return MintBatch.objects.create(lot=lot, count=asked.count, key_id=key.tag, request=asked.request, by=by)


def fill_batch(*, batch: MintBatch, store: ItemStore) -> MintBatch:
    """Draw the serials of a reserved batch and record it; a filled batch is given as it is."""
    if batch.filled_at is not None:
        return batch
    serials = store.mint(batch.request, batch.count)
    root = manifest_root(batch.lot.product.gtin, serials)
    with transaction.atomic():
        batch = MintBatch.objects.select_for_update().select_related("lot__product").get(pk=batch.pk)
        if batch.filled_at is None:
            batch.manifest_root, batch.filled_at = root, timezone.now()
            batch.save(update_fields=["manifest_root", "filled_at"])
            append(
                kind=entries.BATCH_MINTED,
                subject=batch.lot.subject,
                payload=entries.BatchMinted(
                    batch=batch.pk,
                    gtin=batch.lot.product.gtin,
                    lot=batch.lot.code,
                    animals=batch.count,
                    root=root,
                ),
                actor=f"user:{batch.by_id}",
            )
    return batch


def manifest_root(gtin: str, serials: list[int]) -> str:
    """The RFC 6962 root, in hex, over ``{gtin}/{serial}`` in the order of minting."""
    tree = tlog.Tree(f"{gtin}/{serial}".encode() for serial in serials)
    return tlog.root(tree, len(serials)).hex()


def _item_key(lot: Lot, by: User) -> SigningKey:
    kind = SignatureKind(settings.JINMAI_ITEM_SIGNATURE)
    try:
        return signing_key(site=lot.site, purpose=KeyPurpose.ITEMS, kind=kind, actor=f"user:{by.pk}")
    except sm2.Sm2Absent as absent:
        raise ChainRefusedError(
            _("This machine cannot sign with SM2 (%(why)s).") % {"why": absent}
        ) from absent


def _check(lot: Lot, count: int) -> None:
    if lot.state in {LotState.HELD, LotState.RECALLED, LotState.CLOSED}:
        raise ChainRefusedError(
            _("Lot %(lot)s is %(state)s; it gets no codes.")
            % {"lot": lot.code, "state": lot.get_state_display()}
        )
    if not 1 <= count <= MOST_AT_ONCE:
        raise ChainRefusedError(
            _("A batch has 1 to %(most)s animals, not %(count)s.") % {"most": MOST_AT_ONCE, "count": count}
        )
    if lot_standing(lot) != Standing.PASSED:
        raise ChainRefusedError(
            _("No laboratory's report says that lot %(lot)s passed; until one does it gets no codes.")
            % {"lot": lot.code}
        )
    allowed = quota(lot)
    if allowed.most is None:
        raise ChainRefusedError(
            _("Nobody counted or weighed what lot %(lot)s was made of; until then it gets no codes.")
            % {"lot": lot.code}
        )
    if count > allowed.left:
        raise ChainRefusedError(
            _("Lot %(lot)s can have %(most)s animals, %(minted)s have a code; %(count)s more do not fit.")
            % {"lot": lot.code, "most": allowed.most, "minted": allowed.minted, "count": count}
        )
