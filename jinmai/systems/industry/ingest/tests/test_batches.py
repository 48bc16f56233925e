"""What becomes of a batch of messages: stored whole, known already, or refused whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jinmai.lake import Lake
from jinmai.standards.telemetry import encode_payload, telemetry_topic
from jinmai.systems.industry.ingest.batches import Stored, sort_messages, store
from jinmai.systems.industry.ingest.inbox import Message
from jinmai.systems.industry.ingest.known import Known, read_known
from jinmai.systems.industry.tests.factories import make_device

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake(tmp_path) as opened:
        yield opened


@pytest.fixture
def known(lake: Lake) -> Known:
    make_device("saf-1")
    make_device("saf-2")
    make_device("saf-3", enabled=False)
    found = read_known()
    for table in found.tables():
        lake.create(table)
    return found


def _message(device: str = "saf-1", sequence: int = 1, energies: tuple[float, ...] = (1, 2)) -> Message:
    points = [(NOW - timedelta(seconds=index), {"energy": value}) for index, value in enumerate(energies)]
    raw = encode_payload(boot=7, sequence=sequence, points=points)
    return Message(telemetry_topic(device), raw, 1, 1, NOW)


def _store(lake: Lake, known: Known, *messages: Message) -> tuple[list[tuple[str, str]], list[str]]:
    """Answers as (device, status), and the reasons of refusals."""
    found = sort_messages(messages, known)
    answers: list[tuple[str, str]] = []
    reasons = [str(one.refusal.reason) for one in found.refused]
    for table, arrivals in found.arrivals.items():
        stored, refused = store(lake, table, known.things[table], arrivals)
        answers += [(device, ack.status) for device, ack in stored.answers]
        reasons += [str(one.refusal.reason) for one in refused]
    return answers, reasons


def _rows(lake: Lake) -> list[tuple[int, int, int]]:
    frame = lake.query(
        "SELECT boot, sequence, energy FROM telemetry_furnace ORDER BY ALL", ["telemetry_furnace"]
    )
    return list(frame.iter_rows())


def test_rows_know_device_arrival_boot_and_sequence(lake: Lake, known: Known) -> None:
    _store(lake, known, _message(energies=(3.17,)))
    row = lake.read("telemetry_furnace").row(0, named=True)
    assert row == {
        "device": known.devices["saf-1"].pk,
        "time": NOW,
        "received": NOW,
        "boot": 7,
        "sequence": 1,
        "active_power": None,
        "energy": 317,
        "temperature": None,
        "state": None,
    }


def test_payload_that_is_known_is_acknowledged_and_not_stored_again(lake: Lake, known: Known) -> None:
    first, _ = _store(lake, known, _message())
    again, _ = _store(lake, known, _message(), _message(sequence=2))
    assert first == [("saf-1", "stored")]
    assert again == [("saf-1", "duplicate"), ("saf-1", "stored")]
    assert _rows(lake) == [(7, 1, 100), (7, 1, 200), (7, 2, 100), (7, 2, 200)]


def test_payload_twice_in_one_batch_is_stored_once(lake: Lake, known: Known) -> None:
    answers, _ = _store(lake, known, _message(), _message())
    assert [status for _, status in answers] == ["stored", "duplicate"]
    assert len(_rows(lake)) == 2


def test_same_numbers_of_another_device_are_another_payload(lake: Lake, known: Known) -> None:
    answers, _ = _store(lake, known, _message("saf-1"), _message("saf-2"))
    assert answers == [("saf-1", "stored"), ("saf-2", "stored")]


def test_bad_value_in_the_middle_keeps_the_whole_payload_out_and_no_other(lake: Lake, known: Known) -> None:
    bad = _message(sequence=2, energies=(1, 5000, 3))
    answers, reasons = _store(lake, known, _message(sequence=1), bad, _message(sequence=3))
    assert (answers, reasons) == ([("saf-1", "stored"), ("saf-1", "stored")], ["out_of_range"])
    assert [sequence for _, sequence, _ in _rows(lake)] == [1, 1, 3, 3]


def test_refused_payload_may_come_again_in_order(lake: Lake, known: Known) -> None:
    _store(lake, known, _message(sequence=1, energies=(-1,)))
    answers, _ = _store(lake, known, _message(sequence=1, energies=(1,)))
    assert answers == [("saf-1", "stored")]


def test_batch_of_nothing_good_leaves_no_commit(lake: Lake, known: Known) -> None:
    before = lake.snapshot("telemetry_furnace").version
    _store(lake, known, _message(energies=(-1,)))
    assert lake.snapshot("telemetry_furnace").version == before


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("jinmai/nobody/telemetry", "unknown_device"),
        ("jinmai/saf-3/telemetry", "disabled_device"),
        ("jinmai/SAF-1/telemetry", "foreign_topic"),
        ("jinmai/saf-1/telemetry/extra", "foreign_topic"),
    ],
)
def test_topic_of_nobody_is_refused(lake: Lake, known: Known, topic: str, reason: str) -> None:
    message = Message(topic, _message().payload, 1, 1, NOW)
    assert _store(lake, known, message) == ([], [reason])


def test_new_rows_are_only_those_that_were_not_there(lake: Lake, known: Known) -> None:
    _store(lake, known, _message(sequence=1))
    found = sort_messages([_message(sequence=1), _message(sequence=2, energies=(9,))], known)
    [(table, arrivals)] = found.arrivals.items()
    stored, _ = store(lake, table, known.things[table], arrivals)
    assert isinstance(stored, Stored)
    assert stored.new_rows["energy"].to_list() == [900]
