"""Refused payloads: how many, why, of whom, and where the fault stands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Sum
from django.utils import timezone

from jinmai.core.access.api import reach, visible
from jinmai.core.web.api import remembered
from jinmai.systems.industry.models import Device, QuarantineCount, QuarantinedPayload

if TYPE_CHECKING:
    from jinmai.core.access.api import User

PERMISSION = "industry.view_quarantine"


def payloads_for(user: User) -> QuerySet[QuarantinedPayload]:
    """Kept excerpts that a person may see; those of unknown devices only for who sees the whole city."""
    return visible(user, PERMISSION, QuarantinedPayload.objects.select_related("device__plant"))


def payload_by_id(pk: int) -> QuarantinedPayload:
    """One kept excerpt. Raises ``QuarantinedPayload.DoesNotExist``."""
    return QuarantinedPayload.objects.select_related("device__plant__owner").get(pk=pk)


def counts_for(user: User, since: date) -> list[tuple[str, int]]:
    """Reasons with the number of payloads refused since a day, the most frequent first."""
    counts = QuarantineCount.objects.filter(day__gte=since)
    if not reach(user, PERMISSION).city:
        own = visible(user, "industry.view_device", Device.objects.all()).values("key")
        counts = counts.filter(claimed__in=own)
    rows = counts.order_by().values("reason").annotate(number=Sum("payloads")).order_by("-number")
    return [(row["reason"], row["number"]) for row in rows]


def refused_since(devices: list[Device], since: date) -> int:
    """How many payloads of these devices were refused since a day."""
    keys = tuple(device.key for device in devices)
    rows = QuarantineCount.objects.filter(claimed__in=keys, day__gte=since)
    return remembered(
        ("refused", keys, since),
        lambda: int(rows.aggregate(number=Sum("payloads"))["number"] or 0),
        unchanged=timezone.now,
    )
