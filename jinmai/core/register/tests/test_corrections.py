"""Pages that put a fact right: what was, what shall be, and why; what was known stays readable."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from jinmai.core.ledger.api import entries_for
from jinmai.core.register import selectors
from jinmai.core.register.models import Fact, Party, Source, Thing
from jinmai.core.register.services.facts import When, enter_fact
from jinmai.core.register.tests.factories import ACTOR, ALLOY, BUREAU
from jinmai.core.register.tests.test_views import _person, _signed_in, _text
from jinmai.core.web.api import forget

ENGLISH = {"accept-language": "en"}


@pytest.fixture
def officer(tiny_city: object) -> Client:
    """An officer of the city's bureau, who may put the register right."""
    return _signed_in(_person("olivia", "bureau_officer", BUREAU, "bureau"))


@pytest.fixture
def revenue(alloy: Party) -> Fact:
    """What the tax bureau said of the firm's year."""
    return next(fact for fact in selectors.latest_facts(alloy) if fact.kind.key == "revenue")


def corrected(fact: Fact, **changes: str) -> dict[str, str]:
    """A filled form."""
    return {
        "value": "21000000",
        "source": fact.source.key,
        "as_of": fact.as_of.isoformat(),
        "effective_from": fact.effective_from.isoformat(),
        "effective_to": fact.effective_to.isoformat() if fact.effective_to else "",
        "reason": "Typing error in the return",
        **changes,
    }


def test_a_correction_stands_beside_what_was_said_with_reason_and_name(
    officer: Client, revenue: Fact
) -> None:
    page = f"/facts/{revenue.pk}/correction/"
    before = _text(officer, page)
    for words in ("19,200,000 yuan", 'value="19200000"', 'value="2025-04-30"', 'value="2024-01-01"'):
        assert words in before
    chinese = officer.get(page, headers={"accept-language": "zh"}).content.decode()
    assert 'value="2024-12-31"' in chinese, "the browser's calendar reads no other form of a day"
    answer = officer.post(page, corrected(revenue))
    assert answer.status_code == 302
    assert answer["Location"] == f"/parties/{ALLOY}/facts/revenue/"
    history = _text(officer, answer["Location"])
    for words in ("21,000,000 yuan", "19,200,000 yuan", "Typing error in the return", "Olivia", "corrected"):
        assert words in history
    assert Fact.objects.get(pk=revenue.pk).number == revenue.number


def test_a_correction_offers_only_sources_that_may_say_it(officer: Client, revenue: Fact) -> None:
    page = _text(officer, f"/facts/{revenue.pk}/correction/")
    assert 'value="tax"' in page
    assert 'value="derived"' not in page
    standard = Source.objects.create(key="gb_9999", name_zh="某标准", name_en="A standard", rank=15)
    thing = Thing.objects.create(key="goods", kind="goods", name_zh="货", name_en="Goods")
    Fact.objects.create(
        thing=thing,
        kind=revenue.kind,
        number=1,
        source=standard,
        as_of=revenue.as_of,
        effective_from=revenue.effective_from,
        entered_at=revenue.entered_at,
    )
    forget()
    assert 'value="gb_9999"' not in _text(officer, f"/facts/{revenue.pk}/correction/")
    assert 'value="gb_9999"' not in _text(officer, "/parties/imports/new/")
    refused = officer.post(f"/facts/{revenue.pk}/correction/", corrected(revenue, source="gb_9999"))
    assert refused.status_code == 422


def test_a_yearly_figure_of_the_newest_year_is_the_answer_until_there_is_one_of_today(
    officer: Client, revenue: Fact
) -> None:
    page = _text(officer, f"/parties/{ALLOY}/facts/revenue/?effective=2026-06-01")
    assert "newest year known" in page
    assert "Of that day itself nothing is known yet" in page
    derived = _text(officer, f"/parties/{ALLOY}/facts/above_scale/?effective=2026-06-01")
    assert "newest year known" in derived, "what follows from a year's figure is of that year"
    during = _text(officer, f"/parties/{ALLOY}/facts/revenue/?effective=2024-06-01")
    assert "newest year known" not in during


def test_a_correction_may_name_another_source_day_and_period(officer: Client, revenue: Fact) -> None:
    form = corrected(
        revenue,
        source="statistics",
        as_of="2026-05-01",
        effective_from="2024-01-01",
        effective_to="2024-12-31",
    )
    assert officer.post(f"/facts/{revenue.pk}/correction/", form).status_code == 302
    made = Fact.objects.get(corrects=revenue)
    assert (made.source.key, made.as_of, made.effective_from) == (
        "statistics",
        date(2026, 5, 1),
        date(2024, 1, 1),
    )
    assert made.effective_to == date(2025, 1, 1), "the last day that is named counts too"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value": "much"}, "Not a number"),
        ({"reason": ""}, "This field is required"),
        ({"as_of": "2999-01-01"}, "The as-of day lies in the future"),
        ({"effective_from": "2025-01-01", "effective_to": "2024-01-01"}, "ends before it begins"),
        ({"source": "nobody"}, "Select a valid choice"),
        ({"source": "derived"}, "Select a valid choice"),
        ({"effective_from": "9999-01-01", "effective_to": "9999-12-29"}, "outside the years that are taken"),
        ({"effective_from": "1066-10-14"}, "outside the years that are taken"),
    ],
)
def test_what_cannot_be_is_named_at_its_field(
    officer: Client, revenue: Fact, changes: dict[str, str], words: str
) -> None:
    answer = officer.post(f"/facts/{revenue.pk}/correction/", corrected(revenue, **changes), headers=ENGLISH)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Fact.objects.filter(corrects=revenue).exists()


