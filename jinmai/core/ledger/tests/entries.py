"""Entries for the ledger's tests, as a system would record them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from jinmai.core.ledger import api

RAISED = "industry.alarm_raised.v1"


class Raised(msgspec.Struct):
    """An alarm."""

    value: int
    note: str = ""


def record(subject: str = "plant:saf-1", value: int = 1, **more: Any) -> UUID:
    """Append one entry in a transaction of its own."""
    with transaction.atomic():
        return api.append(kind=RAISED, subject=subject, payload=Raised(value), actor="user:1", **more)


def record_many(count: int) -> None:
    """Append entries with values from 0."""
    with transaction.atomic():
        for value in range(count):
            record(value=value)
