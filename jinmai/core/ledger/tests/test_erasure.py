"""Where the law demands it a payload goes for good, the entry stays, and the ledger says why."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from jinmai.core.ledger import api, tree
from jinmai.core.ledger.check import check_ledger
from jinmai.core.ledger.erasure import ErasureRefusedError, erase_payload
from jinmai.core.ledger.identity import identity
from jinmai.core.ledger.immutability import guard_tables, lift_guards
from jinmai.core.ledger.models import Entry
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.store import id_value
from jinmai.core.ledger.tests.entries import RAISED, Raised, record, record_many
from jinmai.standards import tlog

pytestmark = pytest.mark.django_db
LAW = "PIPL Art. 47, request 2026-11"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path


def erase(entry: Entry) -> None:
    erase_payload(entry=entry.id, reason=LAW, actor="user:9")


def test_an_erased_payload_is_gone_and_the_proof_of_its_entry_still_holds() -> None:
    record_many(3)
    seal_pending()
    entry = Entry.objects.get(index=1)
    erase(entry)
    seal_pending()
    erased, _, said = sorted(api.entries_for("plant:saf-1"), key=lambda one: one.index or 0)[1:]
    assert (erased.erased, erased.payload, erased.content) == (True, None, b"")
    assert said.payload == {"entry": str(entry.id), "reason": LAW}
    own = identity()
    proof = tree.logged_proof(1)
    proof.verify(tlog.leaf_hash(bytes(entry.leaf)), own.origin, own.verifiers)


def test_the_check_counts_erased_payloads_and_finds_nothing_wrong() -> None:
    record_many(3)
    seal_pending()
    erase(Entry.objects.get(index=0))
    erase(Entry.objects.get(index=2))
    report = check_ledger()
    assert (report.faults, report.entries, report.erased) == ([], 5, 2)


def test_an_erasure_that_was_recorded_but_not_done_is_named() -> None:
    record()
    seal_pending()
    entry = Entry.objects.get()
    kept = (bytes(entry.payload.salt), bytes(entry.payload.content))
    erase(entry)
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_payload SET salt = %s, content = %s, erased_by_id = NULL "
            "WHERE erased_by_id IS NOT NULL",
            kept,
        )
    guard_tables()
    (fault,) = check_ledger().faults
    assert fault.problem == "it says that a payload was erased, but the payload is there"


def test_what_cannot_be_erased_is_refused_with_the_reason() -> None:
    record()
    entry = Entry.objects.get()
    with pytest.raises(ErasureRefusedError, match="which law"):
        erase_payload(entry=entry.id, reason=" ", actor="user:9")
    erase(entry)
    with pytest.raises(ErasureRefusedError, match="erased before"):
        erase(entry)
    with pytest.raises(ErasureRefusedError, match="not erased itself"):
        erase(Entry.objects.exclude(id=entry.id).get())


@pytest.mark.django_db(transaction=True)
def test_the_database_lets_nobody_empty_a_payload_by_another_entry() -> None:
    record_many(2)
    other = id_value(Entry.objects.values_list("id", flat=True)[1])
    emptying = "UPDATE ledger_payload SET salt = %s, content = %s, erased_by_id = %s"
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"):
        cursor.execute(emptying, [b"", b"", other])


@pytest.mark.django_db(transaction=True)
def test_no_copy_of_an_erased_payload_is_left_in_the_pages_of_the_database() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("reads the pages of SQLite; PostgreSQL's vacuum is the operator's")
    secret = "沈阳路 17 号，电话 13900001111"
    with transaction.atomic():
        entry = api.append(kind=RAISED, subject="plant:1", payload=Raised(1, secret), actor="user:1")
    assert secret.encode() in connection.connection.serialize()
    erase_payload(entry=entry, reason=LAW, actor="user:9")
    assert secret.encode() not in connection.connection.serialize()


def test_the_command_erases_by_index_and_refuses_what_is_not_there() -> None:
    record()
    seal_pending()
    out = StringIO()
    call_command("erase_payload", "0", "--reason", LAW, stdout=out)
    assert out.getvalue().startswith("erased; recorded by entry ")
    with pytest.raises(CommandError, match="erased before"):
        call_command("erase_payload", "0", "--reason", LAW)
    with pytest.raises(CommandError, match="no entry 99"):
        call_command("erase_payload", "99", "--reason", LAW)
