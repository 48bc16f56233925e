"""What a recall's lists say of each box and animal: where it is, who received it, whether it was sold."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from jinmai.systems.traceability.choices import ExceptionKind, SiteKind, UnitState
from jinmai.systems.traceability.models import LogisticUnit, Recall, Site
from jinmai.systems.traceability.services.packing import Destination, pack_boxes, receive, sell, ship
from jinmai.systems.traceability.services.recalls import start_recall
from jinmai.systems.traceability.tests.chain import Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import (
    make_exception,
    make_member,
    make_organisation,
    make_site,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
WAYS = {UnitState.PACKED: "packed", UnitState.SHIPPED: "on its way", UnitState.RECEIVED: "received"}


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def shop() -> Site:
    return make_site(make_organisation(), kind=SiteKind.SHOP)


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_member("officer", "bureau_officer", make_organisation(kind="bureau")))
    return client


@pytest.fixture
def recall(chain: Chain, shop: Site) -> Recall:
    """Four boxes called back: one was sold, one received, one on its way, one still stands at the works."""
    boxes = pack_boxes(
        batch=mint_batch(chain, 40), count=10, boxes=4, at=NOW - timedelta(days=5), by=chain.by
    )
    for box in boxes[:3]:
        ship(unit=box, to=Destination(shop), at=NOW - timedelta(days=4), by=chain.by)
    for box in boxes[:2]:
        receive(unit=box, site=shop, at=NOW - timedelta(days=3), by=chain.by)
    sell(unit=boxes[0], at=NOW - timedelta(days=2), by=chain.by)
    return start_recall(recall=Recall(lot=chain.processed, reason="Residues"), by=chain.by)


def rows(client: Client, address: str) -> list[dict[str, Any]]:
    answer = client.get(address, {"format": "xlsx"}, headers={"Accept-Language": "en"})
    sheet = load_workbook(BytesIO(answer.getvalue())).worksheets[0]
    _title, _as_of, head, *lines = sheet.iter_rows(values_only=True)
    return [{str(name): value for name, value in zip(head, line, strict=True)} for line in lines]


def test_each_box_says_where_it_is_who_received_it_and_whether_it_was_sold(
    officer: Client, recall: Recall, shop: Site
) -> None:
    found = rows(officer, reverse("traceability:recall", args=[recall.pk]))
    assert {row["State"] for row in found} == {"recalled"}
    assert [row["Where on its way"] for row in found] == ["sold", "received", "on its way", "packed"]
    assert [row["Received by"] for row in found] == [shop.owner.name_en, shop.owner.name_en, None, None]
    assert [bool(row["Received"]) for row in found] == [True, True, False, False]
    assert [bool(row["Sold"]) for row in found] == [True, False, False, False]
    assert [bool(row["Sold at"]) for row in found] == [True, False, False, False]
    assert officer.get(reverse("traceability:recall", args=[recall.pk])).status_code == 200


def test_each_animal_says_the_same_of_its_box(officer: Client, recall: Recall) -> None:
    found = rows(officer, reverse("traceability:recalled_animals", args=[recall.pk]))
    ways = [row["Where on its way"] for row in found]
    assert {way: ways.count(way) for way in set(ways)} == dict.fromkeys(
        ("sold", "received", "on its way", "packed"), 10
    )
    assert sum(bool(row["Sold"]) for row in found) == 10


@pytest.mark.usefixtures("recall")
def test_a_box_that_is_called_back_before_it_left_has_not_left(chain: Chain) -> None:
    left = LogisticUnit.objects.order_by("sscc")
    assert {box.state for box in left} == {UnitState.RECALLED}
    assert [box.left for box in left] == [True, True, True, False]


def test_a_failed_report_is_told_in_the_readers_language(officer: Client, chain: Chain) -> None:
    facts = {"report": "JZ-1", "items": ["lead", "sulfite"]}
    row = make_exception(chain.owner, kind=ExceptionKind.REPORT_FAILED, facts=facts)
    for address in (reverse("traceability:exceptions"), reverse("traceability:exception", args=[row.pk])):
        english = officer.get(address, headers={"Accept-Language": "en"}).content.decode()
        assert "Report JZ-1: lead (Pb), sulfite (as SO₂)" in english
        chinese = officer.get(address, headers={"Accept-Language": "zh-hans"}).content.decode()
        assert "['lead'" not in chinese
        assert "铅" in chinese
