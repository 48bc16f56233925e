"""How far the ledger's own work has come: entries that nobody has sealed, followers that stand still."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from jinmai.core.ledger.followers import followers
from jinmai.core.ledger.models import Cursor, Entry
from jinmai.core.ledger.tree import log_size
from jinmai.core.operations.api import Backlog


def backlogs() -> list[Backlog]:
    """The sealer's and that of each follower of this house."""
    size = log_size()
    cursors = {cursor.name: cursor for cursor in Cursor.objects.all()}
    return [_sealer(), *(_of(cursors.get(name) or Cursor(name=name), size) for name in followers())]


def _sealer() -> Backlog:
    unsealed = Entry.objects.filter(index__isnull=True)
    oldest = unsealed.order_by("id").values_list("recorded_at", flat=True).first()
    return Backlog("ledger.sealer", unsealed.count(), _age(oldest))


def _of(cursor: Cursor, size: int) -> Backlog:
    waiting = max(0, size - cursor.next_index)
    next_one = Entry.objects.filter(index=cursor.next_index).values_list("recorded_at", flat=True).first()
    return Backlog(cursor.name, waiting, _age(next_one), cursor.failures, cursor.error)


def _age(moment: datetime | None) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0
