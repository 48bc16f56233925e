"""The door of ``ledger``: what other rooms may call."""

from __future__ import annotations

from jinmai.core.ledger.envelope import EntryRefused
from jinmai.core.ledger.selectors import RecordedEntry, entries_for
from jinmai.core.ledger.services import NotInTransactionError, append

__all__ = ["EntryRefused", "NotInTransactionError", "RecordedEntry", "append", "entries_for"]
