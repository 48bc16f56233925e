"""Whoever goes past the guards and changes a row of the register is found, and the row is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import StringIO

import msgspec
import pytest
from django.core.management import call_command
from django.db import connection

from jinmai.core.ledger.api import entries_for, erase_payload
from jinmai.core.register.check import register_faults
from jinmai.core.register.load import load
from jinmai.core.register.models import Fact, FactBasis, FactKind, Party
from jinmai.core.register.selectors import party_by_code
from jinmai.core.register.services.facts import When, correct_fact, enter_fact, withdraw_fact
from jinmai.core.register.services.imports import accept_import
from jinmai.core.register.services.kinds import KindRefused, declare_kind, kind_as_declared
from jinmai.core.register.services.parties import change_party
from jinmai.core.register.services.places import enter_place
from jinmai.core.register.tests.factories import ACTOR, ALLOY, TACKLE, TINY_CITY, code_number
from jinmai.core.register.tests.test_import_faults import _advanced, _open, _row
from jinmai.core.register.tests.test_load import JINZHOU

pytestmark = pytest.mark.usefixtures("tiny_city", "_own_folder")
Lifted = Callable[[str, list[int]], None]


@pytest.fixture
def _own_folder(tmp_path: object, settings: object) -> None:
    settings.JINMAI_DATA = tmp_path  # type: ignore[attr-defined]


def _faults() -> list[str]:
    return [str(fault) for fault in register_faults()]


def _imported() -> int:
    """An import of five firms, one of them above the line; gives its number."""
    batch = _advanced(_open([_row(number, revenue=f"{number}9000000") for number in range(1, 6)]))
    accept_import(batch=batch, only_good=False, actor=ACTOR)
    return _advanced(batch).pk


def test_a_register_that_people_worked_in_is_as_it_was_recorded() -> None:
    load(JINZHOU)
    _imported()
    alloy = party_by_code(ALLOY)
    first = Fact.objects.filter(party=alloy, kind__key="revenue").first()
    assert first is not None
    put_right = correct_fact(fact=first, value="25000000", reason="a typing error", actor=ACTOR)
    withdraw_fact(fact=put_right, reason="of another firm", actor=ACTOR)
    change_party(party=alloy, name_zh="新合金厂", district="990102", reason="moved", actor=ACTOR)
    change_party(party=party_by_code(code_number(3)), name_en="Third works", reason="asked", actor=ACTOR)
    enter_place(key="tiny-works", kind="site", name_zh="新厂区", party=alloy, actor=ACTOR)
    assert _faults() == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE register_party SET name_zh = 'x' WHERE id = %s", r"party:\S+: .*recorded: name_zh"),
        ("UPDATE register_party SET district_id = NULL WHERE id = %s", r"party:\S+: .*recorded: district"),
        ("UPDATE register_party SET industry = 'C3130' WHERE id = %s", r"party:\S+: its industry of 2017"),
        (
            "UPDATE register_party SET illustrative = NOT illustrative WHERE id = %s",
            r"recorded: illustrative",
        ),
    ],
)
def test_a_changed_party_is_named(statement: str, said: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [party_by_code(ALLOY).pk])
    (fault,) = _faults()
    assert fault.startswith(f"party:{ALLOY}: ")
    assert re.search(said, fault)


def test_a_changed_party_of_an_import_is_found_by_its_chunk() -> None:
    number = _imported()
    change_party(party=party_by_code(code_number(3)), name_zh="改名厂", reason="asked", actor=ACTOR)
    assert _faults() == []
    Party.objects.filter(code=code_number(2)).update(name_zh="x")
    assert _faults() == [f"import {number}, chunk 0: its parties are not those that were imported"]


def test_a_change_is_undone_by_nobody_unseen() -> None:
    _imported()
    party = party_by_code(code_number(3))
    before = party.name_zh
    change_party(party=party, name_zh="改名厂", reason="asked", actor=ACTOR)
    Party.objects.filter(pk=party.pk).update(name_zh=before)
    assert _faults() == [f"party:{party.code}: is not as it was recorded: name_zh"]


def test_fsck_names_it_too() -> None:
    Party.objects.filter(code=ALLOY).update(name_zh="x")
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("fsck", stderr=told, stdout=StringIO())
    assert f"party:{ALLOY}: is not as it was recorded: name_zh" in told.getvalue()


def test_a_party_that_no_entry_recorded_is_named() -> None:
    Party.objects.create(code=code_number(77), name_zh="x", kind="enterprise")
    assert _faults() == [f"party:{code_number(77)}: no entry recorded it"]


@pytest.mark.parametrize(
    "change",
    [
        "note = 'x'",
        "bound = 'about'",
        "corrects_id = id",
        "entered_at = '2020-01-01 00:00:00.000001+00:00'",
        "as_of = '2020-01-01'",
        "number = number + 1",
    ],
)
def test_a_changed_fact_is_named(lifted: Lifted, change: str) -> None:
    alloy = party_by_code(ALLOY)
    fact = Fact.objects.get(party=alloy, kind__key="revenue", source__key="tax")
    lifted(f"UPDATE register_fact SET {change} WHERE id = %s", [fact.pk])
    assert f"fact {fact.pk} of {alloy.subject}: is not as it was recorded" in _faults()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("number = number + 1", "its facts are not those that were imported"),
        ("note = 'x'", "some of its facts say more than the file did"),
        ("bound = 'about'", "some of its facts say more than the file did"),
        ("corrects_id = id", "some of its facts say more than the file did"),
        (
            "entered_at = '2020-01-01 00:00:00.000001+00:00'",
            "its facts were entered at another moment than they say",
        ),
    ],
)
def test_a_changed_fact_of_an_import_is_found_by_its_chunk(lifted: Lifted, change: str, said: str) -> None:
    number = _imported()
    fact = Fact.objects.filter(batch=number).order_by("pk")[2]
    lifted(f"UPDATE register_fact SET {change} WHERE id = %s", [fact.pk])
    assert f"import {number}, chunk 0: {said}" in _faults()


def test_a_fact_slipped_in_beside_an_import_is_named() -> None:
    number = _imported()
    said = Fact.objects.filter(batch=number, kind__key="revenue").last()
    assert said is not None
    said.pk, said._state.adding, said.number = None, True, 1
    said.save()
    assert _faults() == [f"fact {said.pk}: says that it came by import {number}, which did not bring it"]


@pytest.mark.parametrize("imported", [True, False])
def test_a_basis_exchanged_is_named(lifted: Lifted, imported: bool) -> None:  # noqa: FBT001 - a parameter
    number = _imported()
    derived = Fact.objects.filter(source__key="derived", bases__basis__batch__isnull=not imported).last()
    basis = FactBasis.objects.get(fact=derived)
    lifted("UPDATE register_factbasis SET basis_id = fact_id WHERE id = %s", [basis.pk])
    assert derived is not None
    assert derived.party is not None
    of_import = f"import {number}, chunk 0: its derived facts were changed"
    alone = f"fact {derived.pk} of {derived.party.subject}: is not as it was recorded"
    assert _faults() == [of_import if imported else alone]


def test_a_fact_that_is_gone_is_named(lifted: Lifted) -> None:
    alloy = party_by_code(ALLOY)
    when = When.year(2025, date(2026, 1, 1))
    fact = enter_fact(subject=alloy, kind="staff", value="5", source="reported", when=when, actor=ACTOR)
    lifted("DELETE FROM register_fact WHERE id = %s", [fact.pk])
    assert _faults() == [f"fact {fact.pk} of {alloy.subject}: is missing"]


def test_what_a_kind_means_and_whom_to_trust_is_recorded() -> None:
    FactKind.objects.filter(key="revenue").update(decimals=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE register_source SET rank = 1 WHERE key = 'reported'")
    assert _faults() == [
        "fact_kind:revenue: is not as it was recorded: decimals",
        "source:reported: is not as it was recorded: rank",
    ]


def test_a_kind_with_facts_keeps_its_values_as_they_are() -> None:
    kind = FactKind.objects.get(key="revenue")
    said = kind_as_declared(kind)
    with pytest.raises(KindRefused, match="decimals"):
        declare_kind(msgspec.structs.replace(said, decimals=0), actor=ACTOR)
    assert FactKind.objects.get(key="revenue").decimals == kind.decimals


def test_what_was_lawfully_erased_is_no_fault() -> None:
    tackle = party_by_code(TACKLE)
    when = When.year(2025, date(2026, 1, 1))
    fact = enter_fact(subject=tackle, kind="staff", value="2", source="reported", when=when, actor=ACTOR)
    withdraw_fact(fact=fact, reason="asked for", actor=ACTOR)
    for entry in entries_for(tackle.subject, limit=1000):
        erase_payload(entry=entry.id, reason="PIPL art. 47", actor=ACTOR)
    assert _faults() == []
    load(TINY_CITY)


@pytest.mark.parametrize(
    "change", ["entered_at = '2020-01-01 00:00:00.000001+00:00'", "as_of = '2020-01-01'"]
)
def test_a_withdrawal_is_compared_in_every_column(lifted: Lifted, change: str) -> None:
    alloy = party_by_code(ALLOY)
    fact = Fact.objects.get(party=alloy, kind__key="revenue", source__key="tax")
    gone = withdraw_fact(fact=fact, reason="of another firm", actor=ACTOR)
    lifted(f"UPDATE register_fact SET {change} WHERE id = %s", [gone.pk])
    assert f"fact {gone.pk} of {alloy.subject}: is not as it was recorded" in _faults()
