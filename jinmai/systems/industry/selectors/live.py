"""What devices say now: last values with their age, marks for what is stale or beyond a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, cast

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jinmai.core.web.api import LiveValue, formats, name_of, remembered
from jinmai.systems.industry.choices import Clock, Direction, PropertyKind
from jinmai.systems.industry.models import AlarmRule, Device, Plant, Property
from jinmai.systems.industry.selectors import telemetry
from jinmai.systems.industry.selectors.stores import last_values

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A value may miss two of its turns before it is called stale, and short intervals get time to travel.
TURNS = 3
SHORTEST_PATIENCE = timedelta(seconds=15)


@dataclass(frozen=True)
class Reading:
    """The last value of one property of one device. ``value`` None: nothing was ever sent."""

    device: Device
    tag: Property
    value: Decimal | None
    state: StrOrPromise
    time: datetime | None
    stale: bool
    age: timedelta | None
    beyond: AlarmRule | None

    @property
    def key(self) -> str:
        """Its name in the stream of live values."""
        return f"{self.device.pk}.{self.tag.key}"

    @property
    def shown(self) -> LiveValue:
        """The value as the page shows it."""
        if self.value is None:
            return LiveValue(None, None, tone="absent")
        tone: Literal["", "alarm", "attention"] = (
            "alarm" if self.beyond else "attention" if self.stale else ""
        )
        if self.state:
            return LiveValue(self.state, self.time, tone=tone)
        return LiveValue(self.value, self.time, telemetry.decimals(self.tag), tone)

    @property
    def mark(self) -> LiveValue:
        """The words beside the value that say why it is marked; colour never alone carries it."""
        if self.beyond:
            words = _above if self.beyond.direction == Direction.ABOVE else _below
            return LiveValue(words(self.beyond.threshold, self.tag))
        if self.stale and self.age is not None:
            return LiveValue(_silent(self.age))
        return LiveValue("")


@dataclass(frozen=True)
class DeviceNow:
    """One device with its readings; online while its newest value is young enough for its sampling."""

    device: Device
    readings: tuple[Reading, ...]

    @property
    def newest(self) -> datetime | None:
        """The moment of its newest value."""
        return max((one.time for one in self.readings if one.time), default=None)

    @property
    def online(self) -> bool:
        """Whether its newest value is younger than its quickest property allows."""
        ages = [one.age for one in self.readings if one.age is not None]
        return bool(ages) and min(ages) <= min(patience(one.tag) for one in self.readings)

    @property
    def contact(self) -> LiveValue:
        """Whether it is online, in a word; moves while nothing comes, too."""
        return (
            LiveValue(_("online"), tone="good") if self.online else LiveValue(_("silent"), tone="attention")
        )

    @property
    def historic(self) -> bool:
        """Whether its times are those of a past period."""
        return self.device.plant.clock == Clock.HISTORY


def devices_of(plants: Iterable[Plant]) -> list[Device]:
    """The enabled devices of plants with everything their readings need; kept some seconds.

    What a device is and measures changes by the city pack only; what it says is never kept here.
    """
    keys = tuple(plant.pk for plant in plants)
    rows = Device.objects.filter(plant__in=keys, enabled=True)
    return remembered(("devices", keys), lambda: list(with_readings(rows)), unchanged=timezone.now)


def with_readings(devices: QuerySet[Device]) -> QuerySet[Device]:
    """Devices with the plant, thing model and names of states that their readings are shown by."""
    return devices.select_related("plant", "product_type").prefetch_related(
        Prefetch("product_type__properties", queryset=Property.objects.prefetch_related("states"))
    )


def devices_now(devices: Sequence[Device], now: datetime | None = None) -> list[DeviceNow]:
    """The devices with their last values; ``now`` is for tests."""
    now = now or timezone.now()
    limits = _limits(devices)
    store = last_values()
    found = []
    for device in devices:
        last = store.get(device.pk)
        readings = []
        for one in device.product_type.properties.all():
            kept = last.get(one.key)
            value = telemetry.value(kept.value, one) if kept else None
            time = kept.time if kept else None
            age = now - time if time else None
            readings.append(
                Reading(
                    device=device,
                    tag=one,
                    value=value,
                    state=_state_name(one, value),
                    time=time,
                    stale=age is not None and device.plant.clock == Clock.LIVE and age > patience(one),
                    age=age,
                    beyond=_beyond(limits, device, one, value),
                )
            )
        found.append(DeviceNow(device, tuple(readings)))
    return found


def patience(one: Property) -> timedelta:
    """The age from which a value is stale."""
    return max(SHORTEST_PATIENCE, timedelta(seconds=one.sampling_seconds) * TURNS)


def stream(found: Sequence[DeviceNow]) -> dict[str, LiveValue]:
    """All readings with their marks and whether devices are online, by the keys of the page's elements."""
    values: dict[str, LiveValue] = {}
    for one in found:
        for reading in one.readings:
            values[reading.key] = reading.shown
            values[f"{reading.key}.mark"] = reading.mark
        if one.newest:
            values[f"{one.device.pk}.online"] = one.contact
    values["online"] = LiveValue(online_words(found))
    return values


