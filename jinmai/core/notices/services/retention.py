"""Removes messages after a year: the facts that they told stand in the ledger."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from jinmai.core.notices.choices import DeliveryState
from jinmai.core.notices.models import Message

KEEP = timedelta(days=366)
AT_ONCE = 500


def remove_old() -> int:
    """Remove in small transactions; nothing that still waits to be delivered. Returns how many."""
    removed = 0
    old = (
        Message.objects.filter(created_at__lt=timezone.now() - KEEP)
        .exclude(deliveries__state=DeliveryState.WAITING)
        .order_by()
    )
    while some := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        Message.objects.filter(pk__in=some).delete()
        removed += len(some)
    return removed
