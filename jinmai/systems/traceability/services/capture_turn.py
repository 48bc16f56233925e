"""Captures take their turns at SQLite's one writer.

Reading, validating and hashing are four fifths of a capture's work and need no turn: processes and threads
do them side by side. Who then finds SQLite's lock taken would look again after up to a tenth of a second, by
which time another has it; the kernel's lock wakes the next at once and in order. PostgreSQL needs none of it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def turn() -> Iterator[None]:
    """Waits until no other capture of this instance stores its rows.

    Within a transaction there is nothing to wait for: it has SQLite's lock already.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with (settings.JINMAI_DATA / "capture.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
