"""Who may open which page, what a page shows, and what it says to a wrong address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.standards.telemetry import Fault, Reason, Refusal
from jinmai.systems.industry.models import Alarm, Device, Plant, ProductType, QuarantinedPayload
from jinmai.systems.industry.services.quarantine import quarantine, refused_payload
from jinmai.systems.industry.tests.factories import make_alarm, make_device, make_plant, make_rule
from jinmai.systems.industry.tests.readings import bureau, member, other_firm, seconds_from, store

pytestmark = pytest.mark.django_db
OWN_PAGES = [
    ("industry:plant", "works"),
    ("industry:live_plant", "works"),
    ("industry:plant_coverage", "works"),
    ("industry:device", "saf-1"),
    ("industry:live_device", "saf-1"),
]
NAN = Refusal(Reason.NOT_A_NUMBER, fault=Fault.NO_NUMBER, byte=6, found="NaN")
LISTS = ["overview", "alarms", "alarm_frequency", "alarm_rules", "thing_models", "quarantine"]
WRONG = [
    ("?span=decade", "“decade”"),
    ("?date=1970-01-01", "1970-01-01"),
    ("?date=2100-01-01", "2100-01-01"),
    ("?date=%00%ff", "2026-11-23"),
    ("?from=2018-02-01&until=2018-01-01", "2018-02-01"),
    ("?from=2018-02-01", "“”"),
]


@pytest.fixture
def furnace(data: Path) -> Device:
    """A furnace that speaks now, with an open alarm and a refused payload."""
    device = make_device()
    now = timezone.now().replace(microsecond=0)
    store(
        device,
        seconds_from(now - timedelta(seconds=59), 60),
        {"active_power": [8000] * 60, "energy": [222] * 60},
    )
    make_alarm(make_rule(plant=device.plant), device, raised_at=now, began_at=now)
    quarantine(refused=[refused_payload(device.key, now, NAN, b'{"x": NaN}')])
    return device


@pytest.fixture
def alice(furnace: Device) -> User:
    """The technician of the plant."""
    return member("alice", "technician", furnace.plant.owner)


@pytest.fixture
def bob(furnace: Device) -> User:
    """An officer of the bureau: sees everything, touches nothing."""
    return member("bob", "bureau_officer", bureau())


@pytest.fixture
def charlie(furnace: Device) -> User:
    """The technician of another firm."""
    return member("charlie", "technician", other_firm())


@pytest.fixture
def visit(client: Client) -> Callable[..., Any]:
    """Open an address as a person."""

    def go(who: User | None, address: str, **headers: str) -> Any:
        if who:
            client.force_login(who)
        return client.get(address, headers=headers)

    return go


def pages() -> list[str]:
    """Addresses of all pages about this one plant."""
    alarm = Alarm.objects.get().pk
    return [
        *(reverse(name, args=[key]) for name, key in OWN_PAGES),
        reverse("industry:plant_chart", args=["works", "load"]),
        reverse("industry:device_chart", args=["saf-1", "active_power"]),
        reverse("industry:alarm", args=[alarm]),
        reverse("industry:alarm_rule", args=["too-hot"]),
        reverse("industry:quarantined", args=[QuarantinedPayload.objects.get().pk]),
    ]


def test_the_plants_technician_and_the_bureau_see_its_pages(
    alice: User, bob: User, visit: Callable[..., Any]
) -> None:
    for who in (alice, bob):
        found = {address: visit(who, address).status_code for address in pages()}
        assert set(found.values()) == {200}, found


def test_a_stranger_is_not_told_that_the_plant_exists(charlie: User, visit: Callable[..., Any]) -> None:
    found = {address: visit(charlie, address).status_code for address in pages()}
    assert set(found.values()) == {404}, found


def test_a_person_without_a_role_is_refused(furnace: Device, visit: Callable[..., Any]) -> None:
    nobody = User.objects.create(username="nobody")
    lists = [reverse(f"industry:{name}") for name in LISTS]
    found = {address: visit(nobody, address).status_code for address in lists}
    assert set(found.values()) == {403}, found


def test_a_visitor_is_sent_to_sign_in(furnace: Device, visit: Callable[..., Any]) -> None:
    answer = visit(None, reverse("industry:overview"))
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Findustry%2F")


@pytest.mark.parametrize("name", LISTS)
def test_lists_show_strangers_nothing_of_the_plant(
    name: str, charlie: User, visit: Callable[..., Any]
) -> None:
    answer = visit(charlie, reverse(f"industry:{name}"))
    assert answer.status_code == 200
    assert "saf-1" not in answer.content.decode()
    assert "too-hot" not in answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(language: str, alice: User, client: Client) -> None:
    client.cookies[project.LANGUAGE_COOKIE_NAME] = language
    client.force_login(alice)
    thing_model = ProductType.objects.get().key
    addresses = [
        *pages(),
        *(reverse(f"industry:{name}") for name in LISTS),
        reverse("industry:thing_model", args=[thing_model]),
    ]
    assert {client.get(address).status_code for address in addresses} == {200}


def test_the_overview_says_what_waits_and_how_the_plant_is(alice: User, visit: Callable[..., Any]) -> None:
    answer = visit(alice, reverse("industry:overview"))
    line = answer.context["table"].rows[0]
    assert [each["alarm"].rule.key for each in answer.context["waiting"]] == ["too-hot"]
    assert (line.key, line.status.tone, line.online, line.open_alarms) == ("works", "alarm", "1 / 1", 1)


@pytest.mark.parametrize("page", ["overview", "alarms", "quarantine", "alarm_rules"])
def test_lists_ask_the_database_as_often_for_three_as_for_one(
    page: str, alice: User, furnace: Device, visit: Callable[..., Any]
) -> None:
    address = reverse(f"industry:{page}")
    visit(alice, address)
    with CaptureQueriesContext(connection) as for_one:
        visit(alice, address)
    for place in (2, 3):
        plant = make_plant(f"works-{place}")
        device = make_device(f"saf-{place}0", plant)
        store(device, [timezone.now()], {"energy": [1]})
        make_alarm(make_rule(f"rule-{place}", plant=plant), device)
        quarantine(refused=[refused_payload(device.key, timezone.now(), NAN, b"?")])
    visit(alice, address)
    with CaptureQueriesContext(connection) as for_three:
        answer = visit(alice, address)
    assert answer.context["table"].count == 3
    assert len(for_three) == len(for_one)


def test_the_plant_page_asks_as_often_for_three_devices_as_for_one(
    alice: User, furnace: Device, visit: Callable[..., Any]
) -> None:
    address = reverse("industry:plant", args=["works"])
    visit(alice, address)
    with CaptureQueriesContext(connection) as for_one:
        visit(alice, address)
    for place in (2, 3):
        store(make_device(f"saf-{place}", furnace.plant), [timezone.now()], {"energy": [1]})
    with CaptureQueriesContext(connection) as for_three:
        visit(alice, address)
    assert len(for_three) == len(for_one)


@pytest.mark.parametrize(("query", "words"), WRONG)
def test_a_wrong_period_is_told_and_the_newest_shown(
    query: str, words: str, alice: User, visit: Callable[..., Any]
) -> None:
    for name in ("plant", "plant_coverage"):
        answer = visit(alice, reverse(f"industry:{name}", args=["works"]) + query)
        assert (answer.status_code, words in answer.content.decode()) == (400, True)
    device = visit(alice, reverse("industry:device", args=["saf-1"]) + query)
    chart = visit(alice, reverse("industry:plant_chart", args=["works", "load"]) + query)
    assert (device.status_code, chart.status_code, words in chart.json()["error"]) == (400, 400, True)


@pytest.mark.parametrize(
    "query", ["?state=x&plant=%00&severity=9&from=no&page=-1&sort=;", "?q=" + "a" * 5000]
)
def test_wrong_filters_never_fail_a_list(query: str, alice: User, visit: Callable[..., Any]) -> None:
    for name in LISTS:
        assert visit(alice, reverse(f"industry:{name}") + query).status_code == 200


def test_a_chart_that_does_not_exist_is_not_found(alice: User, visit: Callable[..., Any]) -> None:
    assert visit(alice, reverse("industry:plant_chart", args=["works", "weather"])).status_code == 404
    assert visit(alice, reverse("industry:device_chart", args=["saf-1", "weather"])).status_code == 404


@pytest.mark.parametrize("name", ["load", "energy", "carbon", "cost", "load-types", "operating-states"])
def test_every_chart_exports_the_table_behind_it(name: str, alice: User, visit: Callable[..., Any]) -> None:
    answer = visit(alice, reverse("industry:plant_chart", args=["works", name]) + "?format=xlsx")
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize("page", LISTS)
def test_every_list_exports(page: str, alice: User, visit: Callable[..., Any]) -> None:
    answer = visit(alice, reverse(f"industry:{page}") + "?format=xlsx")
    assert (answer.status_code, answer["Content-Type"][-5:]) == (200, "sheet")


def test_a_plant_without_readings_says_what_comes_next(data: Path, client: Client) -> None:
    plant = make_device(plant=make_plant("new")).plant
    client.force_login(member("dora", "manager", plant.owner))
    answer = client.get(reverse("industry:plant", args=["new"]))
    assert answer.status_code == 200
    assert "jinmai/saf-1/telemetry" in answer.content.decode()


def test_a_past_period_opens_where_its_data_are(data: Path, client: Client) -> None:
    plant: Plant = make_plant("old", clock="history")
    device = make_device(plant=plant)
    store(device, [timezone.now() - timedelta(days=3000)], {"energy": [317]})
    client.force_login(member("dora", "manager", plant.owner))
    answer = client.get(reverse("industry:plant", args=["old"]))
    day = timezone.localdate() - timedelta(days=3000)
    assert (answer.context["period"].span, answer.context["period"].first.year) == ("year", day.year)
    assert str(answer.context["figures"].kwh.normalize()) == "3.17"
