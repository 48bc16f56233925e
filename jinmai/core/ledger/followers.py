"""Followers: functions of other rooms that are called for every sealed entry of the kinds they asked for.

Each follower keeps its own place. An entry is handed over in a transaction together with the step past it:
whatever the handler writes to the database happens once. What it does elsewhere may happen again after a
crash, so it has to be idempotent by ``entry.index``. A handler that fails is tried again later, and gets
nothing after that entry before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jinmai.core.ledger.models import Cursor, Entry
from jinmai.core.ledger.selectors import RecordedEntry, recorded
from jinmai.core.ledger.tree import log_size

BATCH = 500
LONGEST_PAUSE = timedelta(minutes=5)
LONGEST_ERROR = 2_000
log = logging.getLogger(__name__)
Handler = Callable[[RecordedEntry], None]


class Follower(NamedTuple):
    """Who follows which kinds, all where there are none named."""

    name: str
    kinds: tuple[str, ...]
    handler: Handler


_followers: dict[str, Follower] = {}


def follow(name: str, kinds: Iterable[str], handler: Handler) -> None:
    """Call ``handler`` for each sealed entry of ``kinds``, from the first entry of the log on.

    To be called once, from ``AppConfig.ready``. ``name`` is the follower's place for ever: under a new name
    it begins anew. Raises ``ValueError`` where the name is taken.
    """
    if name in _followers:
        raise ValueError(f"a follower named {name!r} is there already")
    _followers[name] = Follower(name, tuple(kinds), handler)


def unfollow(name: str) -> None:
    """Stop calling a follower; its place is kept."""
    del _followers[name]


def followers() -> list[str]:
    """The names of all followers of this house."""
    return sorted(_followers)


def deliver() -> int:
    """Hand sealed entries to all followers; the periodic job. Gives how many were handed over."""
    return sum(_deliver_to(follower) for follower in list(_followers.values()))


def _deliver_to(follower: Follower) -> int:
    cursor, _ = Cursor.objects.get_or_create(name=follower.name)
    if cursor.due_at and cursor.due_at > timezone.now():
        return 0
    size, delivered = log_size(), 0
    while indices := _next(follower, cursor.next_index, size):
        for index in indices:
            if not _hand_over(follower, index):
                return delivered
            delivered += 1
        cursor.refresh_from_db()
        if len(indices) < BATCH:
            break
    Cursor.objects.filter(name=follower.name, next_index__lt=size).update(next_index=size)
    return delivered


def _next(follower: Follower, start: int, end: int) -> list[int]:
    wanted = Q(kind__in=follower.kinds) if follower.kinds else Q()
    rows = Entry.objects.filter(wanted, index__gte=start, index__lt=end).order_by("index")
    return [index for index in rows.values_list("index", flat=True)[:BATCH] if index is not None]


def _hand_over(follower: Follower, index: int) -> bool:
    """Hand over one entry, unless another worker has; False where the handler failed."""
    try:
        with transaction.atomic():
            cursor = Cursor.objects.select_for_update().get(name=follower.name)
            if cursor.next_index > index:
                return True
            entry = Entry.objects.select_related("payload").get(index=index)
            follower.handler(recorded(entry))
            Cursor.objects.filter(name=follower.name).update(
                next_index=index + 1, failures=0, due_at=None, error=""
            )
    except Exception as error:  # whatever a handler raises is recorded and tried again
        log.exception("follower %s failed at entry %d", follower.name, index)
        _put_off(follower.name, error)
        return False
    return True


def _put_off(name: str, error: Exception) -> None:
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().get(name=name)
        failures = cursor.failures + 1
        pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(failures, 12)))
        Cursor.objects.filter(name=name).update(
            failures=failures,
            due_at=timezone.now() + pause,
            error=f"{type(error).__name__}: {error}"[:LONGEST_ERROR],
        )
