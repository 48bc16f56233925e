"""Excursions that turn out longer: recorded, opened again, made one; and what was there is not forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from jinmai.core.ledger.api import entries_for
from jinmai.core.notices.api import unread_count
from jinmai.systems.traceability.choices import SiteKind
from jinmai.systems.traceability.models import ChainException, Excursion, Site, TemperatureLogger
from jinmai.systems.traceability.selectors import temperature
from jinmai.systems.traceability.services import temperature as services
from jinmai.systems.traceability.services.balance import close_exception
from jinmai.systems.traceability.services.packing import Destination, receive, ship, stack_pallet, unpack
from jinmai.systems.traceability.services.temperature import add_logger
from jinmai.systems.traceability.tests.chain import make_chain
from jinmai.systems.traceability.tests.factories import make_member, make_organisation, make_site
from jinmai.systems.traceability.tests.test_temperature import BEGAN, COLD, LIMIT, WARM, boxed, take

pytestmark = pytest.mark.django_db
Message = apps.get_model("notices", "Message")


@pytest.fixture(autouse=True)
def _limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (temperature, services):
        monkeypatch.setattr(place, "temperature_limit", lambda _form, _day: LIMIT)


@pytest.fixture
def store() -> Site:
    return make_site(make_organisation(), kind=SiteKind.COLD_STORE)


@pytest.fixture
def logger(store: Site) -> TemperatureLogger:
    by = make_member("keeper", "manager", store.owner)
    return add_logger(logger=TemperatureLogger(serial="TL-1", name="Room 1", site=store), by=by)


def test_a_finding_that_was_closed_is_opened_again_when_its_excursion_turns_out_longer(
    logger: TemperatureLogger,
) -> None:
    (excursion,) = take(logger, COLD, WARM, WARM, WARM, WARM, WARM).excursions
    by = make_member("officer", "manager", logger.site.owner)
    close_exception(exception=excursion.finding, reason="a door stood open", by=by)
    assert take(logger, COLD, WARM, WARM, WARM).excursions == []
    assert ChainException.objects.get().closed_at is not None
    assert take(logger, WARM, WARM, COLD, start=BEGAN + timedelta(minutes=60)).excursions == [excursion]
    finding = ChainException.objects.get()
    assert (finding.closed_at, finding.closed_by, finding.reason) == (None, None, "")
    assert (entries_for(logger.subject)[0].payload or {})["reopened"] is True


def test_who_keeps_the_store_is_told_of_an_excursion_and_again_when_it_is_opened_again(
    logger: TemperatureLogger,
) -> None:
    keeper = make_member("night-keeper", "chain_worker", logger.site.owner)
    recent = timezone.now().replace(microsecond=0) - timedelta(hours=5)
    (excursion,) = take(logger, COLD, *[WARM] * 5, start=recent).excursions
    assert unread_count(keeper) == 1
    # It waits still and only grew: nobody is told twice.
    take(logger, WARM, start=recent + timedelta(minutes=60))
    assert unread_count(keeper) == 1
    close_exception(exception=excursion.finding, reason="a door stood open", by=keeper)
    take(logger, WARM, WARM, COLD, start=recent + timedelta(minutes=70))
    assert unread_count(keeper) == 2
    newest = Message.objects.filter(person=keeper).order_by("-pk")[0]
    assert newest.kind == "traceability.excursion_reopened"
    assert newest.href.endswith(f"/exceptions/{excursion.finding_id}/")


def test_an_excursion_of_long_ago_is_no_news(logger: TemperatureLogger) -> None:
    keeper = make_member("night-keeper", "chain_worker", logger.site.owner)
    assert take(logger, COLD, *[WARM] * 5).excursions
    assert unread_count(keeper) == 0


def test_what_joins_two_excursions_makes_one_of_them(store: Site, logger: TemperatureLogger) -> None:
    chain = make_chain()
    box = boxed(chain, store, 2)
    long = [WARM] * 6
    (first,) = take(logger, *long).excursions
    later = BEGAN + timedelta(hours=4)
    (second,) = take(logger, *long, start=later).excursions
    take(logger, *[WARM] * 18, start=BEGAN + timedelta(minutes=60))
    excursion = Excursion.objects.get()
    assert (excursion, excursion.began_at, excursion.minutes) == (first, BEGAN, 290)
    assert list(excursion.units.all()) == [box]
    ended = ChainException.objects.get(pk=second.finding_id)
    assert (ended.reason, ended.closed_by) == (f"Part of finding {first.finding_id}.", None)
    assert ChainException.objects.get(pk=first.finding_id).facts["minutes"] == 290
    (closed,) = entries_for(f"traceability.exception:{ended.pk}")
    assert (closed.kind, closed.actor) == ("traceability.exception_closed.v1", "system")


def test_a_box_that_came_off_its_pallet_keeps_where_it_was_too_warm(
    store: Site, logger: TemperatureLogger
) -> None:
    chain = make_chain()
    box = boxed(chain, store, 2)
    pallet = stack_pallet(boxes=[box], at=BEGAN - timedelta(days=1), by=chain.by)
    shop = make_site(make_organisation(), kind=SiteKind.SHOP)
    ship(unit=pallet, to=Destination(shop), at=BEGAN + timedelta(hours=2), by=chain.by)
    receive(unit=pallet, site=shop, at=BEGAN + timedelta(hours=3), by=chain.by)
    unpack(unit=pallet, at=BEGAN + timedelta(hours=4), by=chain.by)
    take(logger, COLD, *[WARM] * 8, COLD)
    assert set(Excursion.objects.get().units.all()) == {box, pallet}


def test_what_stands_on_a_pallet_with_a_logger_keeps_the_excursion_when_it_comes_off(store: Site) -> None:
    chain = make_chain()
    box = boxed(chain, store, 2)
    pallet = stack_pallet(boxes=[box], at=BEGAN - timedelta(days=1), by=chain.by)
    travelling = TemperatureLogger(serial="TL-9", name="Pallet", site=store, unit=pallet)
    take(add_logger(logger=travelling, by=chain.by), COLD, *[WARM] * 8, COLD)
    unpack(unit=pallet, at=BEGAN + timedelta(hours=4), by=chain.by)
    box.refresh_from_db()
    assert temperature.excursions_of_unit(box).count() == 1
    assert temperature.excursions_of_lot(chain.processed).count() == 1
