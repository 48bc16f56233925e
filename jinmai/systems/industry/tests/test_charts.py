"""Charts as their readers get them: gaps stay gaps, limits are seen, live lines grow."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinmai.systems.industry.models import Device
from jinmai.systems.industry.selectors.periods import period_of
from jinmai.systems.industry.tests.factories import make_device, make_plant, make_rule
from jinmai.systems.industry.tests.readings import member, seconds_from, store

pytestmark = pytest.mark.django_db
DAY = period_of("day", date(2026, 11, 20))


@pytest.fixture
def furnace(data: Path) -> Device:
    """Ten minutes of readings, half an hour of silence, ten minutes more."""
    device = make_device()
    times = seconds_from(DAY.start, 600) + seconds_from(DAY.start + timedelta(minutes=40), 600)
    store(
        device, times, {"active_power": [8000] * 1200, "energy": [222] * 1200, "temperature": [2200] * 1200}
    )
    return device


def drawn(device: Device, address: str, query: str = "?span=day&date=2026-11-20") -> Any:
    """The data of a chart as the page's script gets them, in English."""
    client = Client()
    client.cookies[project.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(member("alice", "technician", device.plant.owner))
    return client.get(address + query).json()


def test_silence_is_a_gap_in_the_curve(furnace: Device) -> None:
    found = drawn(furnace, reverse("industry:plant_chart", args=["works", "load"]))
    values = [value for _, value in found["series"][0]["values"]]
    assert values == [8000.0] * 10 + [None] + [8000.0] * 10


def test_an_hour_without_readings_has_no_bar(furnace: Device) -> None:
    found = drawn(furnace, reverse("industry:plant_chart", args=["works", "energy"]))
    values = [value for _, value in found["series"][0]["values"]]
    assert (len(values), values[0], values[1]) == (24, 2664.0, None)


def test_a_limit_far_from_all_values_is_still_on_the_axis(furnace: Device) -> None:
    make_rule(threshold=Decimal(700), release=Decimal(650))
    found = drawn(furnace, reverse("industry:device_chart", args=["saf-1", "temperature"]))
    assert [mark["value"] for mark in found["marks"]] == [700.0]
    assert found["axes"][0]["minimum"] <= 220
    assert found["axes"][0]["maximum"] > 700


def test_a_step_that_gathers_values_shows_lowest_and_highest(furnace: Device) -> None:
    found = drawn(furnace, reverse("industry:device_chart", args=["saf-1", "temperature"]))
    assert [series["name"] for series in found["series"]] == ["temperature", "lowest", "highest"]


def test_only_the_chart_of_today_grows(furnace: Device) -> None:
    address = reverse("industry:plant_chart", args=["works", "load"])
    assert [series["live"] for series in drawn(furnace, address)["series"]] == [""]
    today = f"?span=day&date={timezone.localdate().isoformat()}"
    client = Client()
    client.force_login(member("dora", "manager", furnace.plant.owner))
    growing = client.get(address + today).json()
    assert [series["live"] for series in growing["series"]] == [f"{furnace.pk}.active_power"]


def test_values_of_a_named_source_are_not_called_illustrative(data: Path) -> None:
    device = make_device(plant=make_plant("steel", source_en="UCI 851"))
    store(device, [DAY.start], {"energy": [317]})
    found = drawn(device, reverse("industry:plant_chart", args=["steel", "energy"]))
    assert "illustrative" not in found["note"]
