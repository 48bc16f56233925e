"""Checks a batch of messages and stores what is good, one commit per table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from jinmai.lake import Key, Lake, Part
from jinmai.standards.telemetry import (
    Ack,
    Fault,
    Payload,
    Reason,
    Refusal,
    Thing,
    assemble,
    decode_payload,
    device_of,
)
from jinmai.systems.industry.ingest.inbox import Message
from jinmai.systems.industry.ingest.known import Known, KnownDevice
from jinmai.systems.industry.selectors.faults import in_english


@dataclass
class Arrivals:
    """Payloads for one table, in the order of their arrival."""

    messages: list[Message] = field(default_factory=list)
    devices: list[KnownDevice] = field(default_factory=list)
    payloads: list[Payload] = field(default_factory=list)

    def singly(self) -> Iterator[Arrivals]:
        """Each payload as a batch of its own."""
        for message, device, payload in zip(self.messages, self.devices, self.payloads, strict=True):
            yield Arrivals([message], [device], [payload])


@dataclass(frozen=True)
class RefusedMessage:
    """A message that is not stored, with what its topic claims."""

    message: Message
    claimed: str
    device: KnownDevice | None
    refusal: Refusal

    def ack(self) -> Ack:
        """The final answer to its sender."""
        why = self.refusal
        place = in_english(why.place, why.fault, why.found)
        return Ack("refused", why.boot, why.sequence, str(why.reason), place)


@dataclass(frozen=True)
class Stored:
    """A batch of one table after its commit.

    ``answers``: device key and answer, message by message; ``new_rows``: what was not there before.
    """

    table: str
    answers: list[tuple[str, Ack]]
    new_rows: pl.DataFrame


@dataclass
class Sorted:
    """Messages after their form was read."""

    arrivals: dict[str, Arrivals] = field(default_factory=dict)
    refused: list[RefusedMessage] = field(default_factory=list)


def sort_messages(messages: Sequence[Message], known: Known) -> Sorted:
    """Find out whose messages these are and read their form."""
    found = Sorted()
    for message in messages:
        claimed = device_of(message.topic)
        device = known.devices.get(claimed) if claimed else None
        try:
            payload = _read(message, claimed, device, known)
        except Refusal as refusal:
            found.refused.append(RefusedMessage(message, claimed or message.topic, device, refusal))
        else:
            own = found.arrivals.setdefault(payload.device.table, Arrivals())
            own.messages.append(message)
            own.devices.append(payload.device)
            own.payloads.append(payload.payload)
    return found


@dataclass(frozen=True)
class _Read:
    """A payload of the right form and the device it is from."""

    device: KnownDevice
    payload: Payload


def _read(message: Message, claimed: str | None, device: KnownDevice | None, known: Known) -> _Read:
    if claimed is None:
        raise Refusal(Reason.FOREIGN_TOPIC, fault=Fault.TOPIC, topic=message.topic)
    if device is None:
        raise Refusal(Reason.UNKNOWN_DEVICE, fault=Fault.TOPIC, topic=message.topic)
    if not device.enabled:
        raise Refusal(Reason.DISABLED_DEVICE, fault=Fault.TOPIC, topic=message.topic)
    return _Read(device, decode_payload(message.payload, known.things[device.table], device.key))


def store(lake: Lake, table: str, thing: Thing, arrivals: Arrivals) -> tuple[Stored, list[RefusedMessage]]:
    """Check the values, append what is good in one durable commit and say what became of each payload.

    Raises what the lake raises where it cannot store now; nothing is acknowledged then.
    """
    newest = max(message.received_at for message in arrivals.messages)
    assembly = assemble(thing, arrivals.payloads, newest)
    kept = [index for index in range(len(arrivals.payloads)) if index not in assembly.refused]
    refused = [_refused(arrivals, index, refusal) for index, refusal in assembly.refused.items()]
    frame = _with_origin(assembly.frame, arrivals)
    parts = [
        Part(_key(arrivals.devices[index], arrivals.payloads[index]), len(arrivals.payloads[index].points))
        for index in kept
    ]
    if not parts:
        return Stored(table, [], frame.drop("payload")), refused
    accepted = lake.append(table, frame.drop("payload"), parts).accepted
    answers = [
        (arrivals.devices[index].key, _answer(arrivals.payloads[index], new=new))
        for index, new in zip(kept, accepted, strict=True)
    ]
    if not all(accepted):
        new_ones = [index for index, new in zip(kept, accepted, strict=True) if new]
        frame = frame.filter(pl.col("payload").is_in(new_ones))
    return Stored(table, answers, frame.drop("payload")), refused


def _answer(payload: Payload, *, new: bool) -> Ack:
    return Ack("stored" if new else "duplicate", payload.boot, payload.sequence)


def _key(device: KnownDevice, payload: Payload) -> Key:
    """What the payload is known by for ever: one stream for each start of each device."""
    return Key(f"{device.key}/{payload.boot}", payload.sequence)


def _refused(arrivals: Arrivals, index: int, refusal: Refusal) -> RefusedMessage:
    device = arrivals.devices[index]
    return RefusedMessage(arrivals.messages[index], device.key, device, refusal)


def _with_origin(frame: pl.DataFrame, arrivals: Arrivals) -> pl.DataFrame:
    """The rows with device, time of arrival, boot and sequence of their payload."""
    origin = pl.DataFrame(
        {
            "device": pl.Series([device.pk for device in arrivals.devices], dtype=pl.Int32),
            "received": pl.Series(
                [message.received_at for message in arrivals.messages], dtype=pl.Datetime("us", "UTC")
            ),
            "boot": pl.Series([payload.boot for payload in arrivals.payloads], dtype=pl.Int64),
            "sequence": pl.Series([payload.sequence for payload in arrivals.payloads], dtype=pl.Int64),
        }
    )
    return pl.concat([frame, origin[frame["payload"]]], how="horizontal")
