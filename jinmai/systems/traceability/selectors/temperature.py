"""Temperatures: which limit holds, what stood where a logger measured, and what was too warm for too long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet

from jinmai.core.access.api import User, visible
from jinmai.core.register.api import Thing, facts_as_of
from jinmai.systems.traceability.models import (
    Excursion,
    LogisticUnit,
    Lot,
    TemperatureLogger,
    TemperatureReading,
)

# Beyond such a pause between two readings nobody knows what was in between: a run of warm readings ends.
LONGEST_PAUSE: Final = timedelta(hours=2)


@dataclass(frozen=True)
class TemperatureLimit:
    """The warmest that is allowed (0.01 °C), and how many minutes beyond it are tolerated."""

    most: int
    tolerated_minutes: int


@dataclass(frozen=True)
class WarmRun:
    """Readings in a row beyond the limit."""

    began_at: datetime
    ended_at: datetime
    warmest: int

    @property
    def minutes(self) -> float:
        """From the first to the last of them."""
        return (self.ended_at - self.began_at).total_seconds() / 60


def temperature_limit(form: str, day: date) -> TemperatureLimit | None:
    """The limit in force on ``day`` for animals of a form; None where the register states none.

    They are the facts ``storage_temperature`` and ``storage_minutes`` about the thing ``sea-cucumber-FORM``.
    """
    thing = Thing.objects.filter(key=f"sea-cucumber-{form}").first()
    if thing is None:
        return None
    stated: dict[str, Decimal] = {}
    for fact in facts_as_of(thing, effective=day):
        if fact.number is not None:
            stated.setdefault(fact.kind.key, Decimal(fact.number).scaleb(-fact.kind.decimals))
    most = stated.get("storage_temperature")
    if most is None:
        return None
    return TemperatureLimit(int(most * 100), int(stated.get("storage_minutes", Decimal(0))))


def warm_runs(readings: Iterable[tuple[datetime, int]], most: int) -> list[WarmRun]:
    """The runs of readings beyond ``most``, in the order of time; a long pause ends one."""
    runs: list[WarmRun] = []
    before: datetime | None = None
    for at, value in readings:
        if value <= most:
            before = None
            continue
        if before is not None and at - before <= LONGEST_PAUSE:
            runs[-1] = WarmRun(runs[-1].began_at, at, max(runs[-1].warmest, value))
        else:
            runs.append(WarmRun(at, at, value))
        before = at
    return runs


def loggers_for(user: User) -> QuerySet[TemperatureLogger]:
    """The loggers that somebody may see."""
    rows = TemperatureLogger.objects.select_related("site__owner", "unit")
    return visible(user, "traceability.view_logger", rows)


def logger_by_serial(serial: str) -> TemperatureLogger:
    """One logger. Raises ``TemperatureLogger.DoesNotExist``."""
    return TemperatureLogger.objects.select_related("site__owner", "unit").get(serial=serial)


def last_readings(logger: TemperatureLogger, count: int) -> list[TemperatureReading]:
    """The newest readings in the order of time."""
    return list(logger.readings.order_by("-at")[:count])[::-1]


@dataclass(frozen=True)
class LainThere:
    """A lot of which boxes lay where it was too warm."""

    lot: Lot
    boxes: list[LogisticUnit]

    @property
    def animals(self) -> int:
        """How many animals with a code lie in them."""
        return sum(box.animals for box in self.boxes)


def lain_there(excursion: Excursion) -> list[LainThere]:
    """What lay there by lots, the lot with most boxes first; boxes know the pallet they stood on."""
    found: dict[int, LainThere] = {}
    boxes = excursion.units.filter(lot__isnull=False).select_related("lot__product", "parent")
    for box in boxes.order_by("sscc"):
        if box.lot is not None:
            found.setdefault(box.lot.pk, LainThere(box.lot, [])).boxes.append(box)
    return sorted(found.values(), key=lambda one: (-len(one.boxes), one.lot.code))


def excursions_of_unit(unit: LogisticUnit) -> QuerySet[Excursion]:
    """Where a box was too warm, or the pallet that it stands on."""
    held = Q(units=unit) | Q(units=unit.parent_id) if unit.parent_id else Q(units=unit)
    return Excursion.objects.filter(held).select_related("logger__site", "finding").distinct()


def excursions_of_lot(lot: Lot) -> QuerySet[Excursion]:
    """Where boxes of a lot were too warm."""
    rows = Excursion.objects.filter(units__lot=lot)
    return rows.select_related("logger__site", "finding").distinct()
