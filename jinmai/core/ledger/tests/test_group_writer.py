"""Hot entries share a commit; each is on the disk before it is answered, once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, wait
from threading import Event

import pytest
from django.db import IntegrityError, OperationalError, transaction

from jinmai.core.ledger import api, group_writer
from jinmai.core.ledger.envelope import Draft
from jinmai.core.ledger.models import Entry, Payload
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.store import store
from jinmai.core.ledger.tests.entries import RAISED, Raised, record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _writer_of_this_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = group_writer.GroupWriter()
    monkeypatch.setattr(group_writer, "_writer", made)
    yield
    made.close()


def hot(value: int = 1, key: str = "") -> Future[bool]:
    return api.append_durably(kind=RAISED, subject="plant:hot", payload=Raised(value), actor="job:1", key=key)


def test_many_entries_are_all_recorded_once() -> None:
    futures = [hot(value) for value in range(500)]
    wait(futures, timeout=30)
    assert [future.result() for future in futures] == [True] * 500
    assert (Entry.objects.count(), Payload.objects.count()) == (500, 500)
    assert seal_pending() == 500


def test_a_key_sent_twice_is_recorded_once_within_a_group_and_after_it() -> None:
    futures = [hot(7, key="digest/1") for _ in range(5)]
    wait(futures, timeout=30)
    assert sorted(future.result() for future in futures) == [False, False, False, False, True]
    assert hot(7, key="digest/1").result(30) is False
    assert Entry.objects.count() == 1


def test_a_key_used_for_another_entry_is_refused_and_its_neighbours_are_recorded() -> None:
    hot(1, key="digest/1").result(30)
    futures = [hot(2), hot(2, key="digest/1"), hot(3)]
    wait(futures, timeout=30)
    assert (futures[0].result(), futures[2].result()) == (True, True)
    with pytest.raises(api.EntryRefused, match="was used for another entry"):
        futures[1].result()


def test_inside_a_transaction_it_is_refused() -> None:
    with transaction.atomic(), pytest.raises(api.InTransactionError):
        hot()


def test_a_failing_database_is_told_to_all_who_wait_and_the_next_group_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_drafts: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(group_writer, "store", full)
        with pytest.raises(OperationalError, match="disk is full"):
            hot().result(30)
    assert hot().result(30) is True
    assert Entry.objects.count() == 1


def test_a_key_that_another_process_takes_in_between_is_answered_as_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beaten: list[bool] = []

    def beaten_once(drafts: list[Draft]) -> None:
        if not beaten:
            beaten.append(True)
            raise IntegrityError("UNIQUE constraint failed: ledger_entry.key")
        store(drafts)

    monkeypatch.setattr(group_writer, "store", beaten_once)
    assert hot(1, key="digest/9").result(30) is True
    assert Entry.objects.count() == 1


def test_entries_of_verbs_and_hot_entries_share_one_log() -> None:
    record()
    hot().result(30)
    assert seal_pending() == 2


def test_who_gives_up_waiting_gets_no_entry_and_disturbs_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, go_on = Event(), Event()

    def slowly(drafts: list[Draft]) -> None:
        at_work.set()
        assert go_on.wait(30)
        store(drafts)

    monkeypatch.setattr(group_writer, "store", slowly)
    first = hot(1)
    assert at_work.wait(30)
    given_up, after = hot(2), hot(3)
    assert given_up.cancel()
    assert not first.cancel(), "what is being written cannot be taken back"
    go_on.set()
    assert (first.result(30), after.result(30), hot(4).result(30)) == (True, True, True)
    assert Entry.objects.count() == 3
