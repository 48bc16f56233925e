"""Reads back from the store what a replay brought there."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from jinmai.lake import Lake, Slice
from jinmai.standards.telemetry import Thing
from jinmai.systems.industry.models import Device
from jinmai.systems.industry.replay.mapping import Mapping
from jinmai.systems.industry.replay.table import Table


def foreign_rows(lake: Lake, device: Device, sent: Table, boot: int) -> int:
    """Rows of this device within the table's period that came from anything but this table."""
    return int(
        lake.query(
            f"SELECT count(*) FROM {device.product_type.table} WHERE boot <> $boot",  # noqa: S608 - a checked name
            [_slice(device, sent)],
            {"boot": boot},
        ).item()
    )


def totals(lake: Lake, device: Device, *, sent: Table, mapping: Mapping, thing: Thing) -> dict[str, Any]:
    """Rows, sums and numbers of rows by state within the table's period, from the lake alone."""
    table = device.product_type.table
    sums = ", ".join(f"sum({key})" for key in mapping.totals.values())
    states = [column.property for column in mapping.values.values() if column.states]
    row = lake.query(
        f"SELECT count(*), min(time), max(time), {sums} FROM {table}",  # noqa: S608 - checked names
        [_slice(device, sent)],
    ).row(0)
    zone = ZoneInfo(mapping.time.zone)
    first, last = (moment.astimezone(zone).isoformat() for moment in row[1:3])
    found: dict[str, Any] = {"rows": row[0], "from": first, "to": last}
    for (name, key), scaled in zip(mapping.totals.items(), row[3:], strict=True):
        found[name] = _text(thing.by_key[key].unscale(scaled or 0), thing.by_key[key].resolution)
    for key in states:
        words = next(column.states for column in mapping.values.values() if column.property == key)
        counts = dict(
            lake.query(
                f"SELECT {key}, count(*) FROM {table} GROUP BY 1",  # noqa: S608 - checked names
                [_slice(device, sent)],
            ).iter_rows()
        )
        found[key] = {word: counts.get(number, 0) for word, number in (words or {}).items()}
    return found


def _slice(device: Device, sent: Table) -> Slice:
    first, last = sent.readings[0].start, sent.readings[-1].start
    return Slice(device.product_type.table, first, last + timedelta(microseconds=1), [device.pk])


def _text(value: Decimal, resolution: Decimal) -> str:
    """All digits that the resolution has: 403.81, 959636.70."""
    return f"{value.quantize(resolution.normalize()):f}"
