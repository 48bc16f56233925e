"""The tiles of the big screen: sums over the whole city, no firm named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jinmai.core.web.api import Share, Tile, remembered
from jinmai.core.web.api import city as the_city
from jinmai.systems.industry.choices import AlarmState, Clock, Quantity
from jinmai.systems.industry.models import Alarm, Plant
from jinmai.systems.industry.selectors import city
from jinmai.systems.industry.selectors.bureau import division_words
from jinmai.systems.industry.selectors.coverage import percent
from jinmai.systems.industry.selectors.live import DeviceNow, devices_now, devices_of

PERMISSION = "web.view_screen"
# From this age a number is marked as stale; last values come every second, figures of the lake every few.
PATIENCE = timedelta(seconds=30)
MOST_SHARES = 3


def power_now() -> Tile:
    """Active power of all live plants together, by district; it moves with the last values."""
    powers: list[tuple[str, Decimal, datetime]] = []
    for one in _devices():
        powers += _fresh_powers(one)
    by_district: dict[str, Decimal] = {}
    for district, power, _at in powers:
        by_district[district] = by_district.get(district, Decimal(0)) + power
    codes = [district.code for district in the_city().districts]
    lived_in = {plant.district_code for plant in _live_plants()}
    return Tile(
        value=sum((power for _, power, _at in powers), Decimal(0)) if powers else None,
        label=_("Power now"),
        unit="kW",
        as_of=max((at for _, _power, at in powers), default=None),
        href=reverse("industry:bureau"),
        icon="pulse",
        decimals=0,
        permission=PERMISSION,
        illustrative=_illustrative(),
        # Where no plant is connected nothing flows: nought, as on the portal; a dash is a plant unheard.
        districts={code: _whole(by_district.get(code)) if code in lived_in else 0 for code in codes},
        doors={code: f"{reverse('industry:bureau_plants')}?district={code}" for code in codes},
        trail=city.power_by_minute(),
        patience=PATIENCE,
    )


def plants_online_rate() -> Tile:
    """Live plants of which a device is heard, in percent of all live plants."""
    live = {plant.pk for plant in _live_plants()}
    found = _devices()
    online = {one.device.plant_id for one in found if one.online}
    return Tile(
        value=percent(len(online), len(live)),
        label=_("Plants online"),
        unit="%",
        as_of=max((one.newest for one in found if one.newest), default=None),
        href=reverse("industry:bureau"),
        icon="factory",
        decimals=0 if len(online) == len(live) else 1,
        tone="attention" if len(online) < len(live) else "",
        note=f"{len(online)} / {len(live)}",
        permission=PERMISSION,
        illustrative=_illustrative(),
    )


def energy_today() -> Tile:
    """Energy of all live plants since local midnight, with the last day's hours."""
    total = _sum(use.today for use in city.this_month().values())
    return Tile(
        value=None if total is None else total.quantize(Decimal(1), ROUND_HALF_EVEN),
        label=_("Energy today"),
        unit="kWh",
        spoken=True,
        as_of=timezone.now() if total is not None else None,
        href=reverse("industry:bureau"),
        icon="bolt",
        permission=PERMISSION,
        trail=city.energy_by_hour(),
        patience=PATIENCE,
    )


def carbon_this_month() -> Tile:
    """Carbon dioxide of all live plants since the first of the month."""
    total = _sum(use.tonnes for use in city.this_month().values())
    return Tile(
        value=total,
        label=_("CO₂ this month"),
        unit="t",
        as_of=timezone.now() if total is not None else None,
        href=reverse("industry:bureau_industries"),
        icon="leaf",
        decimals=1,
        permission=PERMISSION,
        patience=PATIENCE,
    )


def open_alarms() -> Tile:
    """Alarms of live plants that nobody has cleared, and how many nobody has acknowledged."""
    states = list(Alarm.objects.exclude(state=AlarmState.CLEARED).values_list("state", flat=True))
    unseen = sum(state == AlarmState.RAISED for state in states)
    return Tile(
        value=len(states),
        label=_("Open alarms"),
        as_of=timezone.now(),
        href=reverse("industry:alarms") + "?state=open",
        icon="alarm",
        tone="alarm" if unseen else "attention" if states else "good",
        note=pgettext_lazy("alarm", "not acknowledged") if unseen else "",
        permission=PERMISSION,
    )


def readings_today() -> Tile:
    """Readings of today that are safely in the lake."""
    return Tile(
        value=city.rows_today(),
        label=_("Readings stored today"),
        as_of=timezone.now(),
        icon="archive",
        permission=PERMISSION,
    )


def coverage_today() -> Tile:
    """Received of expected values of today."""
    share = remembered("screen.coverage", city.coverage_today, unchanged=timezone.now)[0]
    return Tile(
        value=share,
        label=_("Coverage today"),
        unit="%",
        as_of=timezone.now() if share is not None else None,
        href=reverse("industry:bureau"),
        icon="check",
        decimals=1,
        permission=PERMISSION,
    )


def industry_shares() -> Tile | None:
    """How the month's energy is shared out among divisions of GB/T 4754; None before the first reading."""
    uses = city.this_month()
    by_division: dict[str, Decimal] = {}
    for plant in _live_plants():
        use = uses.get(plant.pk)
        if use and use.month:
            code = plant.industry_code[:3]
            by_division[code] = by_division.get(code, Decimal(0)) + use.month
    total = sum(by_division.values(), Decimal(0))
    if not total:
        return None
    largest = sorted(by_division.items(), key=lambda each: -each[1])[:MOST_SHARES]
    return Tile(
        value=total.quantize(Decimal(1), ROUND_HALF_EVEN),
        label=_("Energy share this month"),
        unit="kWh",
        as_of=timezone.now(),
        href=reverse("industry:bureau_industries"),
        icon="chart",
        permission=PERMISSION,
        shares=[Share(division_words(code), float(part / total)) for code, part in largest],
        patience=PATIENCE,
    )


def _devices() -> list[DeviceNow]:
    """All devices of live plants with their last values."""
    return devices_now(devices_of(_live_plants()))


def _live_plants() -> list[Plant]:
    rows = Plant.objects.filter(clock=Clock.LIVE)
    return remembered("screen.plants", lambda: list(rows), unchanged=timezone.now)


def _illustrative() -> bool:
    return any(plant.illustrative for plant in _live_plants())


def _fresh_powers(one: DeviceNow) -> list[tuple[str, Decimal, datetime]]:
    district = one.device.plant.district_code
    return [
        (district, reading.value, reading.time)
        for reading in one.readings
        if reading.tag.quantity == Quantity.ACTIVE_POWER
        and reading.value is not None
        and reading.time is not None
        and not reading.stale
    ]


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _whole(power: Decimal | None) -> int | None:
    return None if power is None else int(power.quantize(Decimal(1), ROUND_HALF_EVEN))