def test_a_withdrawal_leaves_nothing_in_its_place(officer: Client, revenue: Fact) -> None:
    page = f"/facts/{revenue.pk}/withdrawal/"
    assert officer.post(page, {"reason": ""}, headers=ENGLISH).status_code == 422
    assert officer.post(page, {"reason": "Another firm of the same name"}).status_code == 302
    history = _text(officer, f"/parties/{ALLOY}/facts/revenue/")
    assert "withdrawn" in history
    assert "Another firm of the same name" in history
    assert "register.fact_withdrawn.v1" in {entry.kind for entry in entries_for(f"party:{ALLOY}")}


def test_of_two_at_once_the_second_must_look_again(officer: Client, revenue: Fact) -> None:
    page = f"/facts/{revenue.pk}/correction/"
    assert officer.post(page, corrected(revenue)).status_code == 302
    answer = officer.post(page, corrected(revenue, value="22000000"), headers=ENGLISH)
    assert answer.status_code == 409
    assert "was corrected or withdrawn" in answer.content.decode()
    assert Fact.objects.filter(corrects=revenue).count() == 1


def test_what_follows_by_a_rule_is_put_right_at_its_basis(officer: Client, alloy: Party) -> None:
    derived = next(fact for fact in selectors.latest_facts(alloy) if fact.kind.key == "above_scale")
    answer = officer.post(f"/facts/{derived.pk}/withdrawal/", {"reason": "I do not agree"}, headers=ENGLISH)
    assert answer.status_code == 409
    assert "follows from other facts" in answer.content.decode()


def test_a_masked_value_is_not_told_by_the_form(officer: Client, tackle: Party) -> None:
    when = When.year(2025, date(2026, 4, 1))
    fact = enter_fact(subject=tackle, kind="revenue", value="123456", source="tax", when=when, actor=ACTOR)
    page = _text(officer, f"/facts/{fact.pk}/correction/")
    assert "123456" not in page
    assert "123,456" not in page


@pytest.mark.parametrize(
    ("username", "role", "status"),
    [("tom", "technician", 403), ("maria", "manager", 403), ("adam", "auditor", 403)],
)
def test_nobody_else_puts_facts_right(revenue: Fact, username: str, role: str, status: int) -> None:
    client = _signed_in(_person(username, role, ALLOY, "enterprise"))
    assert client.get(f"/facts/{revenue.pk}/correction/").status_code == status
    assert client.post(f"/facts/{revenue.pk}/withdrawal/", {"reason": "because"}).status_code == status


def test_only_who_may_is_offered_the_correction(officer: Client, revenue: Fact) -> None:
    history = f"/parties/{ALLOY}/facts/revenue/"
    assert f"/facts/{revenue.pk}/correction/" in _text(officer, history)
    technician = _signed_in(_person("tom", "technician", ALLOY, "enterprise"))
    assert "/correction/" not in _text(technician, history)


def test_an_absent_fact_is_404(officer: Client) -> None:
    for number in ("999999", "9" * 30):
        assert officer.get(f"/facts/{number}/correction/").status_code == 404


def test_a_places_facts_have_their_history(officer: Client) -> None:
    fact = next(fact for fact in Fact.objects.filter(place__isnull=False))
    assert fact.place is not None
    history = f"/places/{fact.place.key}/facts/{fact.kind.key}/"
    assert history in _text(officer, f"/places/{fact.place.key}/")
    assert fact.source.name_en in _text(officer, history)


def test_things_are_found_with_their_facts_and_their_history(officer: Client) -> None:
    assert "Furnace 1" in _text(officer, "/things/")
    page = _text(officer, "/things/tiny-furnace/")
    assert f"/parties/{ALLOY}/" in page
    assert "/things/tiny-furnace/facts/tiny_grade/" in page
    history = _text(officer, "/things/tiny-furnace/facts/tiny_grade/")
    assert "Furnace 1" in history
    assert "/correction/" in history


def test_a_firm_sees_its_own_things_alone(tiny_city: object) -> None:
    own = _signed_in(_person("tom", "technician", ALLOY, "enterprise"))
    other = _signed_in(_person("olaf", "technician", BUREAU, "enterprise"))
    assert own.get("/things/tiny-furnace/").status_code == 200
    assert "Furnace 1" in _text(own, "/things/")
    assert other.get("/things/tiny-furnace/").status_code == 404
    assert "Furnace 1" not in _text(other, "/things/")
