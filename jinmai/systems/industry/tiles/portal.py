"""The living numbers of this system on the portal. They count the whole city and name no firm."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jinmai.core.web.api import Tile, remembered
from jinmai.systems.industry.choices import AlarmState, Clock
from jinmai.systems.industry.models import Alarm, Plant
from jinmai.systems.industry.selectors import plants as plant_reads
from jinmai.systems.industry.selectors.live import patience
from jinmai.systems.industry.selectors.stores import last_values


def plants_online() -> Tile:
    """Live plants of which at least one device is heard, by district."""
    return remembered("tile.plants_online", _plants_online, unchanged=timezone.now, seconds=2.0)


def energy_today() -> Tile:
    """Energy of all live plants since local midnight."""
    return remembered("tile.energy_today", _energy_today, unchanged=timezone.now, seconds=2.0)


def open_alarms() -> Tile:
    """Alarms that nobody has cleared, and how many of them nobody has acknowledged."""
    return remembered("tile.open_alarms", _open_alarms, unchanged=timezone.now, seconds=2.0)


def _plants_online() -> Tile:
    now = timezone.now()
    live = list(Plant.objects.filter(clock=Clock.LIVE).prefetch_related("devices__product_type__properties"))
    newest: datetime | None = None
    online: list[Plant] = []
    for plant in live:
        heard = [_heard(device.pk) for device in plant.devices.all() if device.enabled]
        times = [time for time in heard if time]
        waits = [
            patience(one) for device in plant.devices.all() for one in device.product_type.properties.all()
        ]
        newest = max([*times, *([newest] if newest else [])], default=None)
        if times and now - max(times) <= min(waits):
            online.append(plant)
    return Tile(
        value=len(online),
        label=_("Plants online"),
        unit=_of(len(live)),
        as_of=newest,
        href=reverse("industry:overview"),
        icon="factory",
        tone="attention" if len(online) < len(live) else "",
        public=True,
        illustrative=any(plant.illustrative for plant in live),
        districts=Counter(plant.district_code for plant in online),
    )


def _heard(device: int) -> datetime | None:
    return max((one.time for one in last_values().get(device).values()), default=None)


def _of(number: int) -> str:
    return f"/ {number}"


def _energy_today() -> Tile:
    sums = plant_reads.energy_today()
    total = sum(sums.values(), Decimal(0)).quantize(Decimal(1), ROUND_HALF_EVEN) if sums else None
    return Tile(
        value=total,
        label=_("Energy today"),
        unit="kWh",
        as_of=timezone.now() if sums else None,
        href=reverse("industry:overview"),
        icon="bolt",
        decimals=0,
        public=True,
        illustrative=Plant.objects.filter(clock=Clock.LIVE, illustrative=True).exists(),
    )


def _open_alarms() -> Tile:
    waiting = Alarm.objects.exclude(state=AlarmState.CLEARED)
    raised = waiting.filter(state=AlarmState.RAISED)
    number, unseen = waiting.count(), raised.count()
    oldest = raised.aggregate(Min("raised_at"))["raised_at__min"]
    return Tile(
        value=number,
        label=_("Open alarms"),
        as_of=oldest or timezone.now(),
        href=reverse("industry:alarms") + "?open=1",
        icon="alarm",
        tone="alarm" if unseen else "attention" if number else "good",
        note=pgettext_lazy("alarm", "not acknowledged") if unseen else "",
        permission="industry.view_alarm",
    )
