"""Lawful erasure takes a value from the register as from the ledger; all else stays and is still checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from jinmai.core.ledger.api import entries_for, erase_payload
from jinmai.core.register import selectors
from jinmai.core.register.check import register_faults
from jinmai.core.register.entries import FACT_ENTERED, FACT_ERASED
from jinmai.core.register.importing import run
from jinmai.core.register.load import load
from jinmai.core.register.models import Fact, Import, Party
from jinmai.core.register.services.erasing import erase_fact
from jinmai.core.register.services.facts import FactRefused, When, correct_fact, enter_fact
from jinmai.core.register.services.imports import Upload, accept_import, open_import
from jinmai.core.register.tests.factories import ACTOR, ALLOY, BUREAU, code_number
from jinmai.core.register.tests.test_views import _person, _signed_in, _text

LAW = "PIPL art. 47, request 12"
SECRET = "张三丰"
pytestmark = pytest.mark.usefixtures("tiny_city", "_own_folder")


@pytest.fixture
def _own_folder(tmp_path: Path, settings: object) -> None:
    settings.JINMAI_DATA = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def representative(alloy: Party) -> Fact:
    """Who represents the firm, with a note."""
    when = When(date(2026, 1, 1), date(2025, 1, 1))
    kind, source = "legal_representative", "market_registration"
    return enter_fact(
        subject=alloy, kind=kind, value=SECRET, source=source, when=when, actor=ACTOR, note=f"once {SECRET}"
    )


def faults() -> list[str]:
    return [str(fault) for fault in register_faults()]


def imported(*rows: str, key: str = "k") -> Import:
    """An import of revenues, done."""
    head = "code,name,district,year,revenue"
    batch = open_import(
        key=key,
        upload=Upload("firms.csv", ["\n".join([head, *rows, ""]).encode()]),
        source="tax",
        as_of=date(2026, 4, 30),
        illustrative=True,
        actor=ACTOR,
    )
    run.advance(batch.pk)
    accept_import(batch=batch, only_good=True, actor=ACTOR)
    run.advance(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "done"
    return batch


def row_of(number: int, revenue: str = "30000000") -> str:
    return f"{code_number(number)},第{number}厂,东区,2025,{revenue}"


def stored(fact: Fact) -> str:
    """Everything that the database keeps of the fact."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM register_fact WHERE id = %s", [fact.pk])
        return str(cursor.fetchone())


def test_value_and_note_go_from_row_and_ledger(representative: Fact, alloy: Party) -> None:
    told = next(entry for entry in entries_for(alloy.subject, kinds=[FACT_ENTERED]))
    assert SECRET in stored(representative)
    gone = erase_fact(fact=representative, reason=LAW, actor=ACTOR)
    assert (gone.erased, gone.number, gone.text, gone.note) == (True, None, "", "")
    assert SECRET not in stored(representative)
    again = next(entry for entry in entries_for(alloy.subject, limit=50) if entry.id == told.id)
    assert (again.erased, again.payload) == (True, None)
    said = entries_for(alloy.subject, kinds=[FACT_ERASED])[0]
    assert (said.payload, said.actor) == ({"fact": gone.pk, "reason": LAW, "chunks": []}, ACTOR)
    assert faults() == []


def test_erasing_the_payload_in_the_ledger_erases_the_row_too(representative: Fact, alloy: Party) -> None:
    told = entries_for(alloy.subject, kinds=[FACT_ENTERED])[0]
    erase_payload(entry=told.id, reason=LAW, actor=ACTOR)
    assert SECRET not in stored(representative)
    assert len(entries_for(alloy.subject, kinds=[FACT_ERASED])) == 1
    assert faults() == []


def test_an_erased_fact_is_unknown_and_its_history_says_why(representative: Fact, alloy: Party) -> None:
    erase_fact(fact=representative, reason=LAW, actor=ACTOR)
    assert representative.pk not in {fact.pk for fact in selectors.latest_facts(alloy)}
    officer = _signed_in(_person("olivia", "bureau_officer", BUREAU, "bureau"))
    history = _text(officer, f"/parties/{ALLOY}/facts/legal_representative/")
    assert ["erased by law" in history, SECRET in history] == [True, False]
    assert f"/facts/{representative.pk}/correction/" not in history


def test_what_followed_from_an_erased_fact_is_withdrawn(alloy: Party) -> None:
    revenue = next(fact for fact in selectors.latest_facts(alloy) if fact.kind.key == "revenue")
    assert selectors.facts_as_of(alloy, "above_scale", effective=revenue.effective_from) != []
    erase_fact(fact=revenue, reason=LAW, actor=ACTOR)
    assert selectors.facts_as_of(alloy, "above_scale", effective=revenue.effective_from) == []
    assert faults() == []


