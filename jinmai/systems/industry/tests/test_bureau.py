"""The bureau's pages: whose plants stand on them, sums that leave unknown unknown, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jinmai.core.access.api import Organisation, User
from jinmai.core.web.api import forget
from jinmai.systems.industry.models import EmissionFactor
from jinmai.systems.industry.selectors import bureau as reads
from jinmai.systems.industry.tests.factories import make_alarm, make_device, make_plant, make_rule
from jinmai.systems.industry.tests.readings import bureau, member, store
from jinmai.systems.industry.tiles import screen

pytestmark = pytest.mark.django_db
PAGES = ["industry:bureau", "industry:bureau_industries", "industry:bureau_plants"]


@pytest.fixture
def city(data: Path) -> None:
    """A steel works that speaks, another that is silent for an hour, and one of a past period."""
    now = timezone.now()
    EmissionFactor.objects.create(
        valid_from=now.date() - timedelta(days=400),
        kilograms_per_kwh=Decimal("0.5"),
        source_zh="-",
        source_en="-",
    )
    store(make_device(), [now], {"energy": [100_000], "active_power": [8_000]})
    silent = make_plant("silent", district_code="210703", industry_code="C3239")
    store(make_device("saf-2", silent), [now - timedelta(hours=1)], {"active_power": [500]})
    make_device("old-1", make_plant("old", clock="history", district_code="210781"))


@pytest.fixture
def officer(city: None) -> User:
    """Sees the whole city."""
    return member("bob", "bureau_officer", bureau())


@pytest.fixture
def visit(client: Client) -> Callable[..., Any]:
    """Open a page as a person."""

    def go(who: User, name: str, query: str = "") -> Any:
        client.force_login(who)
        return client.get(reverse(name) + query)

    return go


def test_districts_are_summed_and_those_without_a_plant_named(
    officer: User, visit: Callable[..., Any]
) -> None:
    rows = visit(officer, "industry:bureau").context["table"].rows
    found = {row.code: (row.plants, row.online_rate, row.kwh_today, row.tonnes_month) for row in rows}
    assert len(found) == 7
    assert found["210711"] == (1, Decimal("100.0"), Decimal(1000), Decimal("0.5"))
    assert found["210703"] == (1, Decimal("0.0"), None, None)
    assert found["210781"] == (1, None, None, None)
    assert found["210702"] == (0, None, None, None)


def test_industries_are_divisions_of_the_standard(officer: User, visit: Callable[..., Any]) -> None:
    rows = visit(officer, "industry:bureau_industries").context["table"].rows
    assert [(row.code, row.plants) for row in rows] == [("C31", 2), ("C32", 1)]


def test_a_district_leads_to_its_plants_and_a_plant_to_its_page(
    officer: User, visit: Callable[..., Any]
) -> None:
    answer = visit(officer, "industry:bureau_plants", "?district=210703")
    assert [(row.key, row.href) for row in answer.context["table"].rows] == [
        ("silent", "/industry/plants/silent/")
    ]


def test_what_to_do_next_begins_with_whom_nobody_hears(officer: User, visit: Callable[..., Any]) -> None:
    matters = visit(officer, "industry:bureau").context["matters"]
    assert matters[0].record.plant.key == "silent"
    assert matters[0].step.href == "/industry/devices/saf-2/"


def test_a_district_officer_sees_their_district_alone(city: None, visit: Callable[..., Any]) -> None:
    office = Organisation.objects.create(
        code="11210711MB0BU0002D", name_zh="区局", name_en="District", kind="bureau", district="210711"
    )
    answer = visit(member("dan", "district_officer", office), "industry:bureau")
    assert [row.code for row in answer.context["table"].rows] == ["210711"]


@pytest.mark.parametrize("page", PAGES)
def test_a_firms_people_do_not_see_the_bureaus_pages(
    page: str, officer: User, visit: Callable[..., Any]
) -> None:
    technician = member("alice", "technician", Organisation.objects.get(code="91210711MA0HR0001T"))
    assert visit(technician, page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_open_in_both_languages_and_export(
    page: str, language: str, officer: User, visit: Callable[..., Any], client: Client
) -> None:
    client.cookies[project.LANGUAGE_COOKIE_NAME] = language
    assert f'lang="{language}"' in visit(officer, page).content.decode()
    assert visit(officer, page, "?format=xlsx")["Content-Type"].endswith("sheet")


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_the_database_as_often_for_three_plants_as_for_one(
    page: str, data: Path, visit: Callable[..., Any]
) -> None:
    officer = member("bob", "bureau_officer", bureau())
    first = make_device()
    store(first, [timezone.now()], {"energy": [1]})
    make_alarm(make_rule("one"), first)
    counted = []
    for number in (1, 3):
        for place in range(2, number + 1):
            plant = make_plant(f"works-{place}", district_code="210703", industry_code="C3239")
            device = make_device(f"saf-{place}0", plant)
            store(device, [timezone.now()], {"energy": [1]})
            make_alarm(make_rule(f"rule-{place}", plant=plant), device)
        visit(officer, page)
        forget()
        with CaptureQueriesContext(connection) as queries:
            visit(officer, page)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_power_now_leaves_silent_plants_out_and_says_where_it_is_unknown(officer: User) -> None:
    tile = screen.power_now()
    assert tile.value == Decimal(8000)
    assert (tile.districts["210711"], tile.districts["210703"]) == (8000, None)
    assert tile.doors["210711"] == "/industry/bureau/plants/?district=210711"


def test_the_screens_numbers_are_those_of_the_bureaus_page(officer: User) -> None:
    total = reads.altogether(reads.records(officer))
    assert screen.energy_today().value == total.kwh_today == Decimal(1000)
    assert screen.carbon_this_month().value == total.tonnes_month == Decimal("0.5")
    assert (screen.plants_online_rate().value, screen.plants_online_rate().note) == (Decimal("50.0"), "1 / 2")


def test_shares_of_industries_are_parts_of_the_whole(officer: User) -> None:
    tile = screen.industry_shares()
    assert tile is not None
    assert [share.part for share in tile.shares] == [1.0]


def test_without_a_reading_nothing_is_claimed(data: Path) -> None:
    make_device()
    assert (screen.power_now().value, screen.energy_today().value, screen.carbon_this_month().value) == (
        None,
        None,
        None,
    )
    assert screen.coverage_today().value is None
    assert screen.industry_shares() is None


def test_open_alarms_are_red_until_somebody_has_seen_them(data: Path) -> None:
    assert (screen.open_alarms().value, screen.open_alarms().tone) == (0, "good")
    alarm = make_alarm()
    assert (screen.open_alarms().value, screen.open_alarms().tone) == (1, "alarm")
    alarm.state, alarm.acknowledged_at = "acknowledged", timezone.now()
    alarm.save()
    assert screen.open_alarms().tone == "attention"


def test_readings_today_count_what_lies_in_the_lake(data: Path) -> None:
    now = timezone.now()
    store(make_device(), [now, now - timedelta(days=2)], {"energy": [1, 1]})
    assert screen.readings_today().value == 1
