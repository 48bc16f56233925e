"""How often the codes of a lot were scanned, for the firm whose lot it is."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Q, Sum

from jinmai.systems.traceability.models import Lot, ScannedItem


class Scans(NamedTuple):
    """Animals whose code was scanned, scans of them, first claims, and animals with a conflict."""

    animals: int
    scans: int
    claimed: int
    conflicts: int


def scans_of(lot: Lot) -> Scans | None:
    """The counts of a lot; None where nobody scanned any of its codes yet."""
    counted = ScannedItem.objects.filter(batch__lot=lot).aggregate(
        animals=Count("pk"),
        scans=Sum("scans"),
        claimed=Count("pk", filter=Q(claimed_at__isnull=False)),
        conflicts=Count("pk", filter=~Q(conflicts={})),
    )
    if not counted["animals"]:
        return None
    return Scans(counted["animals"], counted["scans"] or 0, counted["claimed"], counted["conflicts"])
