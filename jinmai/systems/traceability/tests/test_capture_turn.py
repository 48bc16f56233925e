"""Captures store one after the other on SQLite, and never wait for each other in a transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import sleep

import pytest
from django.conf import settings
from django.db import connection, transaction

from jinmai.systems.traceability.services.capture_turn import turn

pytestmark = pytest.mark.skipif(
    "sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="PostgreSQL has many writers"
)


def test_one_stores_at_a_time() -> None:
    counting, inside, seen = Lock(), [0], []

    def store(_: int) -> None:
        with turn():
            with counting:
                inside[0] += 1
                seen.append(inside[0])
            sleep(0.01)
            with counting:
                inside[0] -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(store, range(12)))
    assert seen == [1] * 12


@pytest.mark.django_db
def test_who_is_in_a_transaction_does_not_wait() -> None:
    taken, done = Event(), Event()

    def hold() -> None:
        with turn():
            taken.set()
            done.wait(20)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        assert taken.wait(20)
        with transaction.atomic(), turn():
            assert connection.in_atomic_block
        assert not held.done()
        done.set()
