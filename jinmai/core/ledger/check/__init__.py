"""Checks everything that the ledger holds, from storage, and names what is not as it was recorded.

Two directions: from each row inwards (columns against envelope, payload against digest), and from the
entries outwards (tiles, roots, signatures, the checkpoint kept outside the database). It trusts the keys and
``ledger/`` in the data folder; whoever holds those too is found by ``tools/verify_log.py``, which remembers
elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import DatabaseError, connection

from jinmai.core.ledger.check.checkpoints import (
    check_cosignatures,
    check_published,
    check_roots,
    read_checkpoints,
    read_published,
)
from jinmai.core.ledger.check.entries import Found, check_entries
from jinmai.core.ledger.check.faults import Fault, Report
from jinmai.core.ledger.check.tiles import NOT_OF_THE_LOG, check_tiles, read_tiles
from jinmai.core.ledger.immutability import TABLES, missing_guards
from jinmai.core.ledger.models import Cursor
from jinmai.core.ledger.tree import log_size
from jinmai.standards import tlog

__all__ = ["Fault", "Report", "check_ledger"]

Published = tuple[tlog.CheckpointText | None, list[Fault]]


Check = Callable[[], Iterable[Fault]]


def check_ledger(*others: Check) -> Report:
    """The whole check, of one moment: an instance at work goes on meanwhile and is not blamed for it.

    ``others`` compare what other rooms keep with the ledger, in the same moment. What the database itself
    cannot read is a fault like any other, and so is whatever stops a check: the others go on.
    """
    published = read_published()  # before the database: what was handed out lies there by then
    try:
        with _one_moment():
            return _check_all(published, others)
    except DatabaseError as error:
        return Report(0, 0, [Fault("database", f"cannot be opened: {error}")])


def _check_all(published: Published, others: Iterable[Check]) -> Report:
    found, unread = Found(0, 0, {}, [], whole=False), []
    try:
        with _part():
            found = check_entries()
    except Exception as error:  # noqa: BLE001 - damage has no limits; what was met is told
        unread = [Fault("table ledger_entry", f"cannot be read: {_words(error)}")]
    faults = [*found.faults, *unread]
    checks: list[Check] = [_storage, _guards, partial(_tree, found, *published), _followers, *others]
    for check in checks:
        faults += _guarded(check)
    # An envelope that the log does not hold says nothing about its columns: this comes first.
    faults.sort(key=lambda fault: fault.problem != NOT_OF_THE_LOG)
    return Report(found.entries, found.erased, faults)


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read inside is of one moment, and no writer waits for it."""
    if connection.in_atomic_block:
        yield
        return
    # Not Django's own transaction, which on SQLite would keep everybody else from writing.
    begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@contextmanager
def _part() -> Iterator[None]:
    """What fails inside leaves the moment readable for the checks that follow."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT part_of_check")
        try:
            yield
        except BaseException:
            cursor.execute("ROLLBACK TO SAVEPOINT part_of_check")
            raise


def _guarded(check: Check) -> list[Fault]:
    faults: list[Fault] = []
    try:
        with _part():
            faults += check()
    except Exception as error:  # noqa: BLE001 - as above
        named = getattr(check, "__name__", "log").strip("_<>").replace("_", " ")
        place = "database" if isinstance(error, DatabaseError) else named
        faults.append(Fault(place, f"cannot be read to its end: {_words(error)}"))
    return faults


def _words(error: Exception) -> str:
    """What a database says is a sentence; other errors say little without their name."""
    return str(error) if isinstance(error, DatabaseError) else f"{type(error).__name__}: {error}"


def _tree(found: Found, published: tlog.CheckpointText | None, of_file: list[Fault]) -> Iterator[Fault]:
    stored, of_tiles = read_tiles()
    signed, notes, of_checkpoints = read_checkpoints()
    yield from of_file
    if not of_file:
        yield from check_published(signed, published)
    yield from of_checkpoints
    # What was handed out counts, too: else a damaged last checkpoint would put the blame on its entries.
    last = max([*signed.values(), *([published] if published else [])], key=_size, default=None)
    size, root = (last.size, last.root) if last else (0, tlog.EMPTY_ROOT)
    if found.whole:
        yield from _places(found.leaf_hashes, size)
    yield from of_tiles
    yield from check_tiles(stored, found.leaf_hashes, size, root)
    yield from check_roots(signed, stored)
    yield from check_cosignatures(notes)


def _size(told: tlog.CheckpointText) -> int:
    return told.size


def _places(leaf_hashes: dict[int, bytes], size: int) -> Iterator[Fault]:
    """Every place of the log is taken, and none behind its end. Neighbours that are missing are one fault."""
    first = 0
    for place in [*sorted(place for place in leaf_hashes if place < size), size]:
        if place - first == 1:
            yield Fault(f"entry {first}", "is missing")
        elif place > first:
            yield Fault(f"entries {first} to {place - 1}", "are missing")
        first = place + 1
    for place in sorted(leaf_hashes):
        if place >= size:
            yield Fault(f"entry {place}", f"has a number, but the log was signed with {size} entries")


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
        yield Fault(
            f"trigger {name}", "is missing or changed, so rows could be changed unseen until the next check"
        )


def _followers() -> Iterator[Fault]:
    size = log_size()
    for name, reached in Cursor.objects.values_list("name", "next_index"):
        if reached > size:
            yield Fault(f"follower {name}", f"claims to have read {reached} entries, the log has {size}")
