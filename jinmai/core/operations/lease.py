"""Leases: who holds a piece of work, renewed while it runs, free again when its holder was killed.

A lease is a row with ``leased_by`` and ``leased_until``. Its holder renews it from a thread beside the work,
so long work keeps it; a killed or stopped holder does not, and after ``LEASE`` somebody else may take the
work. Work is therefore done at least once, and what it does must be idempotent.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, connections

LEASE = timedelta(seconds=30)
RENEW_SECONDS = 5.0
JITTER = 0.2
# A lease or a due time further ahead than it was ever set was written before the clock was set back.
CLOCK_SLACK = timedelta(seconds=60)
log = logging.getLogger(__name__)


@contextmanager
def renewed(what: str, renew: Callable[[], bool]) -> Iterator[None]:
    """Call ``renew`` every few seconds during the block.

    ``renew`` prolongs the lease and says whether it was still held. Work shorter than ``RENEW_SECONDS`` costs
    one idle thread and no statement.
    """
    done = threading.Event()

    def keep() -> None:
        while not done.wait(RENEW_SECONDS):
            try:
                if not renew():
                    log.warning("%s: the lease was lost, another worker may run it too", what)
                    return
            except DatabaseError:
                log.exception("%s: the lease could not be renewed, trying again", what)
            finally:
                connections.close_all()

    thread = threading.Thread(target=keep, name=f"lease of {what}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def is_free(until: datetime | None, now: datetime) -> bool:
    """Whether work can be taken whose lease ends at ``until`` (None: nobody holds it)."""
    return until is None or until < now or until > now + LEASE + CLOCK_SLACK


def pause_after(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """How long to wait after so many failures in a row: doubled each time, capped, spread by a fifth.

    Spread, so that work that failed together does not come back together.
    """
    exact: timedelta = min(longest, first * int(2 ** min(max(failures, 1) - 1, 20)))
    spread: float = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing
    return exact * spread
