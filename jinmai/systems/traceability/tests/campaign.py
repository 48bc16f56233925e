"""Invented people who buy, give away and scan packs, and those who copy labels; each seed draws the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from jinmai.systems.traceability.choices import SiteKind
from jinmai.systems.traceability.models import LogisticUnit, Lot, LotInput, MintBatch
from jinmai.systems.traceability.selectors.scan_judgement import FAR_KM, Cell
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import ItemWay, serial_letters
from jinmai.systems.traceability.services.packing import Destination, pack_boxes, receive, ship
from jinmai.systems.traceability.services.scans import Sight, record_scan, tell_place
from jinmai.systems.traceability.tests.chain import Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_organisation, make_site

SOLD = datetime(2026, 10, 1, 2, tzinfo=UTC)
JINZHOU = Cell.around(41.1, 121.1)
CITIES = [
    JINZHOU,
    Cell.around(39.9, 116.4),  # Beijing
    Cell.around(31.2, 121.5),  # Shanghai
    Cell.around(23.1, 113.3),  # Guangzhou
    Cell.around(30.6, 104.1),  # Chengdu
    Cell.around(38.9, 121.6),  # Dalian
    Cell.around(45.8, 126.5),  # Harbin
]


class Town:
    """People who buy, give away and scan, and those who copy labels. Every draw comes from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def near(self, city: Cell) -> Cell:
        """Within about 50 km."""
        return Cell(city.latitude + self.random.randint(-4, 4), city.longitude + self.random.randint(-4, 4))

    def honest(self, home: Cell | None = None) -> Sequence[tuple[datetime, Cell | None]]:
        """One pack: scanned in the shop's city or at ``home``, sometimes given away, rarely carried on."""
        way = [home or self.random.choice(CITIES)]
        luck = self.random.random()
        if luck < 0.12:
            way.append(self.random.choice(CITIES))
        if luck < 0.0005:
            way.append(self.random.choice(CITIES))
        at = SOLD + timedelta(days=self.random.uniform(0, 200))
        scans: list[tuple[datetime, Cell | None]] = []
        for city in way:
            for _ in range(self.random.randint(1, 3)):
                scans.append((at, self.near(city)))
                at += timedelta(hours=self.random.uniform(1, 72))
            at += timedelta(days=self.random.uniform(1, 30))
        return scans

    def copied(self, sold_in: Cell | None = None) -> list[tuple[datetime, Cell | None, bool]]:
        """A genuine pack and three copies sold elsewhere; each scan says whether it was of a copy."""
        scans = [(at, cell, False) for at, cell in self.honest(sold_in)]
        home = scans[0][1]
        assert home is not None
        elsewhere = [city for city in CITIES if city.km_to(home) > FAR_KM]
        for city in self.random.sample(elsewhere, 3):
            for _ in range(self.random.randint(2, 4)):
                at = SOLD + timedelta(days=self.random.uniform(0, 200))
                scans.append((at, self.near(city), True))
        return sorted(scans)


class Animal(NamedTuple):
    """A pack on a shelf: its way, its serial, and the shop's city."""

    way: ItemWay
    serial: str
    city: Cell


@dataclass
class Figures:
    """What came of a campaign, in shares of the labels that it is about."""

    copied: int = 0
    honest: int = 0
    flagged: int = 0
    by_second_told: int = 0
    by_second: int = 0
    alarms: int = 0

    @property
    def said(self) -> dict[str, float]:
        """In percent: copies that were flagged, how early, and honest packs that were."""
        return {
            "flagged": round(100 * self.flagged / self.copied, 2),
            "by the second conflicting scan that told its place": round(
                100 * self.by_second_told / self.copied, 2
            ),
            "by the second conflicting scan of all": round(100 * self.by_second / self.copied, 2),
            "false alarms": round(100 * self.alarms / self.honest, 3),
        }


