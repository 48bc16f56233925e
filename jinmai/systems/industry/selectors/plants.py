"""Plants that a person may see, each with its state and the next step that it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet
from django.utils import timezone

from jinmai.core.access.api import visible
from jinmai.core.register.api import Party
from jinmai.core.web.api import remembered
from jinmai.systems.industry.choices import AlarmState, Clock, PropertyKind, Quantity
from jinmai.systems.industry.models import Alarm, Device, Plant
from jinmai.systems.industry.selectors import telemetry
from jinmai.systems.industry.selectors.live import DeviceNow, devices_now, devices_of, online_words
from jinmai.systems.industry.selectors.periods import Period, period_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from jinmai.core.access.api import User


@dataclass(frozen=True)
class PlantNow:
    """A plant as a list shows it. ``kwh_today`` None: no meter, or nothing received today."""

    plant: Plant
    devices: tuple[DeviceNow, ...]
    open_alarms: int
    unacknowledged: int
    kwh_today: Decimal | None

    @property
    def online(self) -> int:
        """Devices whose values are fresh."""
        return sum(one.online for one in self.devices)

    @property
    def online_words(self) -> StrOrPromise:
        """How many of its devices are online."""
        return online_words(self.devices)

    @property
    def newest(self) -> datetime | None:
        """The moment of the newest value."""
        return max((one.newest for one in self.devices if one.newest), default=None)

    @property
    def historic(self) -> bool:
        """Whether it shows a past period."""
        return self.plant.clock == Clock.HISTORY


def plants_for(user: User) -> QuerySet[Plant]:
    """The plants that a person may see."""
    return visible(user, "industry.view_plant", Plant.objects.select_related("owner"))


def plant_by_key(key: str) -> Plant:
    """One plant. Raises ``Plant.DoesNotExist``."""
    return Plant.objects.select_related("owner").get(key=key)


def party_of(plant: Plant, reader: User) -> Party | None:
    """The plant's firm in the register; None where it is not there, or not for this reader."""
    party = Party.objects.filter(code=plant.owner.code).first()
    return party if party and reader.has_perm("register.view_party", party) else None


def device_by_key(key: str) -> Device:
    """One device with its plant and thing model. Raises ``Device.DoesNotExist``."""
    return Device.objects.select_related("plant__owner", "product_type").get(key=key)


def plants_now(plants: Iterable[Plant]) -> list[PlantNow]:
    """The plants with their devices, alarms and today's energy, in a fixed number of queries."""
    plants = list(plants)
    by_plant: dict[int, list[DeviceNow]] = {}
    for one in devices_now(devices_of(plants)):
        by_plant.setdefault(one.device.plant_id, []).append(one)
    counted = _alarm_counts(plants)
    energy = energy_today()
    return [
        PlantNow(
            plant=plant,
            devices=tuple(by_plant.get(plant.pk, ())),
            open_alarms=sum(counted.get(plant.pk, {}).values()),
            unacknowledged=counted.get(plant.pk, {}).get(AlarmState.RAISED, 0),
            kwh_today=energy.get(plant.pk),
        )
        for plant in plants
    ]


def energy_today() -> Mapping[int, Decimal]:
    """Energy of the local day so far in kWh by plant, for all live plants; kept a few seconds."""
    today = period_of("day", timezone.localdate())
    return remembered(("today", today), lambda: _energy(today), unchanged=timezone.now)


def _energy(period: Period) -> dict[int, Decimal]:
    devices = list(
        Device.objects.filter(plant__clock=Clock.LIVE)
        .select_related("product_type")
        .prefetch_related("product_type__properties")
    )
    by_table: dict[str, list[Device]] = {}
    for device in devices:
        by_table.setdefault(device.product_type.table, []).append(device)
    sums: dict[int, Decimal] = {}
    for table, found in by_table.items():
        _add_energy(sums, table, found, period)
    return sums


def _add_energy(sums: dict[int, Decimal], table: str, devices: Sequence[Device], period: Period) -> None:
    meters = [
        one
        for one in devices[0].product_type.properties.all()
        if one.quantity == Quantity.ENERGY and one.kind == PropertyKind.INTERVAL_TOTAL
    ]
    plant_of = {device.pk: device.plant_id for device in devices}
    keys = [one.key for one in meters]
    frame = telemetry.buckets(table, keys, list(plant_of), period, timedelta(days=1))
    for one in meters:
        for device, scaled in frame.select("device", f"{one.key}_sum").drop_nulls().iter_rows():
            plant = plant_of[device]
            sums[plant] = sums.get(plant, Decimal(0)) + scaled * one.resolution


def _alarm_counts(plants: Sequence[Plant]) -> dict[int, dict[str, int]]:
    """Open alarms by plant and state; kept for a second, for pages are asked for more often."""
    keys = tuple(plant.pk for plant in plants)
    return remembered(
        ("alarm counts", keys), lambda: _count_alarms(keys), unchanged=timezone.now, seconds=1.0
    )


def _count_alarms(plants: tuple[int, ...]) -> dict[int, dict[str, int]]:
    rows = (
        Alarm.objects.filter(device__plant__in=plants)
        .exclude(state=AlarmState.CLEARED)
        .order_by()
        .values_list("device__plant", "state")
        .annotate(number=Count("pk"))
    )
    counted: dict[int, dict[str, int]] = {}
    for plant, state, number in rows:
        counted.setdefault(plant, {})[state] = number
    return counted
