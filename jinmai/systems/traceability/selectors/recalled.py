"""Every animal of a recall with the box it lies in and who has that now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinmai.systems.traceability.choices import UnitKind
from jinmai.systems.traceability.models import LogisticUnit, Lot
from jinmai.systems.traceability.selectors.trace import Reach


@dataclass(frozen=True, slots=True)
class RecalledAnimal:
    """One animal; ``box`` None: it has a code and lies in no box yet."""

    lot: Lot
    serial: str
    box: LogisticUnit | None


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
