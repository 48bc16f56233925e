"""Sends checked readings over MQTT, a local day in each payload."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from jinmai.standards.telemetry import Ack, encode_payload
from jinmai.systems.industry.messaging import Broker, SignIn
from jinmai.systems.industry.replay.table import Reading, Table
from jinmai.systems.industry.sender import Sender

SECONDS_FOR_THE_REST = 120.0
_DAY_ONE = date(2000, 1, 1)


class NotStoredError(Exception):
    """The city refused readings or did not answer; the message says which."""


@dataclass(frozen=True)
class Sent:
    """How many payloads were new and how many were known from an earlier replay."""

    stored: int
    duplicates: int


def boot_of(table: Table) -> int:
    """The boot number of these very readings: the same table has the same one, on whatever machine.

    With the day's number as sequence every payload keeps its name, so a second replay stores nothing.
    """
    return int.from_bytes(table.digest[:8], "big") >> 1


def send_table(
    table: Table, *, where: Broker, device: SignIn, zone: ZoneInfo, progress: Callable[[int], None]
) -> Sent:
    """Send and wait for every answer; ``progress`` hears the number of rows answered so far.

    Raises :class:`NotStoredError`.
    """
    boot = boot_of(table)
    days = [(sequence, list(rows)) for sequence, rows in _days(table.readings, zone)]
    sizes = {sequence: len(rows) for sequence, rows in days}
    answered = 0

    def on_ack(ack: Ack, seconds: float) -> None:
        nonlocal answered
        del seconds
        answered += sizes[ack.sequence] if ack.sequence is not None else 0
        progress(answered)

    with Sender(where, device, boot, on_ack=on_ack) as sender:
        for sequence, rows in days:
            points = [(row.start, {key: float(value) for key, value in row.values.items()}) for row in rows]
            sender.send_raw(sequence, encode_payload(boot=boot, sequence=sequence, points=points))
        if not sender.drain(SECONDS_FOR_THE_REST):
            raise NotStoredError(f"{sender.unanswered} days of the table had no answer")
        if sender.refused:
            first = sender.refused[0]
            raise NotStoredError(f"{len(sender.refused)} days were refused: {first.reason}, {first.place}")
        return Sent(sender.stored, sender.duplicates)


def _days(readings: Sequence[Reading], zone: ZoneInfo) -> Iterator[tuple[int, Iterator[Reading]]]:
    """Readings by local day, each with the number of the day since 2000."""
    for day, rows in groupby(readings, key=lambda reading: reading.start.astimezone(zone).date()):
        yield (day - _DAY_ONE).days, rows
