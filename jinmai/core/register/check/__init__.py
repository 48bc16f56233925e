"""Compares the register with what the ledger was told of it, from storage alone.

Called by ``jinmai fsck`` and ``jinmai register check``. Found is every row and column of parties, places,
things, facts, what derived facts rest on, kinds of facts and source registers that is not as it was recorded,
and every row that no entry recorded. Where the entry's payload was lawfully erased nothing can be compared,
but its row is empty too.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from jinmai.core.ledger.api import Fault
from jinmai.core.register.check.imports import import_faults
from jinmai.core.register.check.masters import master_faults
from jinmai.core.register.check.single_facts import derived_faults, erasure_faults, single_faults
from jinmai.core.register.immutability import missing_guards

__all__ = ["import_faults", "register_faults"]


def register_faults() -> Iterator[Fault]:
    """Everything that is not as it was recorded, by import and chunk, by fact, by party, place or thing."""
    for name in missing_guards(connection):
        yield Fault(
            f"trigger {name}", "is missing or changed, so facts could be changed unseen until the next check"
        )
    yield from master_faults()
    yield from import_faults()
    told, unnamed = single_faults()
    yield from told
    yield from derived_faults(unnamed)
    yield from erasure_faults()
