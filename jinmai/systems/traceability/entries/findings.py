"""What does not fit, and what is called back."""

from __future__ import annotations

import msgspec

BALANCE_BROKEN = "traceability.balance_broken.v1"
EXCEPTION_CLOSED = "traceability.exception_closed.v1"
RECALL_STARTED = "traceability.recall_started.v1"
RECALL_CLOSED = "traceability.recall_closed.v1"


class BalanceBroken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """More came out of a lot than went in, or more than its water can bear."""

    exception: int
    gtin: str
    lot: str
    rule: str
    found: int
    limit: int


class ExceptionClosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody looked into a finding and closed it with a reason."""

    exception: int
    reason: str


class RecallStarted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lot is called back with all that was made of it."""

    recall: int
    gtin: str
    lot: str
    reason: str
    drill: bool
    lots: int
    units: int
    animals: int


class RecallClosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recall ended with this result."""

    recall: int
    note: str
