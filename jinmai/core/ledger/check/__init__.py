"""Checks everything that the ledger holds, from storage, and names what is not as it was recorded.

Two directions: from each row inwards (columns against envelope, payload against digest), and from the
entries outwards (tiles, roots, signatures, the checkpoint kept outside the database). It trusts the keys and
``ledger/`` in the data folder; whoever holds those too is found by ``tools/verify_log.py``, which remembers
elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, connection

from jinmai.core.ledger.check.checkpoints import (
    check_cosignatures,
    check_published,
    check_roots,
    read_checkpoints,
)
from jinmai.core.ledger.check.entries import Found, check_entries
from jinmai.core.ledger.check.faults import Fault, Report
from jinmai.core.ledger.check.tiles import check_tiles, read_tiles
from jinmai.core.ledger.immutability import TABLES, missing_guards
from jinmai.core.ledger.models import Cursor
from jinmai.core.ledger.tree import log_size
from jinmai.standards import tlog

__all__ = ["Fault", "Report", "check_ledger"]


def check_ledger() -> Report:
    """The whole check. What the database itself cannot read is a fault like any other."""
    try:
        found = check_entries()
    except (DatabaseError, ValueError) as error:
        found = Found(0, 0, {}, [Fault("table ledger_entry", f"cannot be read: {error}")])
    faults = [*found.faults]
    for check in (_storage, _guards, lambda: _tree(found), _followers):
        faults += _guarded(check)
    return Report(found.entries, found.erased, faults)


def _guarded(check: Callable[[], Iterable[Fault]]) -> list[Fault]:
    try:
        return list(check())
    except (DatabaseError, ValueError) as error:
        return [Fault("database", f"cannot be read: {error}")]


def _tree(found: Found) -> Iterator[Fault]:
    stored, of_tiles = read_tiles()
    signed, notes, of_checkpoints = read_checkpoints()
    yield from of_tiles
    yield from of_checkpoints
    size = max(signed, default=0)
    for place in range(size):
        if place not in found.leaf_hashes:
            yield Fault(f"entry {place}", "is missing")
    for place in sorted(found.leaf_hashes):
        if place >= size:
            yield Fault(f"entry {place}", f"has a number, but the log was signed with {size} entries")
    root = signed[size].root if signed else tlog.EMPTY_ROOT
    yield from check_tiles(stored, found.leaf_hashes, size, root)
    yield from check_roots(signed, stored)
    yield from check_published(signed)
    yield from check_cosignatures(notes)


def _storage() -> Iterator[Fault]:
    """What SQLite says about its own pages and indexes; PostgreSQL checks pages as it reads them."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"PRAGMA integrity_check(ledger_{table})")
            yield from (Fault(f"table ledger_{table}", said) for (said,) in cursor.fetchall() if said != "ok")


def _guards() -> Iterator[Fault]:
    for name in missing_guards(connection):
        yield Fault(f"trigger {name}", "is missing, so rows could be changed unseen until the next check")


def _followers() -> Iterator[Fault]:
    size = log_size()
    for name, reached in Cursor.objects.values_list("name", "next_index"):
        if reached > size:
            yield Fault(f"follower {name}", f"claims to have read {reached} entries, the log has {size}")
