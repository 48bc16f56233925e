"""Readings of devices from the lake, as integers scaled by each property's resolution."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl

from jinmai.lake import Slice, UnknownTableError
from jinmai.systems.industry.models import Device, Plant, Property
from jinmai.systems.industry.selectors.periods import Period
from jinmai.systems.industry.selectors.stores import lake, last_values

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Meters:
    """The devices of one plant that share a thing model, and so a table of the lake."""

    table: str
    devices: tuple[int, ...]
    properties: tuple[Property, ...]

    def of_quantity(self, quantity: str) -> list[Property]:
        """The properties that measure a quantity, in the thing model's order."""
        return [one for one in self.properties if one.quantity == quantity]


def meters(plant: Plant) -> list[Meters]:
    """The plant's enabled and disabled devices by thing model; two queries however many they are."""
    devices = list(plant.devices.order_by("order", "key").values_list("pk", "product_type_id"))
    types = {product_type for _, product_type in devices}
    properties: dict[int, list[Property]] = {}
    for one in Property.objects.filter(product_type__in=types).select_related("product_type"):
        properties.setdefault(one.product_type_id, []).append(one)
    return [
        Meters(
            table=found[0].product_type.table,
            devices=tuple(device for device, its_type in devices if its_type == product_type),
            properties=tuple(found),
        )
        for product_type, found in sorted(properties.items())
    ]


def meters_of_device(device: Device) -> Meters:
    """The same for one device alone."""
    found = tuple(device.product_type.properties.all())
    return Meters(device.product_type.table, (device.pk,), found)


def value(scaled: int | None, one: Property) -> Decimal | None:
    """A stored integer as the quantity it stands for, exact: 317 at resolution 0.01 is 3.17."""
    return None if scaled is None else (scaled * one.resolution).quantize(one.resolution)


def decimals(one: Property) -> int:
    """Places behind the point that the resolution carries: 0.010000 has two."""
    return max(0, -int(one.resolution.normalize().as_tuple().exponent))


def buckets(
    table: str, keys: Sequence[str], devices: Sequence[int], period: Period, step: timedelta
) -> pl.DataFrame:
    """Values gathered in steps from the period's start, one row a device and step that has any.

    Columns: ``device``, ``bucket`` (number of the step from 0) and for each key ``<key>_count``,
    ``<key>_sum``, ``<key>_min``, ``<key>_max``, all int64; a key that the table does not have is null.
    The hour or minute roll-up serves as far as it is complete and fits the step, the readings from there on.
    """
    known = columns_of(table)
    wanted = [key for key in keys if key in known]
    if not wanted or not devices:
        return pl.DataFrame(schema=_schema(keys))
    parts = []
    border = period.start
    if found := _rolled_up(table, wanted, period, step):
        rollup, border = found
        select = ", ".join(_OF_ROLLUP.format(key=key) for key in wanted)
        parts.append(_gathered(rollup, select, Slice(rollup, period.start, border, devices), period, step))
    if border < period.end:
        select = ", ".join(_OF_READINGS.format(key=key) for key in wanted)
        parts.append(_gathered(table, select, Slice(table, border, period.end, devices), period, step))
    frame = pl.concat(parts, how="vertical_relaxed")
    if len(parts) > 1:
        frame = frame.group_by("device", "bucket").agg(
            expression
            for key in wanted
            for expression in (
                pl.col(f"{key}_count").sum(),
                # Of nothing the sum is unknown, not nought.
                pl.when(pl.col(f"{key}_count").sum() > 0)
                .then(pl.col(f"{key}_sum").sum())
                .alias(f"{key}_sum"),
                pl.col(f"{key}_min").min(),
                pl.col(f"{key}_max").max(),
            )
        )
    absent = [pl.lit(None, pl.Int64).alias(name) for name in _schema(keys) if name not in frame.columns]
    ordered = frame.sort("device", "bucket").with_columns(absent)
    return ordered.select(pl.col(name).cast(kind) for name, kind in _schema(keys).items())


_OF_READINGS = (
    'count("{key}") AS "{key}_count", sum("{key}") AS "{key}_sum", '
    'min("{key}") AS "{key}_min", max("{key}") AS "{key}_max"'
)
_OF_ROLLUP = (
    'sum("{key}_count") AS "{key}_count", sum("{key}_sum") AS "{key}_sum", '
    'min("{key}_min") AS "{key}_min", max("{key}_max") AS "{key}_max"'
)
# The coarsest first: a step of hours reads sixty times fewer rows from the hours than from the minutes.
ROLLUPS = (("1h", "_hour", timedelta(hours=1)), ("1m", "_minute", timedelta(minutes=1)))


def _rolled_up(
    table: str, keys: Sequence[str], period: Period, step: timedelta
) -> tuple[str, datetime] | None:
    """The roll-up that fits the step, and the moment until which it serves; None where none does."""
    for every, suffix, width in ROLLUPS:
        aligned = not (period.start - EPOCH) % width and not step % width
        until = lake().rolled_up_until(table, every) if aligned else None
        if until is None or not {f"{key}_count" for key in keys} <= columns_of(table + suffix):
            continue
        border = period.end if until >= period.end else until - (until - EPOCH) % width
        if border > period.start:
            return table + suffix, border
    return None


def _gathered(name: str, select: str, chosen: Slice, period: Period, step: timedelta) -> pl.DataFrame:
    return lake().query(
        f"SELECT device, (epoch_us(time) - $origin) // $step AS bucket, {select} "  # noqa: S608 - keys and tables are checked names
        f"FROM {name} GROUP BY 1, 2",
        [chosen],
        {"origin": (period.start - EPOCH) // MICROSECOND, "step": step // MICROSECOND},
    )


def row_count(table: str, devices: Sequence[int], period: Period) -> int:
    """How many rows the devices sent in the period."""
    if not columns_of(table) or not devices:
        return 0
    rows, border = 0, period.start
    if found := _rolled_up(table, (), period, timedelta(hours=1)):
        rollup, border = found
        rows = _count(f"SELECT sum(rows) AS rows FROM {rollup}", Slice(rollup, period.start, border, devices))  # noqa: S608 - table names are checked names
    if border < period.end:
        rows += _count(f"SELECT count(*) AS rows FROM {table}", Slice(table, border, period.end, devices))  # noqa: S608 - as above
    return rows


def _count(sql: str, chosen: Slice) -> int:
    return int(lake().query(sql, [chosen]).item() or 0)


def columns_of(table: str) -> frozenset[str]:
    """The columns of a table of the lake; none where nothing was ever stored."""
    try:
        return frozenset(lake().table(table).columns)
    except UnknownTableError:
        return frozenset()


def newest(devices: Iterable[int]) -> datetime | None:
    """The moment of the newest reading of any of the devices."""
    store = last_values()
    moments = [one.time for device in devices for one in store.get(device).values()]
    return max(moments, default=None)


def fingerprint(tables: Iterable[tuple[str, Sequence[int]]], period: Period) -> int:
    """A number that stays the same as long as no file with readings of the period changes.

    Files of the lake are never changed in place, so the same names are the same rows.
    """
    names: list[str] = []
    for table, devices in tables:
        if columns_of(table):
            files = lake().snapshot(table).pruned(period.start, period.end, devices)
            names += sorted(file.path for file in files)
    return hash(tuple(names))


def _schema(keys: Sequence[str]) -> dict[str, pl.DataType]:
    names = [f"{key}_{name}" for key in keys for name in ("count", "sum", "min", "max")]
    return {"device": pl.Int64(), "bucket": pl.Int64(), **dict.fromkeys(names, pl.Int64())}
