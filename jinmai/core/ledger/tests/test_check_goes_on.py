"""Damage that stops one of the checks is told, and all other checks go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from jinmai.core.ledger.api import Fault, entries_of
from jinmai.core.ledger.check import check_ledger
from jinmai.core.ledger.immutability import guard_tables, lift_guards
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.tests.entries import RAISED, record_many

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sealed(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path
    record_many(5)
    seal_pending()


def test_what_stops_one_check_is_told_and_the_others_go_on() -> None:
    def stumbling() -> Iterator[Fault]:
        yield Fault("thing:1", "is not as it was recorded")
        raise KeyError("facts")

    def after() -> Iterator[Fault]:
        yield Fault("thing:2", "is missing")

    assert [str(fault) for fault in check_ledger(stumbling, after).faults] == [
        "thing:1: is not as it was recorded",
        "stumbling: cannot be read to its end: KeyError: 'facts'",
        "thing:2: is missing",
    ]


def test_rooms_go_on_reading_where_a_payload_is_gone() -> None:
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            'DELETE FROM ledger_payload WHERE entry_id = (SELECT id FROM ledger_entry WHERE "index" = 3)'
        )
    guard_tables()
    read: list[bool] = []

    def reading() -> Iterator[Fault]:
        read.extend(entry.payload is not None for entry in entries_of([RAISED]))
        yield from ()

    assert [str(fault) for fault in check_ledger(reading).faults] == ["entry 3: its payload is gone"]
    assert sorted(read) == [False, True, True, True, True]
