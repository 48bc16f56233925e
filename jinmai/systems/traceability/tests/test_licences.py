"""Which licence a site worked under on a day: dated facts of the register, wrong numbers are none."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps

from jinmai.core.register.api import Party, When, enter_fact
from jinmai.systems.traceability.choices import SiteKind
from jinmai.systems.traceability.models import Site
from jinmai.systems.traceability.selectors.licences import licence_of
from jinmai.systems.traceability.tests.factories import make_organisation, make_site

pytestmark = pytest.mark.django_db
OLD, NEW, WRONG = "SC12221078100015", "SC12221078100023", "SC12221078100019"
DAY = date(2024, 10, 28)


@pytest.fixture
def site() -> Site:
    return make_site(make_organisation(), licence=OLD)


def state(site: Site, number: str, since: date, until: date | None = None) -> None:
    """The register says that the site's firm has this licence."""
    apps.get_model("register", "Source").objects.get_or_create(key="office", defaults={"name_zh": "局"})
    apps.get_model("register", "FactKind").objects.get_or_create(
        key="food_licence", defaults={"name_zh": "许可证", "value_type": "text", "period": "span"}
    )
    party, _ = Party.objects.get_or_create(
        code=site.owner.code, defaults={"name_zh": "厂", "kind": "enterprise"}
    )
    when = When(as_of=since, effective_from=since, effective_to=until)
    enter_fact(subject=party, kind="food_licence", value=number, source="office", when=when, actor="test")


def test_without_a_word_of_the_register_the_sites_own_number_counts(site: Site) -> None:
    assert licence_of(site, DAY) == OLD


def test_the_registers_number_of_that_day_counts(site: Site) -> None:
    state(site, NEW, date(2023, 1, 1), date(2025, 1, 1))
    assert licence_of(site, DAY) == NEW


def test_a_day_outside_a_licences_time_has_none(site: Site) -> None:
    state(site, NEW, date(2023, 1, 1), date(2024, 1, 1))
    assert licence_of(site, DAY) == ""


@pytest.mark.parametrize("number", [WRONG, "", "SC1", "ＳＣ12221078100015"])
def test_a_wrong_number_is_never_shown(number: str) -> None:
    assert licence_of(make_site(make_organisation(), licence=number), DAY) == ""


def test_a_wrong_number_in_the_register_is_no_licence(site: Site) -> None:
    state(site, WRONG, date(2023, 1, 1))
    assert licence_of(site, DAY) == ""


def test_a_shops_permit_is_another_one_and_shown_as_it_is() -> None:
    shop = make_site(make_organisation(), kind=SiteKind.SHOP, licence="JY12101020055021")
    assert licence_of(shop, DAY) == "JY12101020055021"
