"""Decoding one payload's form; the values themselves are checked in bulk by :mod:`columns`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from jinmai.standards.telemetry.diagnosis import diagnose, has_duplicate_names
from jinmai.standards.telemetry.refusal import Fault, Reason, Refusal
from jinmai.standards.telemetry.thing import Thing

LARGEST_PAYLOAD = 1_048_576
MOST_POINTS = 10_000

_encoder = msgspec.json.Encoder()


@dataclass(slots=True)
class Payload:
    """A payload of the right form, its points undecided.

    ``names`` is how many member names the values of all points must have for no name to occur twice;
    None where that was checked already.
    """

    boot: int
    sequence: int
    points: Sequence[Any]
    raw: bytes
    names: int | None


def decode_payload(raw: bytes, thing: Thing, device: str) -> Payload:
    """Read a payload that arrived on ``device``'s topic. Raises :class:`Refusal`."""
    if len(raw) > LARGEST_PAYLOAD:
        raise Refusal(Reason.TOO_LARGE, fault=Fault.SIZE, size=len(raw), most=LARGEST_PAYLOAD)
    try:
        if not raw.isascii():
            raw.decode()
        envelope = thing.decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise diagnose(raw, error) from error
    payload = Payload(envelope.boot, envelope.sequence, envelope.points, raw, None)
    try:
        _check_envelope(envelope, thing, device)
        payload.names = _names_of_values(raw, envelope)
    except Refusal as refusal:
        refusal.boot, refusal.sequence = envelope.boot, envelope.sequence
        raise
    return payload


def encode_payload(
    *,
    boot: int,
    sequence: int,
    points: Sequence[tuple[datetime | int, Mapping[str, float]]],
    units: Mapping[str, str] | None = None,
) -> bytes:
    """The message of a device: points of (time, values), integer times in milliseconds since 1970."""
    message: dict[str, Any] = {
        "boot": boot,
        "sequence": sequence,
        "points": [{"time": time, "values": values} for time, values in points],
    }
    if units:
        message["units"] = units
    return _encoder.encode(message)


def _check_envelope(envelope: Any, thing: Thing, device: str) -> None:
    if envelope.device is not msgspec.UNSET and envelope.device != device:
        raise Refusal(Reason.FOREIGN_IDENTITY, "$.device", Fault.DEVICE, found=envelope.device, device=device)
    if not envelope.points:
        raise Refusal(Reason.NO_POINTS, "$.points")
    if len(envelope.points) > MOST_POINTS:
        raise Refusal(
            Reason.TOO_MANY_POINTS, "$.points", Fault.NUMBER, number=len(envelope.points), most=MOST_POINTS
        )
    for key, unit in _units(envelope).items():
        measure = thing.by_key.get(key)
        if measure is None:
            raise Refusal(Reason.UNKNOWN_PROPERTY, "$.units", Fault.UNKNOWN, name=key)
        if unit != measure.unit:
            raise Refusal(Reason.WRONG_UNIT, f"$.units.{key}", Fault.UNIT, found=unit, unit=measure.unit)


def _units(envelope: Any) -> dict[str, str]:
    return {} if envelope.units is msgspec.UNSET else envelope.units


def _names_of_values(raw: bytes, envelope: Any) -> int | None:
    """How many names of values stand in the raw text, counted without a second parse.

    Decoders keep the last of two equal names in silence. In text without escapes every string takes two
    quotation marks, and all strings but the names of values are known; so the count of marks tells. Text
    with escapes is parsed again.
    """
    if b"\\" in raw:
        if has_duplicate_names(raw):
            raise Refusal(Reason.DUPLICATE_NAME)
        return None
    strings = raw.count(b'"') // 2 - 3 - 2 * len(envelope.points)
    strings -= len(envelope.points) - [type(point.time) for point in envelope.points].count(int)
    if envelope.units is not msgspec.UNSET:
        strings -= 1 + 2 * len(envelope.units)
    return strings if envelope.device is msgspec.UNSET else strings - 2
