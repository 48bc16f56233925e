"""Scans and claims: where they count, what they keep, and what one telephone or one program cannot do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone

from jinmai.core.register.api import When, enter_fact, enter_place
from jinmai.systems.traceability.choices import ScanRule
from jinmai.systems.traceability.models import ChainException, Harvest, ScannedItem, TestReport
from jinmai.systems.traceability.services.certificates import revoke_certificate
from jinmai.systems.traceability.services.packing import receive
from jinmai.systems.traceability.services.pins import pin_of
from jinmai.systems.traceability.services.visitors import visitor_of
from jinmai.systems.traceability.tests.chain import Chain, make_chain
from jinmai.systems.traceability.tests.laboratory import make_certificate
from jinmai.systems.traceability.tests.test_consumer import Pack
from jinmai.systems.traceability.views import consumer, pack_pages

pytestmark = pytest.mark.django_db
JINZHOU: dict[str, Any] = {"latitude": "41.1", "longitude": "121.1"}
DALIAN: dict[str, Any] = {"latitude": "38.9", "longitude": "121.6"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    pack_pages.forget()
    for pace in (consumer.SCANS, consumer.DEEDS):
        pace._counts.clear()


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def pack(client: Client, chain: Chain) -> Pack:
    return Pack(client, chain)


def rules() -> list[str]:
    return [row.facts["rule"] for row in ChainException.objects.order_by("pk")]


def test_a_claim_holds_where_its_scan_was_and_a_scan_far_from_it_is_a_finding(pack: Pack) -> None:
    pack.look("One")
    pack.post("place", who="One", **JINZHOU)
    pack.post("claim", who="One", pin=pin_of(pack.gtin, pack.serial))
    ScannedItem.objects.update(
        places=[[(timezone.now() - timedelta(days=2)).isoformat(), 411, 1211]],
        last_at=timezone.now() - timedelta(days=2),
    )
    pack.look("Two")
    assert "seen far from where it was claimed" in pack.post("place", who="Two", **DALIAN)
    assert rules() == [ScanRule.AFTER_CLAIM]


def test_a_claim_without_a_place_judges_nothing(pack: Pack) -> None:
    pack.look("One")
    pack.post("claim", who="One", pin=pin_of(pack.gtin, pack.serial))
    pack.look("Two")
    pack.post("place", who="Two", **DALIAN)
    assert (rules(), pack.row.claimed_place) == ([], None)


def test_one_telephone_at_two_places_is_a_wrong_place_and_no_second_label(pack: Pack) -> None:
    pack.look("One")
    pack.post("place", who="One", **JINZHOU)
    pack.post("place", who="One", **DALIAN)
    assert (rules(), len(pack.row.places)) == ([], 1)


def test_a_second_scan_a_minute_later_in_another_city_is_told_and_the_first_was_not(pack: Pack) -> None:
    pack.look("Shenyang")
    first = pack.post("place", who="Shenyang", latitude="41.8", longitude="123.4")
    pack.look("Dalian")
    second = pack.post("place", who="Dalian", **DALIAN)
    assert ("Also seen elsewhere" in first, "Also seen elsewhere" in second) == (False, True)
    assert ("Signature valid" in first, "Signature valid" in second) == (True, True)


def test_two_telephones_that_look_first_and_then_say_where_are_two(pack: Pack) -> None:
    pack.look("Jinzhou")
    pack.look("Dalian")
    first = pack.post("place", who="Jinzhou", **JINZHOU)
    second = pack.post("place", who="Dalian", **DALIAN)
    assert ("Also seen elsewhere" in first, "Also seen elsewhere" in second) == (False, True)


def test_what_is_still_on_its_way_may_be_seen_along_it_and_what_arrived_may_not(
    pack: Pack, chain: Chain
) -> None:
    box = chain.processed.units.get()
    shop = box.bound_for
    assert shop is not None
    shop.latitude, shop.longitude = "41.79980", "123.45640"
    shop.save()
    pack.look("Driver")
    pack.post("place", who="Driver", **JINZHOU)
    assert rules() == []
    ScannedItem.objects.all().delete()
    receive(unit=box, site=shop, at=timezone.now(), by=chain.by)
    pack.look("Elsewhere")
    assert "faster than anybody travels" in pack.post("place", who="Elsewhere", **DALIAN)


def test_a_program_that_floods_is_shown_the_page_and_counts_no_more(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer.SCANS, "most", 3)
    pages = [pack.look(f"Phone {number}") for number in range(6)]
    assert pack.row.scans == 3
    assert all("Signature valid" in page for page in pages)


def test_pins_of_many_animals_cannot_be_tried_from_one_address(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer.DEEDS, "most", 2)
    address = f"{pack.path}claim/?{pack.query}"
    statuses = [pack.client.post(address, {"pin": f"00000{number}"}).status_code for number in range(3)]
    assert statuses == [200, 200, 429]
    assert pack.row.wrong_pins == 2


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "abcdef", "１２３４５６", "\x00", "9" * 10_000])
def test_what_is_no_pin_claims_nothing(pack: Pack, pin: str) -> None:
    assert "This PIN does not fit" in pack.post("claim", pin=pin)
    assert pack.row.claimed_at is None


def test_the_mark_of_a_visitor_changes_every_day_and_the_salt_of_the_day_before_is_gone() -> None:
    today = date(2026, 5, 1)
    folder = settings.JINMAI_DATA / "traceability" / "visitor_salts"
    one = visitor_of(today, "203.0.113.9", "Phone")
    assert visitor_of(today, "203.0.113.9", "Phone") == one
    assert visitor_of(today, "203.0.113.10", "Phone") != one
    other = visitor_of(today + timedelta(days=1), "203.0.113.9", "Phone")
    assert other != one
    assert [path.name for path in folder.iterdir() if path.name.startswith("2026-05")] == ["2026-05-02"]
    assert visitor_of(today + timedelta(days=1), "203.0.113.9", "Phone") == other


def test_a_certificate_says_until_when_it_holds_and_once_revoked_why(pack: Pack, chain: Chain) -> None:
    certificate = make_certificate(chain.processed)
    TestReport.objects.exclude(pk=certificate.report_id).delete()  # the chain comes with one of its own
    page = pack.look()
    assert ("Certificate valid" in page, "List of revoked certificates" in page) == (True, True)
    revoke_certificate(certificate=certificate, reason="wrong sample", by=certificate.report.opened_by)
    pack_pages.forget()
    page = pack.look()
    assert ("Certificate valid" in page, "Certificate revoked" in page) == (False, True)
    assert "This report no longer counts: wrong sample" in page


def test_the_weigh_in_stands_beside_the_festivals_king(pack: Pack, chain: Chain) -> None:
    Harvest.objects.filter(lot=chain.harvest).update(heaviest_grams=700, festival=True)
    assert "The sea cucumber king" not in pack.look()
    code = chain.harvest.site.district_code
    enter_place(key=code, kind="district", name_zh="凌海市", name_en="Linghai", actor="test")
    apps.get_model("register", "Source").objects.create(key="paper", name_zh="报", name_en="Newspaper")
    names = {"name_zh": "参王", "name_en": "King", "value_type": "number", "period": "span"}
    apps.get_model("register", "FactKind").objects.create(key="heaviest_sea_cucumber", **names)
    place = apps.get_model("register", "Place").objects.get(key=code)
    when = When(as_of=date(2024, 4, 10), effective_from=date(2024, 4, 10))
    enter_fact(
        subject=place, kind="heaviest_sea_cucumber", value="875", source="paper", when=when, actor="test"
    )
    pack_pages.forget()
    page = pack.look()
    assert ("875 g" in page, "700 g" in page, 'rect width="80"' in page) == (True, True, True)
