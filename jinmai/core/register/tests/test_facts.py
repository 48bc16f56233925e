"""Facts have a source and a time, are corrected by new facts, and derive what a dated rule says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone
from django.utils.translation import override

from jinmai.core.ledger.api import entries_for
from jinmai.core.register.models import Fact, FactBasis, FactKind, NeverChangedError, Party, Place
from jinmai.core.register.rules import Rule, rules
from jinmai.core.register.selectors import bases_of, fact_kinds, facts_as_of, latest_facts, place_by_key
from jinmai.core.register.services.deriving import conclude
from jinmai.core.register.services.facts import (
    FactRefused,
    When,
    correct_fact,
    enter_fact,
    withdraw_fact,
)
from jinmai.core.register.tests.factories import ACTOR
from jinmai.core.register.values import parse_number, shown

APRIL = date(2026, 4, 30)
IN_2025 = date(2025, 6, 1)


def _revenue(party: Party, value: str, *, source: str = "tax", year: int = 2025) -> Fact:
    return enter_fact(
        subject=party, kind="revenue", value=value, source=source, when=When.year(year, APRIL), actor=ACTOR
    )


def _above_scale(party: Party, day: date = IN_2025) -> list[bool]:
    return [bool(fact.number) for fact in facts_as_of(party, "above_scale", effective=day)]


def test_a_fact_keeps_value_source_and_both_times(alloy: Party) -> None:
    before = timezone.now()
    fact = _revenue(alloy, "21000000.50")
    kept = Fact.objects.get(pk=fact.pk)
    assert (kept.number, kept.source.key, kept.as_of) == (2_100_000_050, "tax", APRIL)
    assert (kept.effective_from, kept.effective_to) == (date(2025, 1, 1), date(2026, 1, 1))
    assert before <= kept.entered_at <= timezone.now()


def test_each_fact_appends_its_entry(alloy: Party) -> None:
    fact = _revenue(alloy, "18000000")
    entry = entries_for(alloy.subject)[0]
    assert (entry.kind, entry.actor) == ("register.fact_derived.v1", ACTOR)
    stated = next(each for each in entries_for(alloy.subject) if each.kind == "register.fact_entered.v1")
    assert stated.payload is not None
    assert (stated.payload["fact"], stated.payload["number"]) == (fact.pk, 1_800_000_000)


def test_the_same_statement_is_entered_once(alloy: Party) -> None:
    assert _revenue(alloy, "18000000").pk == _revenue(alloy, "18,000,000.00").pk


@pytest.mark.parametrize(
    "other", [{"bound": "about"}, {"note": "estimated by the accountant"}, {"illustrative": True}]
)
def test_a_number_that_is_meant_otherwise_is_another_statement(alloy: Party, other: dict[str, Any]) -> None:
    plain = _revenue(alloy, "18000000")
    meant = enter_fact(
        subject=alloy,
        kind="revenue",
        value="18000000",
        source="tax",
        when=When.year(2025, APRIL),
        actor=ACTOR,
        **other,
    )
    assert plain.pk != meant.pk


def test_a_correction_leaves_what_was_known_before(alloy: Party) -> None:
    fact = _revenue(alloy, "18000000")
    then = timezone.now()
    correct_fact(fact=fact, value="18500000", reason="typing error in the return", actor=ACTOR)
    assert [each.number for each in facts_as_of(alloy, "revenue", effective=IN_2025)] == [1_850_000_000]
    assert [each.number for each in facts_as_of(alloy, "revenue", effective=IN_2025, known=then)] == [
        1_800_000_000
    ]


def test_of_two_corrections_of_one_fact_the_second_must_look_again(alloy: Party) -> None:
    fact = _revenue(alloy, "18000000")
    correct_fact(fact=fact, value="18500000", reason="first", actor=ACTOR)
    with pytest.raises(FactRefused, match="corrected_already"):
        correct_fact(fact=fact, value="18600000", reason="second", actor=ACTOR)


def test_a_withdrawn_fact_leaves_nothing_in_its_place(alloy: Party) -> None:
    fact = _revenue(alloy, "18000000")
    withdraw_fact(fact=fact, reason="belongs to another firm", actor=ACTOR)
    assert facts_as_of(alloy, "revenue", effective=IN_2025) == []
    assert _above_scale(alloy) == []


def test_facts_are_never_changed_or_deleted(alloy: Party) -> None:
    fact = _revenue(alloy, "18000000")
    fact.number = 1
    with pytest.raises(NeverChangedError):
        fact.save()
    with pytest.raises(NeverChangedError):
        fact.delete()
    with pytest.raises(NeverChangedError):
        Fact.objects.filter(pk=fact.pk).update(number=1)
    with pytest.raises(NeverChangedError):
        Fact.objects.filter(pk=fact.pk).delete()


def test_nobody_changes_a_fact_in_the_database_either(alloy: Party) -> None:
    fact = _revenue(alloy, "18000000")
    for statement in (
        "UPDATE register_fact SET number = 1 WHERE id = %s",
        "DELETE FROM register_fact WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(statement, [fact.pk])


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"kind": "no_such"}, "kind", "unknown"),
        ({"source": "no_such"}, "source", "unknown"),
        ({"kind": "registration_status", "source": "tax", "value": "operating"}, "source", "may_not"),
        ({"value": "about 3 million"}, "value", "number"),
        ({"value": "1.005"}, "value", "too_precise"),
        ({"value": "9" * 19}, "value", "too_large"),
        ({"when": When(APRIL, APRIL, APRIL)}, "period", "empty"),
        ({"when": When(APRIL, date(9999, 1, 1), date(9999, 12, 30))}, "period", "day_range"),
        ({"when": When(APRIL, date(1948, 12, 31))}, "period", "day_range"),
        ({"when": When.year(2099, APRIL)}, "period", "period_to_come"),
        ({"value": "-1"}, "value", "below_nought"),
        ({"bound": "atleast"}, "bound", "unknown"),
        ({"kind": "above_scale", "source": "derived", "value": "yes"}, "source", "may_not"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_by_its_field(
    alloy: Party, change: dict[str, object], field: str, reason: str
) -> None:
    given = {"kind": "revenue", "value": "1", "source": "tax", "when": When.year(2025, APRIL)} | change
    with pytest.raises(FactRefused) as refused:
        enter_fact(subject=alloy, actor=ACTOR, **given)  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_two_sources_both_have_their_say_the_more_trusted_first(alloy: Party) -> None:
    _revenue(alloy, "18000000", source="reported")
    _revenue(alloy, "21000000", source="statistics")
    found = facts_as_of(alloy, "revenue", effective=IN_2025)
    assert [(fact.source.key, fact.number) for fact in found] == [
        ("statistics", 2_100_000_000),
        ("reported", 1_800_000_000),
    ]


def test_crossing_the_line_derives_above_scale_with_its_sources(alloy: Party) -> None:
    assert _above_scale(alloy, date(2024, 6, 1)) == [False]  # 19.2 million in the pack
    fact = _revenue(alloy, "20000000.00")
    derived = facts_as_of(alloy, "above_scale", effective=IN_2025)[0]
    assert (bool(derived.number), derived.source.key) == (True, "derived")
    assert [(row.basis_id, row.rule) for row in bases_of([derived])[derived.pk]] == [
        (fact.pk, "above_scale_industry")
    ]


def test_unknown_revenue_is_not_below_the_line(alloy: Party) -> None:
    assert facts_as_of(alloy, "above_scale", effective=date(2023, 6, 1)) == []


def test_a_part_of_a_year_says_yes_when_it_has_passed_the_line_and_never_no(alloy: Party) -> None:
    def so_far(value: str, as_of: date) -> None:
        when = When(as_of, date(2026, 1, 1), as_of + timedelta(days=1))
        enter_fact(subject=alloy, kind="revenue", value=value, source="metered", when=when, actor=ACTOR)

    so_far("12000000", date(2026, 6, 30))
    assert _above_scale(alloy, date(2026, 7, 1)) == []
    so_far("20400000", date(2026, 10, 31))
    assert _above_scale(alloy, date(2026, 10, 30)) == []
    assert _above_scale(alloy, date(2026, 10, 31)) == [True]
    assert _above_scale(alloy, date(2026, 12, 31)) == [True]


def test_a_year_that_has_not_ended_is_a_part_of_a_year(alloy: Party) -> None:
    october = date(2026, 10, 31)
    for value, expected in (("19000000", []), ("20400000", [True])):
        when = When.year(2026, october)
        enter_fact(subject=alloy, kind="revenue", value=value, source="tax", when=when, actor=ACTOR)
        assert _above_scale(alloy, date(2026, 11, 1)) == expected
    assert _above_scale(alloy, date(2026, 10, 1)) == []


def test_a_corrected_revenue_corrects_what_was_derived_from_it(alloy: Party) -> None:
    fact = _revenue(alloy, "20000000")
    then = timezone.now()
    correct_fact(fact=fact, value="19000000", reason="invoices counted twice", actor=ACTOR)
    assert _above_scale(alloy) == [False]
    known = facts_as_of(alloy, "above_scale", effective=IN_2025, known=then)
    assert [bool(each.number) for each in known] == [True]


def test_what_is_derived_rests_on_what_stands_now(alloy: Party) -> None:
    first = _revenue(alloy, "25000000")
    second = correct_fact(fact=first, value="26000000", reason="an invoice was missing", actor=ACTOR)
    third = _revenue(alloy, "27000000", source="reported")
    derived = facts_as_of(alloy, "above_scale", effective=IN_2025)[0]
    assert {row.basis_id for row in bases_of([derived])[derived.pk]} == {second.pk, third.pk}
    assert Fact.objects.filter(kind__key="above_scale", effective_from=date(2025, 1, 1)).count() == 3


def test_the_line_is_for_industry_only(tackle: Party) -> None:
    _revenue(tackle, "30000000")
    assert _above_scale(tackle) == []
    assert FactBasis.objects.filter(fact__party=tackle).count() == 0


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.key)
def test_every_rule_gives_its_worked_examples(rule: Rule, alloy: Party) -> None:
    kind = fact_kinds()[rule.reads]
    assert rule.examples
    for example in rule.examples:
        when = When.year(example.year, APRIL)
        fact = Fact(
            id=1,
            kind=kind,
            source=alloy.facts.get(kind=kind).source,
            number=parse_number(str(example.revenue), kind.decimals),
            as_of=when.as_of,
            effective_from=when.effective_from,
            effective_to=when.effective_to,
            entered_at=timezone.now(),
        )
        assert [each.yes for each in conclude(rule, [fact], kind.decimals)] == [example.gives]


def test_a_place_and_a_thing_have_facts_too(tiny_city: object) -> None:
    place: Place = place_by_key("9901")
    with override("en"):
        assert [shown(fact) for fact in latest_facts(place)] == ["about 3,000,000 yuan"]


def test_kinds_of_facts_are_data(tiny_city: object) -> None:
    assert FactKind.objects.get(key="tiny_grade").codes == {
        "a": {"zh": "甲", "en": "A"},
        "b": {"zh": "乙", "en": "B"},
    }
