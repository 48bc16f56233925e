"""From decoded payloads to columns of integers, many payloads at once.

Decoding keeps one object per point; everything after that is done on whole columns, so that a point
costs about a microsecond whether it came alone or with a thousand others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter

import polars as pl

from jinmai.standards.telemetry.diagnosis import has_duplicate_names
from jinmai.standards.telemetry.payload import Payload
from jinmai.standards.telemetry.refusal import Fault, Reason, Refusal
from jinmai.standards.telemetry.thing import Measure, Thing

EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
AHEAD_SECONDS = 300
# A state's value may differ from an integer by no more than the noise of double precision.
_NOISE = 1e-6


@dataclass(frozen=True)
class Assembly:
    """Many payloads as one frame.

    ``frame``: ``payload`` (UInt32, its index in what was given), ``time`` (UTC, microseconds), one
    Int64 column per measure (scaled by its resolution, null where not sent), payload after payload
    with each one's points in their order. ``refused``: why the payloads that are missing are missing.
    """

    frame: pl.DataFrame
    refused: dict[int, Refusal]


def assemble(thing: Thing, payloads: Sequence[Payload], now: datetime) -> Assembly:
    """Check values and times of the payloads and scale them; each is in the frame whole or not at all."""
    rows = _rows(thing, payloads)
    latest = int(now.timestamp() + AHEAD_SECONDS) * 1_000_000
    faulty = rows.select("payload", _fault(thing, latest).alias("fault")).filter("fault")
    suspects = {*faulty["payload"].unique().to_list(), *_miscounted(thing, rows, payloads)}
    refused = {}
    for index in sorted(suspects):
        own = rows.filter(pl.col("payload") == index)
        if refusal := _explain(thing, own, payloads[index], latest):
            refused[index] = refusal
    if refused:
        rows = rows.filter(~pl.col("payload").is_in(list(refused)))
    frame = rows.select(
        "payload",
        pl.col("time").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        *(pl.col(measure.key).cast(pl.Int64) for measure in thing.measures),
    )
    return Assembly(frame, refused)


def _rows(thing: Thing, payloads: Sequence[Payload]) -> pl.DataFrame:
    """All points as rows: payload, time in microseconds, values scaled and rounded but still Float64."""
    points = [point for payload in payloads for point in payload.points]
    values = [point.values for point in points]
    lengths = pl.Series("length", [len(payload.points) for payload in payloads], dtype=pl.UInt32)
    index = pl.Series("payload", range(len(payloads)), dtype=pl.UInt32)
    times = [_microseconds(point.time) for point in points]
    columns = [
        pl.Series(measure.key, list(map(attrgetter(measure.key), values)), dtype=pl.Float64)
        for measure in thing.measures
    ]
    frame = pl.DataFrame([pl.Series("time", times, dtype=pl.Int64), *columns])
    return frame.select(
        pl.Series(
            "payload", pl.DataFrame([index, lengths]).select(pl.col("payload").repeat_by("length").explode())
        ),
        "time",
        *(_scaled(measure) for measure in thing.measures),
    )


def _microseconds(time: datetime | int) -> int:
    """Microseconds since 1970; a double holds those of our era exactly, hence the rounding is exact too."""
    return time * 1000 if isinstance(time, int) else round(time.timestamp() * 1e6)


def _scaled(measure: Measure) -> pl.Expr:
    """Value divided by resolution, rounded half to even except for whole measures, null where not sent."""
    value = pl.col(measure.key).fill_nan(None)
    steps = 1 / measure.resolution
    # 0.01 has no exact double while 100 has: multiplying is the more exact way where it is possible.
    scaled = value * float(steps) if steps == steps.to_integral_value() else value / float(measure.resolution)
    nearest = scaled.round(mode="half_to_even")
    if measure.whole:
        nearest = pl.when((scaled - nearest).abs() <= _NOISE).then(nearest).otherwise(scaled)
    return nearest.alias(measure.key)


def _fault(thing: Thing, latest: int) -> pl.Expr:
    """Whether a row has any fault."""
    faults = [
        pl.col("time") < EARLIEST,
        pl.col("time") > latest,
        pl.all_horizontal(pl.col(measure.key).is_null() for measure in thing.measures),
        pl.struct("payload", "time").is_duplicated(),
        *(_out_of_range(measure).fill_null(value=False) for measure in thing.measures),
    ]
    return pl.any_horizontal(faults)


def _out_of_range(measure: Measure) -> pl.Expr:
    value = pl.col(measure.key)
    outside = (value < measure.lowest) | (value > measure.highest)
    return outside | (value != value.round()) if measure.whole else outside


def _miscounted(thing: Thing, rows: pl.DataFrame, payloads: Sequence[Payload]) -> list[int]:
    """Payloads with more or fewer names of values than values: candidates for a name that occurs twice."""
    if all(payload.names is None for payload in payloads):
        return []
    sent = pl.sum_horizontal(pl.col(measure.key).is_not_null() for measure in thing.measures)
    counts = dict(rows.group_by("payload").agg(sent.sum().alias("sent")).iter_rows())
    return [
        index
        for index, payload in enumerate(payloads)
        if payload.names is not None and payload.names != counts[index] and has_duplicate_names(payload.raw)
    ]


def _explain(thing: Thing, own: pl.DataFrame, payload: Payload, latest: int) -> Refusal | None:
    """The first fault of one payload's rows."""
    seen: set[int] = set()
    for number, row in enumerate(own.iter_rows(named=True)):
        place = f"$.points[{number}]"
        found = _fault_of_time(place, row["time"], latest, seen) or _fault_of_values(place, thing, row)
        if found:
            found.boot, found.sequence = payload.boot, payload.sequence
            return found
        seen.add(row["time"])
    if has_duplicate_names(payload.raw):
        return Refusal(Reason.DUPLICATE_NAME, boot=payload.boot, sequence=payload.sequence)
    return None


def _fault_of_time(place: str, time: int, latest: int, seen: set[int]) -> Refusal | None:
    place = f"{place}.time"
    if time in seen:
        return Refusal(Reason.WRONG_SHAPE, place, Fault.TIME_TWICE, found=_readable(time))
    if EARLIEST <= time <= latest:
        return None
    reason = Reason.TIME_TOO_OLD if time < EARLIEST else Reason.TIME_IN_FUTURE
    if readable := _readable(time):
        return Refusal(reason, place, Fault.TIME, found=readable)
    return Refusal(reason, place, Fault.TIME_BEYOND)


def _fault_of_values(place: str, thing: Thing, row: dict[str, float | None]) -> Refusal | None:
    place = f"{place}.values"
    if all(row[measure.key] is None for measure in thing.measures):
        return Refusal(Reason.WRONG_SHAPE, place, Fault.NO_VALUES)
    for measure in thing.measures:
        stored = row[measure.key]
        if stored is not None and _is_out_of_range(measure, stored):
            return Refusal(
                Reason.OUT_OF_RANGE,
                f"{place}.{measure.key}",
                Fault.RANGE,
                found=f"{float(Decimal(stored) * measure.resolution):g}",
                least=f"{measure.minimum.normalize():f}",
                most=f"{measure.maximum.normalize():f}",
                unit=measure.unit,
            )
    return None


def _is_out_of_range(measure: Measure, stored: float) -> bool:
    return not measure.lowest <= stored <= measure.highest or (measure.whole and stored != round(stored))


def _readable(microseconds: int) -> str:
    """The moment as text; empty where an offset puts it outside of the years 1 to 9999 in UTC."""
    try:
        return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat()
    except ValueError:
        return ""