def test_a_city_pack_loaded_again_does_not_bring_it_back(alloy: Party, tiny_city: Path) -> None:
    revenue = next(fact for fact in selectors.latest_facts(alloy) if fact.kind.key == "revenue")
    erase_fact(fact=revenue, reason=LAW, actor=ACTOR)
    load(tiny_city)
    assert [fact for fact in selectors.latest_facts(alloy) if fact.kind.key == "revenue"] == []


def test_one_fact_of_an_import_is_erased_and_the_others_are_still_compared(
    lifted: Callable[[str, list[int]], None],
) -> None:
    batch = imported(row_of(1), row_of(2), row_of(3))
    first, second, _third = Fact.objects.filter(batch=batch, kind__key="revenue").order_by("pk")
    erase_fact(fact=first, reason=LAW, actor=ACTOR)
    erase_fact(fact=second, reason=LAW, actor=ACTOR)
    assert ["3000000000" in stored(fact) for fact in (first, second, _third)] == [False, False, True]
    assert faults() == []
    lifted("UPDATE register_fact SET number = number + 1 WHERE id = %s", [_third.pk])
    assert faults() == [f"import {batch.pk}, chunk 0: its facts are not those that were imported"]


def test_a_fact_that_two_imports_brought_is_erased_for_both() -> None:
    imported(row_of(1), row_of(2))
    imported(row_of(2), row_of(1), row_of(3), key="other")
    fact = Fact.objects.get(party__code=code_number(1), kind__key="revenue")
    erase_fact(fact=fact, reason=LAW, actor=ACTOR)
    assert faults() == []


def test_a_fact_that_was_tampered_with_is_not_erased_over(lifted: Callable[[str, list[int]], None]) -> None:
    batch = imported(row_of(1))
    fact = Fact.objects.get(batch=batch, kind__key="revenue")
    lifted("UPDATE register_fact SET number = number + 1 WHERE id = %s", [fact.pk])
    with pytest.raises(FactRefused, match="changed"):
        erase_fact(fact=fact, reason=LAW, actor=ACTOR)


def test_who_empties_a_row_without_an_entry_is_found(representative: Fact) -> None:
    """The triggers let the form of an erasure through; the check asks for its entry."""
    statement = "UPDATE register_fact SET text = '', note = '', erased = true WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [representative.pk])
    assert f"fact {representative.pk}: is erased and no entry says so" in faults()


def test_who_writes_a_value_back_is_found(
    representative: Fact, lifted: Callable[[str, list[int]], None]
) -> None:
    erase_fact(fact=representative, reason=LAW, actor=ACTOR)
    lifted("UPDATE register_fact SET text = 'x' WHERE id = %s", [representative.pk])
    assert faults() == [f"fact {representative.pk}: was erased and is still there"]


@pytest.mark.parametrize(
    "change",
    [
        "text = ''",
        "erased = true",
        "text = '', note = '', erased = true, as_of = '2020-01-01'",
        "text = '', note = '', erased = true, withdrawn = true",
    ],
)
def test_any_other_change_of_a_fact_is_still_refused(representative: Fact, change: str) -> None:
    statement = f"UPDATE register_fact SET {change} WHERE id = %s"
    refused = pytest.raises(DatabaseError, match="never changed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [representative.pk])


def test_what_cannot_be_erased_is_refused(representative: Fact, alloy: Party) -> None:
    derived = next(fact for fact in selectors.latest_facts(alloy) if fact.kind.key == "above_scale")
    with pytest.raises(FactRefused, match="reason"):
        erase_fact(fact=representative, reason=" ", actor=ACTOR)
    with pytest.raises(FactRefused, match="derived"):
        erase_fact(fact=derived, reason=LAW, actor=ACTOR)
    erase_fact(fact=representative, reason=LAW, actor=ACTOR)
    with pytest.raises(FactRefused, match="erased_already"):
        erase_fact(fact=representative, reason=LAW, actor=ACTOR)
    with pytest.raises(FactRefused, match="corrected_already"):
        correct_fact(fact=representative, value="李四", reason="back again", actor=ACTOR)


def test_the_command_erases_and_fsck_counts_it(representative: Fact) -> None:
    out = StringIO()
    call_command("register", "erase", str(representative.pk), "--reason", LAW, stdout=out)
    assert f"fact {representative.pk} is erased" in out.getvalue()
    for number, reason in ((representative.pk, "erased_already"), (999_999, "there is no fact 999999")):
        with pytest.raises(CommandError, match=reason):
            call_command("register", "erase", str(number), "--reason", LAW)
