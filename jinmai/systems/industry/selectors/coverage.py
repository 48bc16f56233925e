"""How complete the readings are: expected, received, late and lost, for each tag of a plant or device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.db.models import Sum
from django.utils import timezone

from jinmai.core.web.api import remembered
from jinmai.systems.industry.models import Device, Property, TagCount
from jinmai.systems.industry.selectors.periods import Period


@dataclass(frozen=True)
class TagCoverage:
    """The counts of one tag over a period. ``share`` is None where nothing was expected."""

    device: Device
    tag: Property
    expected: int
    received: int
    late: int
    lost: int

    @property
    def share(self) -> Decimal | None:
        """Received of expected in percent, rounded down: 100.0 means that nothing is missing."""
        return percent(self.received, self.expected)


@dataclass(frozen=True)
class Coverage:
    """All tags together, and each of them."""

    tags: tuple[TagCoverage, ...]

    @property
    def expected(self) -> int:
        """Values expected of all tags."""
        return sum(one.expected for one in self.tags)

    @property
    def received(self) -> int:
        """Values received."""
        return sum(one.received for one in self.tags)

    @property
    def late(self) -> int:
        """Received, but late."""
        return sum(one.late for one in self.tags)

    @property
    def lost(self) -> int:
        """Expected and not received."""
        return sum(one.lost for one in self.tags)

    @property
    def share(self) -> Decimal | None:
        """Received of expected in percent."""
        return percent(self.received, self.expected)


def percent(part: int, whole: int) -> Decimal | None:
    """Percent with one place, rounded down; None of nothing."""
    if not whole:
        return None
    share = min(Decimal(part) / whole, Decimal(1)) * 100
    return share.quantize(Decimal("0.1"), rounding=ROUND_DOWN)


def coverage(devices: Iterable[Device], period: Period) -> Coverage:
    """The counts of the period's days, in the order of devices and properties; without counts no tag."""
    keys = tuple(device.pk for device in devices)
    return remembered(("coverage", keys, period), lambda: _coverage(keys, period), unchanged=timezone.now)


def _coverage(devices: tuple[int, ...], period: Period) -> Coverage:
    rows = TagCount.objects.filter(device__in=devices, day__gte=period.first, day__lt=period.until)
    found = list(
        rows.order_by()
        .values("device", "property")
        .annotate(
            expected_sum=Sum("expected"),
            received_sum=Sum("received"),
            late_sum=Sum("late"),
            lost_sum=Sum("lost"),
        )
    )
    known = Device.objects.in_bulk({row["device"] for row in found})
    properties = Property.objects.in_bulk({row["property"] for row in found})
    tags = [
        TagCoverage(
            device=known[row["device"]],
            tag=properties[row["property"]],
            expected=row["expected_sum"],
            received=row["received_sum"],
            late=row["late_sum"],
            lost=row["lost_sum"],
        )
        for row in found
    ]
    tags.sort(key=lambda one: (one.device.order, one.device.key, one.tag.order, one.tag.key))
    return Coverage(tuple(tags))
