"""Lists: sorted, filtered and paged by the address, the same over a query as over plain rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict
from django.test import RequestFactory

from jinmai.core.web.tables import ChoiceFilter, Column, DayFilter, SearchFilter, Table, TableView, table_page

TABLE = Table(
    key="kinds",
    title="Kinds",
    columns=[
        Column("model", "Model", sort="model", main=True),
        Column("app_label", "App", sort="app_label"),
    ],
    filters=[
        SearchFilter(("model", "app_label")),
        ChoiceFilter("app_label", "App", [("alpha", "Alpha"), ("beta", "Beta")]),
    ],
    order="model",
    page_size=3,
)
ROWS = [{"model": f"m{place}", "app_label": "alpha" if place % 2 else "beta"} for place in range(8)]


def view(address: str, rows: Any = None) -> TableView:
    return TableView(TABLE, ROWS if rows is None else rows, QueryDict(address))


def first(table: TableView) -> list[str]:
    return [line[0].text for line in table.lines]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("", ["m0", "m1", "m2"]),
        ("page=3", ["m6", "m7"]),
        ("page=99", ["m6", "m7"]),
        ("page=-1", ["m0", "m1", "m2"]),
        ("page=x", ["m0", "m1", "m2"]),
        ("sort=-model", ["m7", "m6", "m5"]),
        ("sort=nothing", ["m0", "m1", "m2"]),
        ("app_label=alpha", ["m1", "m3", "m5"]),
        ("app_label=gamma", ["m0", "m1", "m2"]),
        ("q=M7", ["m7"]),
        ("q=m alpha&sort=-model", ["m7", "m5", "m3"]),
        ("q=none", []),
    ],
)
@pytest.mark.django_db
def test_a_query_and_plain_rows_show_the_same_page(address: str, shown: list[str]) -> None:
    ContentType.objects.all().delete()
    ContentType.objects.bulk_create(ContentType(**row) for row in ROWS)
    assert first(view(address)) == shown
    assert first(view(address, ContentType.objects.all())) == shown


def test_a_refused_filter_is_told_at_its_field_and_narrows_nothing() -> None:
    table = view("app_label=gamma")
    assert [bool(field.problem) for field in table.fields] == [False, True]
    assert table.narrowed is False


def test_unknown_values_stand_last_in_both_directions() -> None:
    table = Table("t", "T", [Column("power", "Power", sort="power")])
    rows = [{"power": 2}, {"power": None}, {"power": 9}]
    for address, shown in (("sort=power", ["2", "9", "–"]), ("sort=-power", ["9", "2", "–"])):
        assert first(TableView(table, rows, QueryDict(address))) == shown


def test_heads_lead_to_the_other_direction_and_back_to_the_first_page() -> None:
    table = view("sort=model&page=2&q=m")
    assert table.heads[0].direction == "ascending"
    assert table.heads[0].href == "?q=m&sort=-model"
    assert view("sort=-model").heads[0].href == "?sort=model"


def test_the_export_keeps_the_filters_and_drops_the_page() -> None:
    assert view("q=m&page=2").export == "?q=m&format=xlsx"


def test_a_list_that_is_empty_and_one_that_filters_emptied_say_different_things() -> None:
    assert view("q=none").empty.title != view("", []).empty.title


def test_days_are_days_of_the_citys_calendar() -> None:
    narrowing = DayFilter("until", "Until", "at", edge="until")
    late = {"at": datetime(2026, 11, 23, 15, 59, tzinfo=UTC)}  # 23:59 in Jinzhou
    next_day = {"at": datetime(2026, 11, 23, 16, 0, tzinfo=UTC)}  # 00:00 of the 24th
    assert narrowing.narrow([late, next_day], "2026-11-23") == [late]
    assert narrowing.problem("23.11.2026") != ""


@pytest.mark.parametrize("edge", ["from", "until"])
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
@pytest.mark.django_db
def test_a_day_beyond_all_calendars_is_refused_at_its_field_and_narrows_nothing(day: str, edge: str) -> None:
    table = Table("t", "T", [Column("username", "Name")], [DayFilter("day", "Day", "date_joined", edge=edge)])
    shown = TableView(table, get_user_model().objects.all(), QueryDict(f"day={day}"))
    assert [len(shown.lines), shown.narrowed] == [0, False]
    assert "1900" in shown.fields[0].problem
    assert table.filters[0].problem("1900-01-01") == table.filters[0].problem("2200-12-31") == ""


def test_a_request_for_the_table_alone_gets_no_page_around_it() -> None:
    request = RequestFactory().get("/", headers={"HX-Request": "true", "HX-Target": "table-kinds-rows"})
    answer = table_page(request, TABLE, ROWS)
    assert answer.getvalue().lstrip().startswith(b"<section")
    assert "HX-Target" in answer["Vary"]


def test_words_in_cells_are_escaped() -> None:
    request = RequestFactory().get("/", headers={"HX-Target": "table-kinds-rows"})
    answer = table_page(request, TABLE, [{"model": "<script>", "app_label": "a"}])
    assert b"&lt;script&gt;" in answer.getvalue()
    assert b"<script>" not in answer.getvalue()


def test_a_phone_folds_the_filters_away_and_says_how_many_narrow() -> None:
    assert view("q=m").narrowing == 0
    assert view("app_label=alpha&q=m").narrowing == 1
    assert view("").folds is True
    assert TableView(Table("t", "T", [], [SearchFilter(("a",))]), [], QueryDict("")).folds is False
