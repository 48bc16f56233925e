"""The list of parties names what it shows, and masks in files what it masks on pages."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from jinmai.core.register.models import Party
from jinmai.core.register.tests.factories import BUREAU, TACKLE, make_party
from jinmai.core.register.tests.test_views import _person, _signed_in, _text


@pytest.fixture
def officer(tiny_city: object) -> Client:
    """An officer of the city's bureau."""
    return _signed_in(_person("olivia", "bureau_officer", BUREAU, "bureau"))


def test_the_list_names_industries_and_never_gives_a_masked_code_away(officer: Client, tackle: Party) -> None:
    make_party(1, industry_code="C3239")
    page = _text(officer, "/parties/?industry=C32")
    assert "Smelting and rolling of non-ferrous metals" in page
    content = officer.get("/parties/?kind=sole_trader&format=xlsx").content
    sheet = load_workbook(BytesIO(content)).active
    assert sheet is not None
    values = [cell.value for row in sheet.iter_rows(min_row=4) for cell in row]
    assert values
    assert TACKLE not in values
