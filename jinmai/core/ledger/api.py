"""The door of ``ledger``: what other rooms may call."""

from __future__ import annotations

from jinmai.core.ledger.check.faults import Fault, compared, gone
from jinmai.core.ledger.envelope import EntryRefused
from jinmai.core.ledger.erasure import ErasureRefusedError, before_erasure, erase_payload, forget_old_pages
from jinmai.core.ledger.followers import follow
from jinmai.core.ledger.selectors import RecordedEntry, entries_for, entries_of, subjects_of
from jinmai.core.ledger.services import InTransactionError, NotInTransactionError, append, append_durably
from jinmai.core.ledger.ticker import title_of

__all__ = [
    "EntryRefused",
    "ErasureRefusedError",
    "Fault",
    "InTransactionError",
    "NotInTransactionError",
    "RecordedEntry",
    "append",
    "append_durably",
    "before_erasure",
    "compared",
    "entries_for",
    "entries_of",
    "erase_payload",
    "follow",
    "forget_old_pages",
    "gone",
    "subjects_of",
    "title_of",
]
