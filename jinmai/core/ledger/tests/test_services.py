"""An entry is recorded with the fact it speaks of, or not at all, and stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from jinmai.core.ledger import api
from jinmai.core.ledger.immutability import guard_tables, missing_guards
from jinmai.core.ledger.models import Entry, ImmutableError, Payload
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.tests.entries import Raised, record


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(api.NotInTransactionError, match="inside the transaction"):
        api.append(kind="industry.alarm_raised.v1", subject="plant:1", payload=Raised(1), actor="user:1")


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_a_transaction_that_is_rolled_back() -> None:
    def fail_after_append() -> None:
        with transaction.atomic():
            record()
            raise RuntimeError("the verb failed")

    with pytest.raises(RuntimeError):
        fail_after_append()
    assert (Entry.objects.count(), Payload.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_entries_of_a_subject_come_newest_first_and_of_the_kinds_asked_for() -> None:
    for value in (1, 2, 3):
        record(value=value)
    record(subject="plant:other", value=9)
    assert [entry.payload for entry in api.entries_for("plant:saf-1")] == [
        {"value": 3, "note": ""},
        {"value": 2, "note": ""},
        {"value": 1, "note": ""},
    ]
    assert api.entries_for("plant:saf-1", kinds=["industry.alarm_cleared.v1"]) == []
    assert len(api.entries_for("plant:saf-1", limit=2)) == 2


@pytest.mark.django_db
def test_the_time_it_happened_is_kept_apart_from_the_time_it_was_recorded() -> None:
    then = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    record(occurred=then)
    (entry,) = api.entries_for("plant:saf-1")
    assert entry.occurred_at == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert entry.recorded_at > entry.occurred_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "alarm"}, "kind"),
        ({"kind": "industry.alarm_raised"}, "kind"),
        ({"kind": "Industry.alarm.v1"}, "kind"),
        ({"subject": ""}, "subject"),
        ({"subject": " plant"}, "subject"),
        ({"subject": "plant\n1"}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"actor": ""}, "actor"),
        ({"key": "k" * 201}, "key"),
        ({"occurred": datetime(2026, 1, 1)}, "occurred"),  # noqa: DTZ001 - the missing zone is the point
        ({"payload": Raised(1, "长" * 400_000)}, "payload"),
    ],
)
def test_an_entry_with_a_wrong_field_is_refused_and_the_field_named(
    wrong: dict[str, object], named: str
) -> None:
    good: dict[str, object] = {
        "kind": "industry.alarm_raised.v1",
        "subject": "plant:1",
        "payload": Raised(1),
        "actor": "user:1",
    }
    with transaction.atomic(), pytest.raises(api.EntryRefused, match=f"^{named}: "):
        api.append(**(good | wrong))  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.django_db(transaction=True)
def test_a_second_entry_with_the_same_key_is_refused_by_the_database() -> None:
    record(key="alarm-17")
    with pytest.raises(IntegrityError):
        record(key="alarm-17")
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_the_models_refuse_change_and_deletion() -> None:
    record()
    entry = Entry.objects.get()
    entry.kind = "industry.alarm_cleared.v1"
    for attempt in (
        entry.save,
        entry.delete,
        entry.payload.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(kind="x"),
        lambda: Entry.objects.bulk_update([entry], ["kind"]),
    ):
        with pytest.raises(ImmutableError):
            attempt()
    assert Entry.objects.get().kind == "industry.alarm_raised.v1"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET kind = 'x.y.v1'",
        "UPDATE ledger_entry SET leaf = leaf || leaf",
        "UPDATE ledger_entry SET \"index\" = 0, actor = 'user:2'",
        "UPDATE ledger_payload SET content = salt",
        "UPDATE ledger_payload SET content = '', salt = ''",
        "DELETE FROM ledger_payload",
        "DELETE FROM ledger_entry",
    ],
)
def test_the_database_refuses_change_and_deletion_from_any_program(statement: str) -> None:
    record()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [entry.payload for entry in api.entries_for("plant:saf-1")] == [{"value": 1, "note": ""}]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="INSERT OR REPLACE is SQLite's")
@pytest.mark.parametrize("table", ["entry", "payload", "checkpoint"])
def test_nothing_is_replaced_on_its_way_in(table: str) -> None:
    record()
    seal_pending()
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"):
        cursor.execute(f"INSERT OR REPLACE INTO ledger_{table} SELECT * FROM ledger_{table}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL lets triggers sleep")
@pytest.mark.parametrize("way", ["DISABLE", "ENABLE REPLICA"])
def test_a_trigger_that_is_put_to_sleep_is_missing(way: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE ledger_entry {way} TRIGGER ledger_entry_delete")
    try:
        assert missing_guards(connection) == ["ledger_entry_delete"]
    finally:
        guard_tables()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_delete")


@pytest.mark.django_db(transaction=True)
def test_an_index_is_given_once_and_stays() -> None:
    record()
    with connection.cursor() as cursor:
        cursor.execute('UPDATE ledger_entry SET "index" = 0')
        with pytest.raises(DatabaseError, match="append-only"):
            cursor.execute('UPDATE ledger_entry SET "index" = 1')


@pytest.mark.django_db
def test_every_trigger_is_in_place_after_the_migrations() -> None:
    assert missing_guards(connection) == []
