"""Parties are found by parts of their names and beginnings of their codes, as far as the reader may see."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from jinmai.core.access.api import Reach
from jinmai.core.register import search
from jinmai.core.register.bulk import _joined
from jinmai.core.register.models import Party
from jinmai.core.register.search import Sought, Wanted, fold, pairs
from jinmai.core.register.services.parties import change_party
from jinmai.core.register.tests.factories import ACTOR, ALLOY, TACKLE, code_number, make_party

CITY = Reach(city=True)


def _found(reach: Reach = CITY, *, personal: bool = False, **wanted: str) -> list[str]:
    return [party.name_zh for party in Sought(Wanted(**wanted), reach, personal=personal).page()]


@pytest.mark.parametrize(
    "text", ["特种", "特种合金", "小城特种合金有限公司", "合金有限", "Tinytown", "TINYTOWN alloy"[:8]]
)
def test_any_part_of_a_name_of_two_characters_or_more_finds_it(alloy: Party, text: str) -> None:
    assert "小城特种合金有限公司" in _found(text=text)


@pytest.mark.parametrize("text", ["合特", "特金", "小城合金", "金特种"])
def test_characters_that_do_not_stand_together_do_not_find_it(alloy: Party, text: str) -> None:
    assert _found(text=text) == []


def test_punctuation_width_and_case_do_not_matter(tiny_city: object) -> None:
    make_party(1, name_zh="锦州（Ａ-１）钛业", name_en="Jinzhou A-1 Titanium")
    for text in ("A1钛业", "(a-1)", "Ａ１", "a1 titan"):
        assert _found(text=text) == ["锦州（Ａ-１）钛业"]


def test_one_character_is_too_short_and_finds_nothing(alloy: Party) -> None:
    assert Wanted(text="合").too_short
    assert _found(text="合") == []


@pytest.mark.parametrize("text", ["9199", "91990101MA", ALLOY, ALLOY.lower()])
def test_the_beginning_of_a_code_finds_its_party(alloy: Party, text: str) -> None:
    assert _found(text=text) == ["小城特种合金有限公司"]


def test_a_code_is_found_within_the_readers_reach_however_many_others_begin_so(
    tiny_city: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_COUNTED", 0)
    for number in range(1, 25):
        make_party(number, district="990102" if number == 24 else "990101")
    west = Reach(city=False, districts=frozenset({"990102"}), codes=frozenset())
    assert _found(west, text=code_number(24)[:14]) == ["东区第24合金厂"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [1, 2]),
        ({"district": "990102"}, [2]),
        ({"size": "small"}, [1]),
        ({"industry": "C32"}, [2]),
        ({"kind": "sole_trader"}, []),
    ],
)
def test_a_code_is_found_within_the_other_filters(
    tiny_city: object, filters: dict[str, str], found: list[int]
) -> None:
    make_party(1, industry_code="C3140", size="small")
    make_party(2, industry_code="C3239", size="large", district="990102")
    assert _found(CITY, personal=False, text=code_number(1)[:16], **filters) == [
        f"东区第{number}合金厂" for number in found
    ]


def test_quotes_and_operators_of_the_index_are_just_text(alloy: Party) -> None:
    for text in ('特种" OR "合金', "NEAR(特种 合金)", "特种*", "zh : 特种", "' OR 1=1 --", "特种\x00合金"):
        assert isinstance(_found(text=text), list)


def test_lists_narrow_by_district_industry_and_size(tiny_city: object) -> None:
    make_party(1, industry_code="C3140", size="small")
    make_party(2, industry_code="C3239", size="small", district="990102")
    make_party(3, industry_code="F51", size="large")
    assert _found(industry="C31", district="990101", size="small") == [
        "小城特种合金有限公司",
        "东区第1合金厂",
    ]
    assert _found(industry="C") == ["小城特种合金有限公司", "东区第1合金厂", "东区第2合金厂"]
    assert _found(text="合金厂", district="990102") == ["东区第2合金厂"]
    assert _found(kind="bureau") == ["小城工业和信息化局"]


def test_names_of_the_protected_are_not_searched_by_those_who_may_not_see_them(tackle: Party) -> None:
    assert _found(text="老李") == []
    assert _found(text="老李", personal=True) == ["西区老李渔具店"]
    assert _found(text=TACKLE) == ["西区老李渔具店"]
    assert _found(text=TACKLE[:10]) == []


def test_a_reader_finds_what_their_reach_covers(tiny_city: object) -> None:
    make_party(1, district="990102")
    west = Reach(districts=frozenset({"990102"}))
    own = Reach(organisations=frozenset({1}), codes=frozenset({ALLOY}))
    assert _found(west, text="合金") == ["东区第1合金厂"]
    assert _found(own) == ["小城特种合金有限公司"]
    assert _found(own, text="合金厂") == []
    assert _found(own, text=code_number(1)) == []
    assert _found(Reach(districts=west.districts, codes=own.codes), text="合金") == [
        "小城特种合金有限公司",
        "东区第1合金厂",
    ]
    assert _found(Reach()) == []


def test_a_renamed_party_is_found_by_its_new_name_only(alloy: Party) -> None:
    change_party(party=alloy, name_zh="新锦钛业", reason="renamed by the authority", actor=ACTOR)
    assert _found(text="特种合金") == []
    assert _found(text="锦钛") == ["新锦钛业"]


def test_pages_follow_each_other_without_gap_or_repetition(tiny_city: object) -> None:
    for number in range(1, 8):
        make_party(number)
    seen: list[int] = []
    sought = Sought(Wanted(text="合金厂"), CITY)
    while page := sought.page(skip=len(seen), limit=3):
        seen += [party.pk for party in page]
    assert seen == sorted(Party.objects.filter(name_zh__contains="合金厂").values_list("pk", flat=True))
    assert sought.count == 7


def test_count_and_page_walk_the_index_once(
    tiny_city: object, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_party(1)
    sought = Sought(Wanted(text="合金厂"), CITY)
    # The index, then the rows of the page; PostgreSQL is asked first whether a short walk finds enough.
    with django_assert_num_queries(2 if connection.vendor == "sqlite" else 3):
        assert (sought.count, len(sought.page(limit=25))) == (1, 1)


@pytest.mark.parametrize("dense", [1, 4, 80])
def test_more_than_are_counted_are_paged_in_the_order_of_entry(
    tiny_city: object, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    monkeypatch.setattr(search, "MOST_COUNTED", 4)
    monkeypatch.setattr(search, "DENSE", dense)
    for number in range(1, 8):
        make_party(number)
    sought = Sought(Wanted(text="合金厂"), CITY)
    paged = [party.name_zh for skip in (0, 3, 6) for party in sought.page(skip=skip, limit=3)]
    assert sought.count == 5
    assert paged == [f"东区第{number}合金厂" for number in range(1, 8)]


def test_dense_beginnings_hide_nothing_that_follows(
    tiny_city: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "DENSE", 2)
    monkeypatch.setattr(search, "SHORT_WALK", 6)
    for number in range(1, 8):
        make_party(number)
    sought = Sought(Wanted(text="合金厂"), CITY)
    assert (sought.count, len(sought.page(limit=25))) == (7, 7)


@given(st.text(max_size=12), st.text(max_size=30))
def test_a_phrase_of_pairs_is_a_substring(text: str, name: str) -> None:
    wanted, whole = fold(text), fold(name)
    if len(wanted) >= search.SHORTEST:
        phrase = f" {pairs(whole)} ".find(f" {pairs(wanted)} ") >= 0
        assert phrase == (wanted in whole)


@given(st.text(min_size=2, max_size=30).map(fold).filter(lambda text: len(text) > 1))
def test_a_name_comes_back_from_its_pairs(name: str) -> None:
    assert _joined(pairs(name)) == name
