"""A follower gets every sealed entry of its kinds in order, once, and waits at one that it cannot take."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from jinmai.core.ledger import api, followers
from jinmai.core.ledger.models import Cursor
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.tests.entries import RAISED, Raised, record, record_many

pytestmark = pytest.mark.django_db
CLEARED = "industry.alarm_cleared.v1"


class Reader:
    """Writes down what it was handed, and fails at the values it is told to."""

    def __init__(self) -> None:
        self.got: list[int] = []
        self.fails_at: set[int] = set()

    def __call__(self, entry: api.RecordedEntry) -> None:
        value = (entry.payload or {})["value"]
        if value in self.fails_at:
            raise ValueError(f"cannot take {value}")
        self.got.append(value)


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader()
    api.follow("test.reader", [RAISED], made)
    yield made
    followers.unfollow("test.reader")


def clear(value: int) -> None:
    with transaction.atomic():
        api.append(kind=CLEARED, subject="plant:saf-1", payload=Raised(value), actor="user:1")


def test_entries_come_in_order_once_and_of_the_kinds_asked_for(reader: Reader) -> None:
    record_many(3)
    clear(99)
    seal_pending()
    assert followers.deliver() == 3
    record(value=3)
    seal_pending()
    assert followers.deliver() == 1
    assert followers.deliver() == 0
    assert reader.got == [0, 1, 2, 3]
    assert Cursor.objects.get(name="test.reader").next_index == 5


def test_an_entry_that_is_not_sealed_is_not_handed_over(reader: Reader) -> None:
    record()
    assert followers.deliver() == 0
    assert reader.got == []


def test_more_entries_than_a_batch_are_all_handed_over(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "BATCH", 10)
    record_many(35)
    seal_pending()
    assert followers.deliver() == 35
    assert reader.got == list(range(35))


def test_a_failing_handler_waits_at_its_entry_and_goes_on_from_there(reader: Reader) -> None:
    reader.fails_at = {2}
    record_many(5)
    seal_pending()
    assert followers.deliver() == 2
    cursor = Cursor.objects.get(name="test.reader")
    assert (cursor.next_index, cursor.failures, cursor.error) == (2, 1, "ValueError: cannot take 2")
    assert followers.deliver() == 0, "it is put off"
    reader.fails_at = set()
    Cursor.objects.update(due_at=timezone.now())
    assert followers.deliver() == 3
    assert reader.got == [0, 1, 2, 3, 4]
    cursor.refresh_from_db()
    assert (cursor.failures, cursor.error, cursor.due_at) == (0, "", None)


def test_one_follower_that_fails_does_not_hold_up_another(reader: Reader) -> None:
    other = Reader()
    api.follow("test.other", [], other)
    reader.fails_at = {0}
    record_many(3)
    seal_pending()
    try:
        assert followers.deliver() == 3
    finally:
        followers.unfollow("test.other")
    assert (reader.got, other.got) == ([], [0, 1, 2])


def test_what_a_failing_handler_wrote_is_undone(reader: Reader) -> None:
    def write_and_fail(_entry: api.RecordedEntry) -> None:
        clear(1)
        raise ValueError("after writing")

    api.follow("test.writer", [RAISED], write_and_fail)
    record()
    seal_pending()
    try:
        followers.deliver()
    finally:
        followers.unfollow("test.writer")
    assert api.entries_for("plant:saf-1", kinds=[CLEARED]) == []


def test_a_name_is_given_once(reader: Reader) -> None:
    with pytest.raises(ValueError, match="there already"):
        api.follow("test.reader", [], reader)
