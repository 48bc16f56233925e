"""Words that a kind of fact wants in a standard's form are read as meant, or refused at their entry."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from jinmai.core.register.importing import run, staging
from jinmai.core.register.models import Fact, FactKind, Party
from jinmai.core.register.services.facts import FactRefused, When, correct_fact, enter_fact
from jinmai.core.register.services.imports import Upload, open_import
from jinmai.core.register.tests.factories import ACTOR, code_number

APRIL = date(2026, 4, 30)
RIGHT = "SC12221078100015"


@pytest.fixture(autouse=True)
def _licence_kind(tiny_city: Path) -> None:
    FactKind.objects.create(
        key="food_licence", name_zh="许可证", value_type="text", period="span", text_form="food_licence"
    )


@pytest.mark.parametrize(
    ("number", "reason", "detail"),
    [
        ("SC12221078100019", "licence_check_digit", "5"),
        ("SC1222107810001", "licence", "16"),
        ("SX12221078100015", "licence", "1"),
        ("SC32221078100015", "licence", "3"),
    ],
)
def test_a_wrong_number_of_a_food_licence_is_refused_at_its_entry(
    alloy: Party, number: str, reason: str, detail: str
) -> None:
    with pytest.raises(FactRefused) as refused:
        _state(alloy, number)
    assert (refused.value.field, refused.value.reason, refused.value.detail) == ("value", reason, detail)
    assert not Fact.objects.filter(kind__key="food_licence").exists()


def test_a_right_number_is_kept_as_printed_and_corrected_to_no_wrong_one(alloy: Party) -> None:
    fact = _state(alloy, " ｓｃ12221078100015")
    assert fact.text == RIGHT
    with pytest.raises(FactRefused, match="licence_check_digit"):
        correct_fact(fact=fact, value="SC12221078100016", reason="typed", actor=ACTOR)


def test_a_wrong_number_in_a_file_is_refused_by_its_cell(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path
    rows = ["code,name,许可证", f"{code_number(1)},甲,{RIGHT}", f"{code_number(2)},乙,SC12221078100019", ""]
    batch = open_import(
        key="k1",
        upload=Upload("firms.csv", ["\n".join(rows).encode()]),
        source="tax",
        as_of=APRIL,
        illustrative=True,
        actor=ACTOR,
    )
    run.advance(batch.pk)
    batch.refresh_from_db()
    refused = [(each.row, each.column, each.reason, each.detail) for each in staging.refused_cells(batch.pk)]
    assert (refused, batch.rows_good) == ([(3, 2, "licence_check_digit", "5")], 1)


def _state(party: Party, number: str) -> Fact:
    when = When(APRIL, APRIL)
    return enter_fact(subject=party, kind="food_licence", value=number, source="tax", when=when, actor=ACTOR)
