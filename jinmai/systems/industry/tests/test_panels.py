"""What a firm's page shows of its plants, and to whom."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.register.api import Party
from jinmai.systems.industry.models import Plant
from jinmai.systems.industry.panels import plants
from jinmai.systems.industry.tests.factories import make_alarm, make_device, make_plant, make_rule
from jinmai.systems.industry.tests.readings import bureau, member, other_firm, seconds_from, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(data: Path) -> Party:
    """The firm of the plant, in the register."""
    return Party.objects.create(
        code="91210711MA0HR0001T", kind="enterprise", name_zh="厂", name_en="Works", illustrative=True
    )


@pytest.fixture
def plant(party: Party) -> Plant:
    """A plant with a furnace that spoke just now and has an open alarm."""
    made = make_plant()
    device = make_device(plant=made)
    now = timezone.now().replace(microsecond=0)
    store(device, seconds_from(now - timedelta(seconds=1), 2), {"energy": [25_000, 25_000]})
    make_alarm(make_rule(plant=made), device, raised_at=now, began_at=now)
    return made


@pytest.fixture
def officer(plant: Plant) -> User:
    """An officer who sees the whole city."""
    return member("bob", "bureau_officer", bureau())


def test_a_party_shows_its_plants_with_energy_and_alarms(party: Party, officer: User) -> None:
    panel = plants(party, officer)
    assert panel is not None
    lines = [(one.now.plant.key, one.kwh_month, one.now.open_alarms) for one in panel.context["lines"]]
    assert lines == [("works", Decimal("500.00"), 1)]
    assert [step.href for step in panel.steps] == ["/industry/alarms/?state=open&plant=works"]


def test_a_party_without_plants_has_no_panel(officer: User, data: Path) -> None:
    other = Party.objects.create(code="91210703MA0JT0001J", kind="enterprise", name_zh="别厂")
    assert plants(other, officer) is None


def test_who_may_not_see_the_plants_gets_no_panel(party: Party, plant: Plant) -> None:
    assert plants(party, member("charlie", "technician", other_firm())) is None


def test_plant_and_party_lead_to_each_other(party: Party, officer: User, client: Client) -> None:
    client.force_login(officer)
    firm = reverse("party", args=[party.code])
    works = reverse("industry:plant", args=["works"])
    assert f'href="{works}"' in client.get(firm).content.decode()
    assert f'href="{firm}"' in client.get(works).content.decode()