def online_words(found: Sequence[DeviceNow]) -> StrOrPromise:
    """How many of these devices are online, in words."""
    return _count_words(sum(one.online for one in found), len(found))


def _limits(devices: Sequence[Device]) -> dict[int, list[AlarmRule]]:
    """Enabled alarm rules by property, those of the devices' plants and those of all plants."""
    plants = frozenset(device.plant_id for device in devices)
    types = frozenset(device.product_type_id for device in devices)
    rows = AlarmRule.objects.filter(
        Q(plant__in=plants) | Q(plant__isnull=True), enabled=True, property__product_type__in=types
    )
    # The ingest takes a changed rule over within seconds too.
    found = remembered(("limits", plants, types), lambda: list(rows), unchanged=timezone.now, seconds=2.0)
    rules: dict[int, list[AlarmRule]] = {}
    for rule in found:
        rules.setdefault(rule.property_id, []).append(rule)
    return rules


def _beyond(
    limits: dict[int, list[AlarmRule]], device: Device, one: Property, value: Decimal | None
) -> AlarmRule | None:
    """The first limit that the value is beyond."""
    if value is None:
        return None
    for rule in limits.get(one.pk, ()):
        if rule.plant_id not in {None, device.plant_id}:
            continue
        if value > rule.threshold if rule.direction == Direction.ABOVE else value < rule.threshold:
            return rule
    return None


def _state_name(one: Property, value: Decimal | None) -> StrOrPromise:
    if one.kind != PropertyKind.STATE or value is None:
        return ""
    return next((name_of(each) for each in one.states.all() if each.value == value), "")


def _spell_limit(words: StrOrPromise, threshold: Decimal, one: Property) -> str:
    return str(words) % {"limit": formats.quantity(threshold, one.unit, telemetry.decimals(one))}


def _spell_age(words: StrOrPromise, age: timedelta) -> str:
    return str(words) % {"age": formats.span(age)}


def _spell_count(online: int, devices: int) -> str:
    words = ngettext(
        "%(online)d of %(devices)d device online", "%(online)d of %(devices)d devices online", devices
    )
    return words % {"online": online, "devices": devices}


_count_words = cast("Callable[..., StrOrPromise]", lazy(_spell_count, str))
_limit_words = cast("Callable[..., StrOrPromise]", lazy(_spell_limit, str))
_age_words = cast("Callable[..., StrOrPromise]", lazy(_spell_age, str))


def _above(threshold: Decimal, one: Property) -> StrOrPromise:
    return _limit_words(_("above %(limit)s"), threshold, one)


def _below(threshold: Decimal, one: Property) -> StrOrPromise:
    return _limit_words(_("below %(limit)s"), threshold, one)


def _silent(age: timedelta) -> StrOrPromise:
    return _age_words(_("silent for %(age)s"), age)
