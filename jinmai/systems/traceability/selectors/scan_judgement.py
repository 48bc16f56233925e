"""Whether the scans of a code fit one animal. The signature says who made a label, this if it was copied.

A copied label carries a signature that holds: only where and when it is seen gives it away. Places are
cells of a tenth of a degree or unknown, and an unknown place judges nothing. One long move is what a gift
does; two, back and forth, are what two packs under one code do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Final

from jinmai.systems.traceability.choices import ScanRule

EARTH_KM: Final = 6371.0
# The corner of one cell lies up to this far from that of the next: so much of a distance proves nothing.
CELL_KM: Final = 16.0
FAR_KM: Final = 150.0
FASTEST_KMH: Final = 900.0
STAYS_KEPT: Final = 12
MOVES_OF_A_COPY: Final = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in tenths of a degree (WGS 84): about ten kilometres, never an address."""

    latitude: int
    longitude: int

    @classmethod
    def around(cls, latitude: float, longitude: float) -> Cell:
        """The cell of a point. Raises ``ValueError`` for one that is not on Earth."""
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError("no place on Earth")
        return cls(round(latitude * 10), round(longitude * 10))

    def km_to(self, other: Cell) -> float:
        """The least distance between points of the two cells, in kilometres."""
        north, south = radians(self.latitude / 10), radians(other.latitude / 10)
        half = sin((south - north) / 2) ** 2
        half += cos(north) * cos(south) * sin(radians(other.longitude - self.longitude) / 20) ** 2
        return max(0.0, 2 * EARTH_KM * asin(sqrt(min(1.0, half))) - CELL_KM)


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody saw the code at a place."""

    at: datetime
    cell: Cell

    def as_row(self) -> list[str | int]:
        """For the database."""
        return [self.at.isoformat(), self.cell.latitude, self.cell.longitude]

    @classmethod
    def of_row(cls, row: list[str | int]) -> Stay:
        """From the database."""
        return cls(datetime.fromisoformat(str(row[0])), Cell(int(row[1]), int(row[2])))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a code before this scan."""

    stays: tuple[Stay, ...] = ()
    moves: int = 0
    left: bool = True
    claimed: Stay | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rules that this scan breaks, and what to remember."""

    broken: tuple[ScanRule, ...]
    stays: tuple[Stay, ...]
    moves: int


def judge(known: Known, at: datetime, cell: Cell | None) -> Judgement:
    """Judge one more scan at ``at``; ``cell`` None is an unknown place."""
    broken = []
    if not known.left:
        broken.append(ScanRule.BEFORE_SHIPPING)
    if cell is None:
        return Judgement(tuple(broken), known.stays, known.moves)
    here, moves = Stay(at, cell), known.moves
    last = known.stays[-1] if known.stays else None
    if last is not None and last.cell.km_to(cell) > FAR_KM:
        moves += 1
        if moves >= MOVES_OF_A_COPY:
            broken.append(ScanRule.MOVED_TWICE)
    if any(_impossible(stay, here) for stay in known.stays):
        broken.append(ScanRule.IMPOSSIBLE_TRAVEL)
    if known.claimed is not None and known.claimed.cell.km_to(cell) > FAR_KM:
        broken.append(ScanRule.AFTER_CLAIM)
    return Judgement(tuple(broken), _remembered(known.stays, here), moves)


def _impossible(one: Stay, other: Stay) -> bool:
    kilometres = one.cell.km_to(other.cell)
    hours = abs((other.at - one.at).total_seconds()) / 3600
    return kilometres > FAR_KM and kilometres > FASTEST_KMH * hours


def _remembered(stays: tuple[Stay, ...], here: Stay) -> tuple[Stay, ...]:
    """The last stays; further scans at the same place only renew its last sight."""
    if len(stays) > 1 and stays[-1].cell == here.cell and stays[-2].cell == here.cell:
        stays = stays[:-1]
    return (*stays, here)[-STAYS_KEPT:]
