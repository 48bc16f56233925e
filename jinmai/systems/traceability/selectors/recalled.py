"""Every animal of a recall with the box it lies in and who has that now, as far as a reader may see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from jinmai.core.access.api import User, reach, visible
from jinmai.systems.traceability.choices import UnitKind
from jinmai.systems.traceability.models import LogisticUnit, Lot, LotShipment, Recall
from jinmai.systems.traceability.selectors import trace
from jinmai.systems.traceability.selectors.shipments import shipments_for
from jinmai.systems.traceability.selectors.trace import Reach
from jinmai.systems.traceability.selectors.units import units_for


@dataclass(frozen=True, slots=True)
class RecalledAnimal:
    """One animal; ``box`` None: it has a code and lies in no box yet."""

    lot: Lot
    serial: str
    box: LogisticUnit | None


@dataclass(frozen=True, slots=True)
class Part:
    """What a reader sees of a recall; ``hides``: there is more, at other firms or in other districts."""

    lots: list[Lot]
    units: list[LogisticUnit]
    shipments: list[LotShipment]
    animals: list[RecalledAnimal]
    hides: bool


def part_of(recall: Recall, user: User, *, animals: bool = False) -> Part:
    """What ``user`` may read of a recall, and of its animals if they are wanted.

    Several firms on one chain see only their own part of it, whoever calls back. Authorities must find all of
    what is called back in earnest, also where it left their district; a drill shows them no more than usual.
    """
    found = trace.reach(recall.lot)
    held = reach(user, "traceability.view_recall")
    if held.city or (held.districts and not recall.drill):
        shipments = list(_sent(found))
        return Part(found.lots, found.units, shipments, animals_of(found) if animals else [], hides=False)
    concerned = Lot.objects.filter(pk__in=[lot.pk for lot in found.lots])
    lots = set(visible(user, "traceability.view_lot", concerned).values_list("pk", flat=True))
    holding = Q(lot__in=found.lots) | Q(children__lot__in=found.lots)
    units = set(units_for(user).filter(holding).values_list("pk", flat=True))
    part = Part(
        [lot for lot in found.lots if lot.pk in lots],
        [unit for unit in found.units if unit.pk in units],
        list(shipments_for(user).filter(lot__in=found.lots)),
        [
            row
            for row in (animals_of(found) if animals else [])
            if (row.box.pk in units if row.box else row.lot.pk in lots)
        ],
        hides=False,
    )
    hides = (len(part.lots), len(part.units)) != (len(found.lots), len(found.units))
    return replace(part, hides=hides)


def _sent(found: Reach) -> QuerySet[LotShipment]:
    """What of these lots went to other firms."""
    rows = LotShipment.objects.filter(lot__in=found.lots)
    return rows.select_related("lot__product", "from_site__owner", "to_site__owner")


def animals_of(found: Reach) -> list[RecalledAnimal]:
    """All of them, batch by batch in the order of their codes."""
    boxes: dict[int | None, list[LogisticUnit]] = {}
    for unit in found.units:
        if unit.kind == UnitKind.BOX:
            boxes.setdefault(unit.batch_id, []).append(unit)
    lots = {lot.pk: lot for lot in found.lots}
    places = {batch.pk: _by_number(boxes.get(batch.pk, []), batch.count) for batch in found.batches}
    return [
        RecalledAnimal(lots[batch.lot_id], serial, places[batch.pk][number])
        for batch, number, serial in found.serials
    ]


def _by_number(boxes: list[LogisticUnit], count: int) -> list[LogisticUnit | None]:
    """For each number of a batch its box."""
    placed: list[LogisticUnit | None] = [None] * count
    for first, last, box in _spans(boxes):
        placed[first : last + 1] = [box] * (last - first + 1)
    return placed


def _spans(boxes: list[LogisticUnit]) -> Iterator[tuple[int, int, LogisticUnit]]:
    for box in boxes:
        if box.first is not None and box.last is not None:
            yield box.first, box.last, box
