"""Who listens by WebSocket is told in parts of one size, and never waits for another's look."""

from __future__ import annotations

import asyncio
import threading

import orjson
import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from jinmai.systems.traceability.rest_api import sockets
from jinmai.systems.traceability.tests.epcis_client import Caller, event
from tests.beside import run


def listener(caller: Caller, controls: str) -> sockets.Listener:
    """Somebody who listens to all that is shipped."""
    kept = caller.call("POST", "queries", {"name": "shipped", "query": {"EQ_bizStep": ["shipping"]}})
    assert kept.status_code == 201
    return sockets._listener(
        {
            "path": "/epcis/queries/shipped/events",
            "query_string": controls.encode(),
            "headers": [(b"authorization", f"Bearer {caller.secret}".encode())],
        }
    )


@pytest.mark.django_db
def test_what_was_captured_before_comes_in_parts_one_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_IN_A_REPORT", 3)
    caller = Caller()
    sent = [event(number) for number in range(6)]
    caller.capture(*sent, event(6, bizStep="receiving"))
    found = listener(caller, "stream=true&initialRecordTime=2020-01-01T00:00:00Z")
    looks = [(found.look(), found.behind) for _ in range(3)]
    assert [(len(messages), behind) for messages, behind in looks] == [(1, True), (1, True), (0, False)]
    told = [one for messages, _ in looks for message in messages for one in _times(message)]
    assert told == [one["eventTime"] for one in sent]


def _times(message: bytes) -> list[str]:
    results = orjson.loads(message)["epcisBody"]["queryResults"]["resultsBody"]
    return [one["eventTime"] for one in results["eventList"]]


def test_one_look_does_not_wait_for_another() -> None:
    both = threading.Barrier(2)

    async def together() -> list[int]:
        return await asyncio.gather(*(sockets._beside(lambda: both.wait(20)) for _ in range(2)))

    assert sorted(run(together())) == [0, 1]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="tests keep SQLite in memory, never closed")
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_too_old_is_closed_after_the_look() -> None:
    def look() -> BaseDatabaseWrapper:
        connection.ensure_connection()
        connection.close_at = 0.0
        return connections["default"]

    assert run(sockets._beside(look)).connection is None
