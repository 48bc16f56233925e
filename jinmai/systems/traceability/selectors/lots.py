"""Lots as people see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Max, Q, QuerySet

from jinmai.core.access.api import User, visible
from jinmai.systems.traceability.choices import LotState
from jinmai.systems.traceability.models import Lot, LotInput, MintBatch, Product, Site
from jinmai.systems.traceability.selectors.shipments import lots_taken_in

# Fifty pages of forty: a few seconds to draw, and a stack that a printer takes.
LABELS_A_FILE: Final = 2_000


@dataclass(frozen=True)
class BatchNow:
    """A mint batch and how many of its animals lie in a box."""

    batch: MintBatch
    packed: int

    @property
    def left(self) -> int:
        """Animals with a code that lie in no box yet."""
        return self.batch.count - self.packed

    @property
    def files(self) -> list[tuple[int, int]]:
        """First and last number, from 1, of each file of labels."""
        count = self.batch.count
        return [
            (first, min(count, first + LABELS_A_FILE - 1)) for first in range(1, count + 1, LABELS_A_FILE)
        ]


def lots_for(user: User) -> QuerySet[Lot]:
    """The lots that somebody may see, the newest first."""
    rows = Lot.objects.select_related("site__owner", "product")
    counted = Count("exceptions", filter=Q(exceptions__closed_at__isnull=True), distinct=True)
    return visible(user, "traceability.view_lot", rows).annotate(findings=counted)


def lot_by_code(gtin: str, code: str) -> Lot:
    """The lot of a product. Raises ``Lot.DoesNotExist``."""
    rows = Lot.objects.select_related("site__owner", "product__owner")
    return rows.get(product__gtin=gtin, code=code)


def sites_of(user: User, permission: str = "traceability.open_lot") -> QuerySet[Site]:
    """The sites at which somebody may do something."""
    return visible(user, permission, Site.objects.select_related("owner"))


def products_of(user: User) -> QuerySet[Product]:
    """The products of the firms for which somebody opens lots."""
    owners = sites_of(user).values("owner")
    return Product.objects.filter(owner__in=owners)


def sources_for(user: User) -> QuerySet[Lot]:
    """Lots that a new one of this person can be made of: those that they see or took in from another firm.

    What somebody holds back is none.
    """
    rows = Lot.objects.select_related("site__owner", "product")
    near = rows.filter(Q(pk__in=lots_for(user).values("pk")) | Q(pk__in=lots_taken_in(user).values("pk")))
    return near.exclude(state__in=[LotState.HELD, LotState.RECALLED, LotState.CLOSED])


def batches_of(lot: Lot) -> list[BatchNow]:
    """The lot's mint batches, the newest first, with what of them is packed: boxes take numbers in order."""
    rows = lot.mint_batches.select_related("by").annotate(newest=Max("units__last"))
    return [BatchNow(row, 0 if row.newest is None else row.newest + 1) for row in rows]


def inputs_of(lot: Lot) -> list[LotInput]:
    """What a lot was made of, with the sources' products and sites."""
    return list(lot.inputs.select_related("source__product", "source__site"))


def outputs_of(lot: Lot) -> list[LotInput]:
    """What was made of a lot."""
    return list(lot.outputs.select_related("lot__product", "lot__site"))
