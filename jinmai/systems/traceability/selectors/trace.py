"""The way of an animal back to its hatchery, and everything that was made of a lot."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from jinmai.engines.item_store import Item
from jinmai.standards.credentials.items import CROCKFORD, SERIAL_LETTERS, ItemCodeError, serial_number
from jinmai.standards.gs1 import elements_of
from jinmai.systems.traceability.choices import UnitKind
from jinmai.systems.traceability.models import LogisticUnit, Lot, MintBatch
from jinmai.systems.traceability.selectors.stores import item_store

MOST_STEPS = 64


@dataclass(frozen=True)
class ItemWay:
    """One animal: its batch, number in it, box if it lies in one, and its lots back to the hatchery."""

    batch: MintBatch
    number: int
    box: LogisticUnit | None

    @cached_property
    def lots(self) -> list[Lot]:
        """Its lot and all that it was made of, the nearest first."""
        return upstream([self.batch.lot])

    @property
    def origins(self) -> list[Lot]:
        """The lots at the beginning: those that were made of no other."""
        return [lot for lot in self.lots if not lot.inputs.all()]


@dataclass(frozen=True)
class Reach:
    """Everything that was made of a lot, the lot itself included."""

    lots: list[Lot]
    batches: list[MintBatch]
    units: list[LogisticUnit]

    @property
    def animals(self) -> int:
        """How many animals carry a code."""
        return sum(batch.count for batch in self.batches)

    @property
    def serials(self) -> Iterator[tuple[MintBatch, int, str]]:
        """Every animal: its batch, its number in it, its serial as it stands on the label."""
        store = item_store()
        for batch in self.batches:
            for number, serial in enumerate(store.serials(batch.request) or []):
                yield batch, number, serial_letters(serial)


def item_way(gtin: str, serial: str) -> ItemWay | None:
    """The way of the animal with this code, or None if this house never gave it."""
    try:
        found = item_store().find(serial_number(serial))
    except ItemCodeError:
        return None
    if found is None:
        return None
    batch = (
        MintBatch.objects.select_related("lot__product__owner", "lot__site")
        .filter(request=found.batch)
        .first()
    )
    if batch is None or batch.filled_at is None or batch.lot.product.gtin != gtin:
        return None
    box = (
        batch.units.filter(kind=UnitKind.BOX, first__lte=found.number, last__gte=found.number)
        .select_related("site", "packed_by", "bound_for", "parent")
        .first()
    )
    return ItemWay(batch, found.number, box)


def boxes_of(epcs: Iterable[str]) -> list[LogisticUnit]:
    """The boxes in which animals of this house lie, by the canonical names of the animals.

    Names of anything else, and animals that lie in no box, are passed over.
    """
    items = [found for epc in epcs if (found := _item_named(epc))]
    batches = MintBatch.objects.filter(request__in={item.batch for item in items}, filled_at__isnull=False)
    boxes: list[LogisticUnit] = []
    for batch in batches:
        numbers = sorted({item.number for item in items if item.batch == batch.request})
        between = batch.units.filter(kind=UnitKind.BOX, first__lte=numbers[-1], last__gte=numbers[0])
        boxes += [
            box
            for box in between.order_by("first")
            if box.first is not None and box.last is not None and _any_between(numbers, box.first, box.last)
        ]
    return boxes


def _item_named(epc: str) -> Item | None:
    elements = elements_of(epc)
    try:
        return item_store().find(serial_number(elements["21"])) if elements and "21" in elements else None
    except ItemCodeError:
        return None


def _any_between(ordered: list[int], first: int, last: int) -> bool:
    at = bisect_left(ordered, first)
    return at < len(ordered) and ordered[at] <= last


def upstream(lots: Iterable[Lot]) -> list[Lot]:
    """These lots and all that they were made of, the nearest first."""
    return _walk(lots, "lot_id", "source_id")


def downstream(lots: Iterable[Lot]) -> list[Lot]:
    """These lots and all that was made of them, the nearest first."""
    return _walk(lots, "source_id", "lot_id")


def reach(lot: Lot) -> Reach:
    """Everything that was made of a lot: lots, mint batches, boxes and the pallets they stand on."""
    lots = downstream([lot])
    batches = list(MintBatch.objects.filter(lot__in=lots).select_related("lot__product").order_by("pk"))
    boxes = Q(lot__in=lots)
    pallets = Q(children__lot__in=lots)
    units = (
        LogisticUnit.objects.filter(boxes | pallets)
        .select_related("lot__product", "site__owner", "bound_for__owner", "parent")
        .distinct()
        .order_by("sscc")
    )
    return Reach(lots, batches, list(units))


def animals_with_codes(lots: QuerySet[Lot]) -> int:
    """How many animals of these lots carry a code of their own."""
    total = MintBatch.objects.filter(lot__in=lots, filled_at__isnull=False).aggregate(total=Sum("count"))
    return total["total"] or 0


def serial_letters(serial: int) -> str:
    """Fifty bits as the ten letters that stand on a label."""
    return "".join(CROCKFORD[serial >> 5 * place & 31] for place in reversed(range(SERIAL_LETTERS)))


def _walk(lots: Iterable[Lot], here: str, there: str) -> list[Lot]:
    """Lots reached over inputs in one question to the database, the nearest first."""
    begin = list(dict.fromkeys(lot.pk for lot in lots))
    if not begin:
        return []
    # PostgreSQL takes a bare number for an integer of four bytes and refuses the keys that are joined to it.
    marks = ", ".join(["(CAST(%s AS bigint), 0)"] * len(begin))
    # A chain has some ten steps; the bound ends a walk that a damaged table sends round and round.
    question = f"""
        WITH RECURSIVE walk(lot, step) AS (
            SELECT * FROM (VALUES {marks}) AS begun
            UNION
            SELECT edge.{there}, walk.step + 1 FROM walk
            JOIN traceability_lotinput AS edge ON edge.{here} = walk.lot
            WHERE walk.step < {MOST_STEPS}
        )
        SELECT lot, min(step) FROM walk GROUP BY lot ORDER BY min(step), lot"""  # noqa: S608 - own names
    with connection.cursor() as cursor:
        cursor.execute(question, begin)
        order = [pk for pk, _step in cursor.fetchall()]
    known = (
        Lot.objects.select_related("product__owner", "site__owner").prefetch_related("inputs").in_bulk(order)
    )
    return [known[pk] for pk in order]
