"""Takes up what a crash, a dead task or a removed one left between two states.

A delivery that waits has a task that will make its next attempt, and messages in a batch one that will make
their deliveries: row and task are kept in one transaction. Where the task is gone all the same, it is
enqueued again; where it is dead, the delivery is dead too and stands where people look for such.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from jinmai.core.notices.channels.outgoing import RefusedError
from jinmai.core.notices.choices import DeliveryState, Reason
from jinmai.core.notices.models import Delivery, Message
from jinmai.core.notices.services.delivering import deliver, give_up
from jinmai.core.notices.services.spreading import spread
from jinmai.core.operations.api import calls_of

OVERDUE = timedelta(minutes=5)
AT_ONCE = 500


def take_up_stranded() -> int:
    """Take up deliveries and batches that nobody will finish. Returns how many."""
    return _deliveries() + _batches()


def _deliveries() -> int:
    overdue = Delivery.objects.filter(
        state=DeliveryState.WAITING, due_at__lt=timezone.now() - OVERDUE
    ).order_by("due_at", "pk")
    rows = list(overdue.select_related("message")[:AT_ONCE])
    calls = calls_of(deliver, [row.pk for row in rows])
    taken_up = 0
    for row in rows:
        known = calls.get((row.pk, row.attempts))
        if known is None:
            taken_up += _try(row)
        elif not known:
            give_up(row, RefusedError(Reason.HOUSE))
            taken_up += 1
    return taken_up


def _try(row: Delivery) -> int:
    """Enqueue the attempt that is due, if nobody else did meanwhile."""
    with transaction.atomic():
        held = Delivery.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if (held.state, held.attempts, held.due_at) != (row.state, row.attempts, row.due_at):
            return 0
        held.due_at = timezone.now()
        held.save(update_fields=["due_at"])
        deliver.enqueue(held.pk, held.attempts)
    return 1


def _batches() -> int:
    old = Message.objects.filter(batch__isnull=False, created_at__lt=timezone.now() - OVERDUE)
    batches = [str(batch) for batch in old.order_by().values_list("batch", flat=True).distinct()[:AT_ONCE]]
    calls = calls_of(spread, batches)
    # A dead one stays with the dead tasks, where who runs the machine tries it again.
    lost = [batch for batch in batches if (batch,) not in calls]
    for batch in lost:
        spread.enqueue(batch)
    return len(lost)
