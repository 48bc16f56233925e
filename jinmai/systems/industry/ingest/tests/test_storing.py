"""Whose fault it is that a payload cannot be stored: only its own makes it refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jinmai.lake import InputRefusedError, Lake, LakeError, TableLockedError, UnavailableError
from jinmai.standards.telemetry import encode_payload, telemetry_topic
from jinmai.systems.industry.ingest.batches import Arrivals, sort_messages
from jinmai.systems.industry.ingest.inbox import Message
from jinmai.systems.industry.ingest.known import Known, read_known
from jinmai.systems.industry.ingest.storing import Storekeeper
from jinmai.systems.industry.tests.factories import NOON, make_device

pytestmark = pytest.mark.django_db
TABLE = "telemetry_furnace"


class _TroubledLake(Lake):
    """A lake whose appends first ask ``trouble``, which may raise."""

    trouble: Callable[[list[int]], None] = staticmethod(lambda _: None)

    def append(self, table: str, frame: Any, parts: Any) -> Any:
        self.trouble([part.key.number for part in parts])
        return super().append(table, frame, parts)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[_TroubledLake]:
    with _TroubledLake(tmp_path) as opened:
        yield opened


@pytest.fixture
def known(lake: Lake) -> Known:
    make_device("saf-1")
    found = read_known()
    for table in found.tables():
        lake.create(table)
    return found


def _arrivals(known: Known, *sequences: int) -> Arrivals:
    messages = []
    for number in sequences:
        raw = encode_payload(boot=7, sequence=number, points=[(NOON, {"energy": number})])
        messages.append(Message(telemetry_topic("saf-1"), raw, 1, 1, NOON))
    return sort_messages(messages, known).arrivals[TABLE]


def _stored(lake: Lake) -> list[int]:
    return sorted(lake.read(TABLE)["sequence"].to_list())


@pytest.mark.parametrize("error", [TableLockedError, UnavailableError, LakeError, OSError, MemoryError])
def test_trouble_of_the_store_is_waited_out_also_payload_by_payload(
    lake: _TroubledLake, known: Known, error: type[Exception]
) -> None:
    calls: list[list[int]] = []

    def trouble(numbers: list[int]) -> None:
        calls.append(numbers)
        if len(numbers) > 1:
            raise InputRefusedError("one of them")
        if calls.count([2]) == 1 and numbers == [2]:
            raise error("not now")

    lake.trouble = trouble
    outcome = Storekeeper(lake, threading.Event()).store(TABLE, known.things[TABLE], _arrivals(known, 1, 2))
    assert outcome is not None
    stored, refused = outcome
    assert [(ack.sequence, ack.status) for _, ack in stored.answers] == [(1, "stored"), (2, "stored")]
    assert (refused, calls, _stored(lake)) == ([], [[1, 2], [1], [2], [2]], [1, 2])


def test_payload_that_the_store_refuses_goes_alone(lake: _TroubledLake, known: Known) -> None:
    def trouble(numbers: list[int]) -> None:
        if 2 in numbers:
            raise InputRefusedError("not that one")

    lake.trouble = trouble
    outcome = Storekeeper(lake, threading.Event()).store(
        TABLE, known.things[TABLE], _arrivals(known, 1, 2, 3)
    )
    assert outcome is not None
    stored, refused = outcome
    assert [ack.sequence for _, ack in stored.answers] == [1, 3]
    assert [(one.refusal.sequence, one.refusal.found) for one in refused] == [(2, {"words": "not that one"})]
    assert _stored(lake) == [1, 3]


def test_fault_of_our_own_refuses_nothing_and_holds_up_nobody(lake: _TroubledLake, known: Known) -> None:
    def trouble(numbers: list[int]) -> None:
        if 2 in numbers:
            raise RuntimeError("a fault in the program")

    lake.trouble = trouble
    outcome = Storekeeper(lake, threading.Event()).store(
        TABLE, known.things[TABLE], _arrivals(known, 1, 2, 3)
    )
    assert outcome is not None
    assert [ack.sequence for _, ack in outcome[0].answers] == [1, 3]
    assert outcome[1] == []


def test_nothing_is_answered_where_the_stop_came_first(lake: _TroubledLake, known: Known) -> None:
    stop = threading.Event()

    def trouble(numbers: list[int]) -> None:
        stop.set()
        raise UnavailableError(f"no room for {numbers}")

    lake.trouble = trouble
    outcome = Storekeeper(lake, stop).store(TABLE, known.things[TABLE], _arrivals(known, 1))
    assert (outcome, _stored(lake)) == (None, [])
