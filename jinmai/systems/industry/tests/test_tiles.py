"""The portal's numbers: they count the whole city and say when they were true."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from jinmai.systems.industry.tests.factories import make_alarm, make_device, make_plant
from jinmai.systems.industry.tests.readings import store
from jinmai.systems.industry.tiles import portal as tiles

pytestmark = pytest.mark.django_db


def test_a_plant_is_online_while_one_of_its_devices_is_heard(data: Path) -> None:
    now = timezone.now()
    heard, silent = make_device(), make_device("saf-2", make_plant("far"))
    store(heard, [now], {"energy": [100]})
    store(silent, [now - timedelta(hours=1)], {"energy": [100]})
    found = tiles.plants_online()
    assert (found.value, found.unit, found.tone, dict(found.districts)) == (
        1,
        "/ 2",
        "attention",
        {"210711": 1},
    )
    assert found.as_of == now


def test_energy_today_adds_all_live_plants(data: Path) -> None:
    now = timezone.now()
    store(make_device(), [now], {"energy": [10_000]})
    store(make_device("saf-2", make_plant("far")), [now, now], {"energy": [5_000, 2_500]})
    store(make_device("old-1", make_plant("old", clock="history")), [now], {"energy": [99_999]})
    assert tiles.energy_today().value == Decimal(175)


def test_without_a_reading_energy_is_unknown_not_nought(data: Path) -> None:
    make_device()
    assert tiles.energy_today().value is None


def test_open_alarms_are_red_until_somebody_has_seen_them(data: Path) -> None:
    assert (tiles._open_alarms().value, tiles._open_alarms().tone) == (0, "good")
    alarm = make_alarm()
    assert (tiles._open_alarms().value, tiles._open_alarms().tone) == (1, "alarm")
    alarm.state, alarm.acknowledged_at = "acknowledged", timezone.now()
    alarm.save()
    assert (tiles._open_alarms().value, tiles._open_alarms().tone) == (1, "attention")


def test_a_visitor_sees_the_public_numbers_only(data: Path) -> None:
    make_alarm()
    page = Client().get("/").content.decode()
    assert ("industry.plants_online" in page, "industry.open_alarms" in page) == (True, False)
