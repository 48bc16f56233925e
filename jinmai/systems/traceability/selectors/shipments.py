"""Shipments of lots as the two firms see them, and how much of a lot a firm has.

A lot stays what it was, under its GTIN and lot code, whoever has it. The firm at whose site it began has all
of it, less what it shipped; another firm has what it took in, less what it made of that and shipped on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q, QuerySet

from jinmai.core.access.api import Organisation, User, visible
from jinmai.systems.traceability.choices import LotKind, LotState
from jinmai.systems.traceability.models import Lot, LotInput, LotShipment, Site

VIEW = "traceability.view_shipment"
RECEIVE = "traceability.receive_lot"
SHIP = "traceability.ship_lot"
_WITH = ("lot__product__owner", "lot__site__owner", "from_site__owner", "to_site__owner")


@dataclass(frozen=True)
class Amount:
    """Animals and grams; None is a measure that nobody took of this lot."""

    animals: int | None
    grams: int | None


@dataclass(frozen=True)
class Holding:
    """What a firm got of a lot, and what of that is left."""

    all: Amount
    left: Amount
    shipped: bool


def shipments_for(user: User) -> QuerySet[LotShipment]:
    """Shipments that this person's firm sent or gets, the newest first."""
    return visible(user, VIEW, LotShipment.objects.select_related(*_WITH))


def shipment_by_number(number: str) -> LotShipment:
    """One shipment. Raises ``LotShipment.DoesNotExist``."""
    return LotShipment.objects.select_related(*_WITH).get(number=number)


def lots_on_their_way(user: User) -> QuerySet[LotShipment]:
    """What is on its way to this person's sites, the oldest first."""
    rows = LotShipment.objects.filter(received_at__isnull=True, taken_back_at__isnull=True)
    return visible(user, RECEIVE, rows.select_related(*_WITH)).order_by("shipped_at", "pk")


def lots_taken_in(user: User) -> QuerySet[Lot]:
    """Lots of other firms of which this person's firm took something in."""
    arrived = visible(user, RECEIVE, LotShipment.objects.filter(received_at__isnull=False))
    return Lot.objects.filter(pk__in=arrived.values("lot"))


def places_of(lot: Lot, user: User) -> QuerySet[Site]:
    """The sites from which this person may send something of a lot: where it began, or where it arrived."""
    arrived = LotShipment.objects.filter(lot=lot, received_at__isnull=False).values("to_site")
    sites = Site.objects.filter(Q(pk=lot.site_id) | Q(pk__in=arrived)).select_related("owner")
    return visible(user, SHIP, sites)


def may_send(lot: Lot, user: User) -> bool:
    """Whether this person may send something of a lot: animals of a processed one travel in boxes."""
    free = lot.kind != LotKind.PROCESSED and lot.state in {LotState.OPEN, LotState.RELEASED}
    return free and places_of(lot, user).exists()


def destinations_of(site: Site) -> QuerySet[Site]:
    """Where a lot can be sent: the sites of every other firm; within a firm no lot needs to be sent."""
    return Site.objects.exclude(owner=site.owner_id).select_related("owner").order_by("name_zh")


def holding(lot: Lot, owner: Organisation) -> Holding | None:
    """How much of a lot a firm has; None where it never had any of it."""
    arrived = LotShipment.objects.filter(lot=lot, to_site__owner=owner, received_at__isnull=False)
    parts = [Amount(*one) for one in arrived.values_list("animals_received", "grams_received")]
    if lot.site.owner_id == owner.pk:
        parts.append(Amount(lot.animals, lot.grams))
    if not parts:
        return None
    whole = Amount(_total(one.animals for one in parts), _total(one.grams for one in parts))
    left = LotShipment.objects.filter(lot=lot, from_site__owner=owner, taken_back_at__isnull=True)
    sent = list(left.values_list("animals", "grams"))
    made = LotInput.objects.filter(source=lot, lot__site__owner=owner).values_list("animals", "grams")
    used = list(_in_both_measures([*sent, *made], whole))
    rest = Amount(
        _less(whole.animals, sum(one.animals or 0 for one in used)),
        _less(whole.grams, sum(one.grams or 0 for one in used)),
    )
    return Holding(whole, rest, shipped=bool(sent))


def first_arrival(lot: Lot, owner: Organisation) -> datetime | None:
    """When a firm first took in something of a lot."""
    arrived = LotShipment.objects.filter(lot=lot, to_site__owner=owner, received_at__isnull=False)
    first: datetime | None = arrived.aggregate(first=Min("received_at"))["first"]
    return first


def measures_of(lot: Lot) -> tuple[str, ...]:
    """In which measures a taking of this lot must be stated.

    Of a harvest in each that is known: how many animals get a code depends on both. Seed grows, so that its
    weight bounds nothing: one is enough.
    """
    known = tuple(name for name in ("animals", "grams") if getattr(lot, name) is not None)
    return known if lot.kind != LotKind.SEED else known[:1]


def _in_both_measures(taken: Iterable[tuple[int | None, int | None]], whole: Amount) -> Iterator[Amount]:
    """What was stated in one measure alone counts for the same part of the other."""
    for animals, grams in taken:
        yield Amount(
            _part(grams, whole.grams, whole.animals) if animals is None else animals,
            _part(animals, whole.animals, whole.grams) if grams is None else grams,
        )


def _part(taken: int | None, of: int | None, whole: int | None) -> int | None:
    if taken is None or not of or whole is None:
        return None
    return -(-taken * whole // of)  # rounded up


def _less(value: int | None, taken: int) -> int | None:
    return None if value is None else max(0, value - taken)


def _total(values: Iterable[int | None]) -> int | None:
    """The sum, or None as soon as one of them is unknown."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
