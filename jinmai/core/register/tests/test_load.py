"""City packs load twice without doubling anything, and are refused by file and row."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.db.models import Model

from jinmai.core.ledger.api import entries_for
from jinmai.core.register.bitemporal import standing
from jinmai.core.register.load import load
from jinmai.core.register.models import District, Fact, FactKind, Industry, Party, Place, Source, Thing
from jinmai.core.register.selectors import facts_as_of, facts_of, party_by_code, place_by_key
from jinmai.core.register.services.facts import correct_fact, withdraw_fact
from jinmai.core.register.services.places import enter_place
from jinmai.core.register.tests.factories import ACTOR, ALLOY, TINY_CITY
from jinmai.standards.datum import Datum, Position

JINZHOU = Path(__file__).resolve().parents[4] / "cities" / "jinzhou"
TABLES: tuple[type[Model], ...] = (District, Fact, FactKind, Industry, Party, Place, Source, Thing)
pytestmark = pytest.mark.django_db


def _counts() -> dict[str, int]:
    return {table.__name__: table._default_manager.count() for table in TABLES}


@pytest.mark.parametrize("pack", [TINY_CITY, JINZHOU], ids=lambda pack: pack.name)
def test_a_pack_loaded_twice_is_loaded_once(pack: Path) -> None:
    load(pack)
    once = _counts()
    load(pack)
    assert _counts() == once
    assert min(once[name] for name in ("District", "Fact", "Party", "Place", "Thing")) > 0


def test_the_tiny_city_has_nothing_of_the_first_city() -> None:
    load(TINY_CITY)
    assert set(District.objects.values_list("code", flat=True)) == {"990101", "990102"}
    assert not FactKind.objects.filter(key="sea_cucumber_output").exists()


def test_figures_of_a_year_are_figures_of_that_year() -> None:
    load(JINZHOU)
    linghai = place_by_key("210781")
    kinds = ("closed_approval_matters", "closed_market_matters", "closed_policy_matters")
    told = {
        kind: [
            (fact.number, fact.effective_from, fact.effective_to)
            for fact in facts_as_of(linghai, kind, effective=date(2023, 6, 1))
        ]
        for kind in kinds
    }
    year = (date(2023, 1, 1), date(2024, 1, 1))
    assert told == dict(zip(kinds, [[(4, *year)], [(29, *year)], [(32, *year)]], strict=True))
    assert [facts_as_of(linghai, kind, effective=date(2024, 6, 1)) for kind in kinds] == [[], [], []]


def test_rough_figures_say_that_they_are_rough() -> None:
    load(JINZHOU)
    told = {
        fact.kind.key: (fact.number, fact.bound)
        for fact in facts_as_of(place_by_key("210781"), effective=date(2023, 6, 1))
        + facts_as_of(place_by_key("210781"), effective=date(2024, 6, 1))
    }
    assert told["sea_cucumber_output"] == (30_000, "about")
    assert told["chain_jobs"] == (10_000, "at_least")
    assert told["coast_length"] == (687, "")


def test_every_invented_party_says_so() -> None:
    load(JINZHOU)
    assert not Party.objects.filter(illustrative=False).exists()
    invented = Fact.objects.filter(party__isnull=False).exclude(source__key="newspaper_2024")
    assert not invented.filter(illustrative=False).exclude(source__key="city_brief").exists()


def test_the_firm_of_the_journey_stands_just_below_the_line() -> None:
    load(JINZHOU)
    hongrong = party_by_code("91210711MA0HR0001T")
    told = facts_as_of(hongrong, "above_scale", effective=date(2025, 7, 1))
    assert [(bool(fact.number), fact.illustrative) for fact in told] == [(False, True)]


def test_a_pack_is_told_in_the_ledger_as_the_pack(tiny_city: Path) -> None:
    assert {entry.actor for entry in entries_for(party_by_code(ALLOY).subject)} == {"system:load_city"}


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("parties.toml", ALLOY, "91990101MA0AA00017", r"parties\.toml: parties, row 1 .*check_digit"),
        ("parties.toml", 'industry = "C3140"', 'industry = "D3140"', r"parties, row 1 .*section"),
        ("places.toml", "GCJ-02", "WGS-80", r"places\.toml: places, row 1 \(tiny-works\)"),
        ("places.toml", "121.1270000", "221.1", r"longitude"),
        ("facts.toml", 'kind = "revenue"', 'kind = "revenues"', r"facts\.toml: facts, row 1 .*revenues"),
        ("facts.toml", "19200000.00", "19.2 million", r"row 1 .*number"),
        ("facts.toml", "about =", "abuot =", r"facts\.toml: .*abuot"),
    ],
)
def test_a_wrong_row_refuses_the_pack_by_file_and_row(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    pack = Path(shutil.copytree(TINY_CITY, tmp_path / "pack"))
    path = pack / "register" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        load(pack)
    assert Party.objects.count() == 0


def _revenue() -> list[Fact]:
    facts = facts_of(party_by_code(ALLOY), "revenue")
    return [fact for fact in standing(list(facts)) if fact.source.key == "tax"]


def test_a_corrected_figure_of_the_pack_stays_corrected(tiny_city: Path) -> None:
    (old,) = _revenue()
    correct_fact(fact=old, value="21000000.00", reason="The tax bureau's own paper.", actor=ACTOR)
    load(tiny_city)
    assert [fact.number for fact in _revenue()] == [2_100_000_000]


def test_a_withdrawn_figure_of_the_pack_stays_withdrawn(tiny_city: Path) -> None:
    (old,) = _revenue()
    withdraw_fact(fact=old, reason="Another firm's figure.", actor=ACTOR)
    load(tiny_city)
    assert _revenue() == []


def test_a_pack_that_says_otherwise_after_a_correction_is_heard(tmp_path: Path, tiny_city: Path) -> None:
    (old,) = _revenue()
    withdraw_fact(fact=old, reason="Another firm's figure.", actor=ACTOR)
    pack = Path(shutil.copytree(TINY_CITY, tmp_path / "pack"))
    path = pack / "register" / "facts.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("19200000.00", "19300000.00"), encoding="utf-8")
    load(pack)
    assert [fact.number for fact in _revenue()] == [1_930_000_000]


def test_a_place_that_somebody_moved_is_not_moved_back(tiny_city: Path) -> None:
    there = Position(121.2, 41.1, Datum.WGS_84)
    before = place_by_key("tiny-works")
    enter_place(
        key="tiny-works",
        kind=before.kind,
        name_zh=before.name_zh,
        district=before.district_id or "",
        party=before.party,
        position=there,
        illustrative=True,
        actor=ACTOR,
    )
    load(tiny_city)
    after = place_by_key("tiny-works")
    assert (after.longitude_e7, after.latitude_e7, after.datum) == (1_212_000_000, 411_000_000, "WGS-84")
    assert after.name_en == ""  # somebody took it away; the pack does not put it back


def test_what_nobody_touched_of_a_place_follows_the_pack(tmp_path: Path, tiny_city: Path) -> None:
    pack = Path(shutil.copytree(TINY_CITY, tmp_path / "pack"))
    path = pack / "register" / "places.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("121.1270000", "121.1280000"), encoding="utf-8")
    load(pack)
    assert place_by_key("tiny-works").longitude_e7 == 1_211_280_000
