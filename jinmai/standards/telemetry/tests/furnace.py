"""A small thing model and payloads of it, for tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from jinmai.standards.telemetry import Measure, Refusal, Thing, assemble, decode_payload

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
FURNACE = Thing(
    "furnace",
    [
        Measure("active_power", "kW", Decimal(0), Decimal(40000), Decimal(1)),
        Measure("energy", "kWh", Decimal(0), Decimal(1000), Decimal("0.01")),
        Measure("temperature", "°C", Decimal(-40), Decimal(800), Decimal("0.5")),
        Measure("state", "", Decimal(0), Decimal(2), Decimal(1), whole=True),
    ],
)


def payload(*points: dict[str, Any], **members: Any) -> bytes:
    """A payload with boot 1, sequence 2 and the given points."""
    return json.dumps({"boot": 1, "sequence": 2, "points": list(points), **members}, allow_nan=True).encode()


def point(time: Any = "2026-11-24T00:59:00Z", **values: Any) -> dict[str, Any]:
    """One point; without values it has 12 kW."""
    return {"time": time, "values": values or {"active_power": 12}}


def stored(raw: bytes, device: str = "saf-1") -> list[dict[str, Any]]:
    """The rows that would be stored for one payload, without those columns that are null.

    Raises the payload's :class:`Refusal`.
    """
    assembly = assemble(FURNACE, [decode_payload(raw, FURNACE, device)], NOW)
    if assembly.refused:
        raise assembly.refused[0]
    rows = assembly.frame.drop("payload").iter_rows(named=True)
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def refusal(raw: bytes, device: str = "saf-1") -> tuple[str, str]:
    """Reason and place of the refusal; fails where the payload is taken."""
    why = refused(raw, device)
    return str(why.reason), why.place


def refused(raw: bytes, device: str = "saf-1") -> Refusal:
    """The refusal; fails where the payload is taken."""
    try:
        rows = stored(raw, device)
    except Refusal as found:
        return found
    raise AssertionError(f"taken: {rows}")
