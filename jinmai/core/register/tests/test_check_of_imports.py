"""Whoever takes an import's rows away, or says that it never happened, is found by what the ledger tells."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from jinmai.core.ledger.api import entries_for, erase_payload
from jinmai.core.register import entries
from jinmai.core.register.check import register_faults
from jinmai.core.register.immutability import guard_tables, lift_guards
from jinmai.core.register.models import Fact, Import
from jinmai.core.register.services.imports import accept_import
from jinmai.core.register.tests.factories import ACTOR
from jinmai.core.register.tests.test_import_faults import _advanced, _open, _row

pytestmark = pytest.mark.usefixtures("tiny_city", "_own_folder")
Lifted = Callable[[str, list[int]], None]


@pytest.fixture
def _own_folder(tmp_path: object, settings: object) -> None:
    settings.JINMAI_DATA = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def batch() -> Import:
    """An import of five firms, each above the line."""
    row = _advanced(_open([_row(number, revenue=f"{number}9000000") for number in range(1, 6)]))
    accept_import(batch=row, only_good=False, actor=ACTOR)
    return _advanced(row)


def _faults() -> list[str]:
    return [str(fault) for fault in register_faults()]


@pytest.mark.parametrize("state", ["dropped", "failed", "checked", "writing"])
def test_an_import_is_called_nothing_else_to_hide_its_facts(
    batch: Import, lifted: Lifted, state: str
) -> None:
    Import.objects.filter(pk=batch.pk).update(state=state)
    lifted("UPDATE register_fact SET number = 1 WHERE batch_id = %s", [batch.pk])
    assert f"import {batch.pk}: is called {state}, which is not what the ledger says" in _faults()
    assert f"import {batch.pk}, chunk 0: its facts are not those that were imported" in _faults()


def test_an_import_that_is_gone_is_named(batch: Import, lifted: Lifted) -> None:
    lifted(
        "DELETE FROM register_factbasis WHERE basis_id IN (SELECT id FROM register_fact WHERE batch_id = %s)",
        [batch.pk],
    )
    lifted("DELETE FROM register_fact WHERE batch_id = %s", [batch.pk])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM register_importchunk WHERE batch_id = %s", [batch.pk])
        cursor.execute("DELETE FROM register_import WHERE id = %s", [batch.pk])
    assert f"import {batch.pk}: is missing" in _faults()


def test_a_chunk_that_is_gone_is_named(batch: Import) -> None:
    batch.chunks.all().delete()
    assert f"import {batch.pk}, chunk 0: is missing" in _faults()


def test_a_digest_that_was_made_to_fit_is_named(batch: Import) -> None:
    batch.chunks.update(facts_digest="0" * 64)
    assert f"import {batch.pk}, chunk 0: its digests are not those in the ledger" in _faults()


def test_another_file_than_the_accepted_one_is_named(batch: Import) -> None:
    Import.objects.filter(pk=batch.pk).update(file_name="x.csv", rows_refused=3)
    assert _faults() == [f"import {batch.pk}: is not what was accepted: file_name, rows_refused"]


@pytest.mark.parametrize(
    "change",
    [
        "withdrawn = %s",
        "entered_at = '2020-01-01 00:00:00.000001+00:00'",
        "bound = 'about'",
        "note = 'x'",
        "text = 'x'",
    ],
)
def test_a_derived_fact_is_compared_in_every_column(batch: Import, change: str) -> None:
    derived = Fact.objects.filter(source__key="derived", bases__basis__batch=batch).last()
    assert derived is not None
    lift_guards(connection)
    with connection.cursor() as cursor:
        values = [True, derived.pk] if "%s" in change else [derived.pk]
        cursor.execute(f"UPDATE register_fact SET {change} WHERE id = %s", values)
    guard_tables()
    assert _faults() == [f"import {batch.pk}, chunk 0: its derived facts were changed"]


@pytest.mark.parametrize("kind", [entries.IMPORT_ACCEPTED, entries.CHUNK_WRITTEN, entries.FACTS_DERIVED])
def test_an_import_whose_entry_was_lawfully_erased_is_no_fault(batch: Import, kind: str) -> None:
    (entry,) = entries_for(batch.subject, kinds=[kind])
    erase_payload(entry=entry.id, reason="PIPL art. 47", actor=ACTOR)
    assert _faults() == []


def test_what_an_erased_entry_told_hides_no_changed_fact(batch: Import, lifted: Lifted) -> None:
    (entry,) = entries_for(batch.subject, kinds=[entries.CHUNK_WRITTEN])
    erase_payload(entry=entry.id, reason="PIPL art. 47", actor=ACTOR)
    lifted("UPDATE register_fact SET number = 1 WHERE batch_id = %s", [batch.pk])
    assert _faults() == [f"import {batch.pk}, chunk 0: its facts are not those that were imported"]


def test_a_trigger_that_is_gone_is_named() -> None:
    name = "register_fact_update" if connection.vendor == "sqlite" else "register_fact_change"
    on = "" if connection.vendor == "sqlite" else " ON register_fact"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    try:
        assert _faults() == [
            f"trigger {name}: is missing or changed, so facts could be changed unseen until the next check"
        ]
    finally:
        guard_tables()
