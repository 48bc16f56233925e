"""Last values say how old they are, and why they are marked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from jinmai.systems.industry.choices import Clock
from jinmai.systems.industry.models import Device, PropertyState
from jinmai.systems.industry.selectors import live
from jinmai.systems.industry.selectors.live import DeviceNow, Reading
from jinmai.systems.industry.tests.factories import NOON, make_device, make_plant, make_rule
from jinmai.systems.industry.tests.readings import store

pytestmark = pytest.mark.django_db


@pytest.fixture
def furnace(data: Path) -> Device:
    """A furnace that was heard at noon."""
    device = make_device()
    store(device, [NOON], {"active_power": [8000], "temperature": [2655], "state": [1]})
    return device


def now(device: Device, seconds: int = 1) -> DeviceNow:
    """What the device says some seconds after noon."""
    found = live.with_readings(Device.objects.filter(pk=device.pk))
    return live.devices_now(list(found), NOON + timedelta(seconds=seconds))[0]


def reading(device: Device, key: str, seconds: int = 1) -> Reading:
    return next(one for one in now(device, seconds).readings if one.tag.key == key)


def test_a_value_is_shown_with_the_places_of_its_resolution(furnace: Device) -> None:
    shown = reading(furnace, "temperature").shown
    assert (shown.text, shown.as_of, shown.tone) == ("265.5", NOON, "")


def test_a_value_that_was_never_sent_is_absent(furnace: Device) -> None:
    assert (reading(furnace, "energy").shown.text, reading(furnace, "energy").shown.tone) == ("–", "absent")


def test_a_silent_device_is_marked_stale_in_words(furnace: Device) -> None:
    late = reading(furnace, "active_power", seconds=180)
    with translation.override("en"):
        assert (late.stale, late.shown.tone, late.mark.text) == (True, "attention", "silent for 3 min")
    assert not now(furnace, 180).online
    assert now(furnace, 5).online


def test_a_past_period_is_never_stale(furnace: Device) -> None:
    furnace.plant.clock = Clock.HISTORY
    furnace.plant.save()
    assert not reading(furnace, "active_power", seconds=10**8).stale


def test_a_value_beyond_a_limit_is_marked_in_words(furnace: Device) -> None:
    make_rule(threshold=Decimal(260))
    hot = reading(furnace, "temperature")
    with translation.override("en"):
        assert (hot.shown.tone, hot.mark.text) == ("alarm", "above 260.0 °C")


def test_a_limit_of_another_plant_or_one_switched_off_does_not_mark(furnace: Device) -> None:
    make_rule("others", plant=make_plant("other"), threshold=Decimal(100), release=Decimal(90))
    make_rule("off", threshold=Decimal(100), release=Decimal(90), enabled=False)
    assert reading(furnace, "temperature").mark.text == ""


def test_a_state_is_shown_by_its_name_in_the_language_of_the_viewer(furnace: Device) -> None:
    tag = furnace.product_type.properties.get(key="state")
    PropertyState.objects.create(property=tag, value=1, name_zh="冶炼", name_en="Smelting")
    shown = reading(furnace, "state").shown
    with translation.override("en"):
        assert shown.message()["text"] == "Smelting"
    with translation.override("zh-hans"):
        assert shown.message()["text"] == "冶炼"


def test_the_stream_carries_each_reading_and_its_mark(furnace: Device) -> None:
    values = live.stream([now(furnace)])
    assert len(values) == 10
    assert values[f"{furnace.pk}.online"].tone == "good"
    assert values[f"{furnace.pk}.active_power"].text == "8,000"