class Campaign:
    """Animals of one lot on the shelves of a shop in each city, scanned through the database.

    ``told`` is the share of scans whose reader says where they are; the others have no place. ``anywhere``:
    packs go by parcel from one shop to buyers in all cities; ``known`` says that the house knows so.
    """

    def __init__(self, seed: int, told: float, *, anywhere: bool = False, known: bool = True) -> None:
        self.town, self.told, self.anywhere = Town(seed), told, anywhere
        self.mail_order = anywhere and known
        self.figures = Figures()

    def run(self, copied: int, honest: int) -> Figures:
        """Scan so many labels that were copied and so many that were not."""
        for place, animal in enumerate(self._animals(copied + honest)):
            if place < copied:
                self._copied(animal)
            else:
                self._honest(animal)
        return self.figures

    def _animals(self, count: int) -> list[Animal]:
        cities = [JINZHOU] if self.anywhere else CITIES
        each = -(-count // len(cities))
        chain = make_chain(animals=None, grams=None)
        plenty = {"animals": 10**6, "grams": 10**10}
        Lot.objects.filter(pk=chain.harvest.pk).update(**plenty)
        LotInput.objects.filter(lot=chain.processed).update(**plenty)
        batch = mint_batch(chain, each * len(cities))
        found = []
        for city in cities:
            box = self._on_a_shelf(chain, batch, each, city, mail_order=self.mail_order)
            serials = item_store().serials(batch.request, box.first or 0, each) or []
            found += [
                Animal(ItemWay(batch, (box.first or 0) + at, box), serial_letters(serial), city)
                for at, serial in enumerate(serials)
            ]
        self.town.random.shuffle(found)
        return found[:count]

    @staticmethod
    def _on_a_shelf(
        chain: Chain, batch: MintBatch, count: int, city: Cell, *, mail_order: bool
    ) -> LogisticUnit:
        shop = make_site(
            make_organisation(),
            kind=SiteKind.SHOP,
            latitude=round(city.latitude / 10, 5),
            longitude=round(city.longitude / 10, 5),
            mail_order=mail_order,
        )
        packed = SOLD - timedelta(days=9)
        (box,) = pack_boxes(batch=batch, count=count, boxes=1, at=packed, by=chain.by)
        ship(unit=box, to=Destination(shop), at=packed + timedelta(hours=1), by=chain.by)
        return receive(unit=box, site=shop, at=SOLD - timedelta(days=7), by=chain.by)

    def _home(self, animal: Animal) -> Cell:
        return self.town.random.choice(CITIES) if self.anywhere else animal.city

    def _honest(self, animal: Animal) -> None:
        self.figures.honest += 1
        scans = self.town.honest(self._home(animal))
        self.figures.alarms += any(self._scanned(animal, f"h{at}", at, cell)[0] for at, cell in scans)

    def _copied(self, animal: Animal) -> None:
        """Counts the scans that conflict with the one before, of all and of those that told their place."""
        self.figures.copied += 1
        before = before_told = None if self.mail_order else animal.city
        conflicts = conflicts_told = 0
        for at, cell, copy in self.town.copied(self._home(animal)):
            if cell is None:
                raise TypeError("people are somewhere")
            found, told = self._scanned(animal, f"{copy}{at}", at, cell)
            conflicts += before is not None and before.km_to(cell) > FAR_KM
            before = cell
            if told:
                conflicts_told += before_told is not None and before_told.km_to(cell) > FAR_KM
                before_told = cell
            if found:
                self.figures.flagged += 1
                self.figures.by_second_told += conflicts_told <= 2
                self.figures.by_second += conflicts <= 2
                return

    def _scanned(self, animal: Animal, who: str, at: datetime, cell: Cell | None) -> tuple[bool, bool]:
        """As the public page does: the scan counts first, its place is told afterwards or never."""
        visitor = sha256(who.encode()).hexdigest()[:16]
        row = record_scan(way=animal.way, serial=animal.serial, sight=Sight(at, visitor))
        told = self.town.random.random() < self.told
        if told:
            row = tell_place(way=animal.way, serial=animal.serial, sight=Sight(at, visitor, cell))
        return bool(row.conflicts), told
