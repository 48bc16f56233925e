"""Boxes and pallets: what lies where, and what may not leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jinmai.core.ledger.api import entries_for
from jinmai.standards.gs1 import has_check_digit
from jinmai.systems.traceability.choices import LotState, ReportState, SiteKind, UnitState
from jinmai.systems.traceability.models import Event, LogisticUnit, Recall, Site, TestReport
from jinmai.systems.traceability.models.event_storage import read_body
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import item_way, serial_letters
from jinmai.systems.traceability.services.laboratory import withdraw_report
from jinmai.systems.traceability.services.lots import change_state
from jinmai.systems.traceability.services.packing import (
    Destination,
    pack_box,
    receive,
    sell,
    ship,
    stack_pallet,
    unpack,
)
from jinmai.systems.traceability.services.recalls import start_recall
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch, pass_test
from jinmai.systems.traceability.tests.factories import make_organisation, make_site

pytestmark = pytest.mark.django_db

PACKED = BEGAN + timedelta(days=33)
SHIPPED = PACKED + timedelta(hours=5)


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def shop() -> Site:
    return make_site(make_organisation(), kind=SiteKind.SHOP)


def boxes(chain: Chain, *counts: int) -> list[LogisticUnit]:
    batch = mint_batch(chain, sum(counts) + 5)
    return [pack_box(batch=batch, count=count, at=PACKED, by=chain.by) for count in counts]


def test_boxes_take_the_animals_in_their_order_under_codes_of_their_own(chain: Chain) -> None:
    first, second = boxes(chain, 20, 30)
    assert ((first.first, first.last), (second.first, second.last)) == ((0, 19), (20, 49))
    assert first.sscc != second.sscc
    assert all(has_check_digit(box.sscc) and len(box.sscc) == 18 for box in (first, second))
    assert second.batch is not None
    serials = item_store().serials(second.batch.request)
    assert serials is not None
    way = item_way(chain.processed.product.gtin, serial_letters(serials[20]))
    assert way is not None
    assert way.box == second


def test_a_box_cannot_hold_what_is_not_there(chain: Chain) -> None:
    batch = mint_batch(chain, 10)
    pack_box(batch=batch, count=8, at=PACKED, by=chain.by)
    for count in (3, 0, -1):
        with pytest.raises(ChainRefusedError, match="2 animals of this batch"):
            pack_box(batch=batch, count=count, at=PACKED, by=chain.by)


def test_a_pallet_travels_with_all_its_boxes(chain: Chain, shop: Site) -> None:
    stacked = boxes(chain, 20, 20)
    pallet = stack_pallet(boxes=stacked, at=PACKED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="stands on a pallet"):
        ship(unit=stacked[0], to=Destination(shop), at=SHIPPED, by=chain.by)
    ship(unit=pallet, to=Destination(shop), at=SHIPPED, by=chain.by)
    receive(unit=pallet, site=shop, at=SHIPPED + timedelta(days=1), by=chain.by)
    for box in LogisticUnit.objects.filter(parent=pallet):
        assert (box.state, box.site) == (UnitState.RECEIVED, shop)
    kinds = [entry.kind for entry in entries_for(pallet.subject)]
    assert kinds == [
        "traceability.unit_moved.v1",
        "traceability.unit_moved.v1",
        "traceability.unit_packed.v1",
    ]


def test_what_was_sold_from_a_pallet_does_not_travel_on(chain: Chain, shop: Site) -> None:
    sold, stays = boxes(chain, 20, 20)
    pallet = stack_pallet(boxes=[sold, stays], at=PACKED, by=chain.by)
    sell(unit=sold, at=PACKED, by=chain.by)
    ship(unit=pallet, to=Destination(shop), at=SHIPPED, by=chain.by)
    sold.refresh_from_db()
    stays.refresh_from_db()
    assert (sold.state, sold.parent, stays.state) == (UnitState.SOLD, None, UnitState.SHIPPED)
    kinds = [entry.kind for entry in entries_for(pallet.subject)]
    assert kinds[1] == "traceability.unit_unpacked.v1"


def test_a_box_on_a_pallet_that_was_sold_before_pallets_knew_of_it_stays_sold(
    chain: Chain, shop: Site
) -> None:
    sold, stays = boxes(chain, 20, 20)
    pallet = stack_pallet(boxes=[sold, stays], at=PACKED, by=chain.by)
    LogisticUnit.objects.filter(pk=sold.pk).update(state=UnitState.SOLD)
    ship(unit=pallet, to=Destination(shop), at=SHIPPED, by=chain.by)
    sold.refresh_from_db()
    assert sold.state == UnitState.SOLD


def test_a_box_comes_off_its_pallet_and_goes_its_own_way(chain: Chain, shop: Site) -> None:
    alone, *others = boxes(chain, 20, 20, 20)
    pallet = stack_pallet(boxes=[alone, *others], at=PACKED, by=chain.by)
    assert unpack(unit=alone, at=PACKED, by=chain.by).parent is None
    assert ship(unit=alone, to=Destination(shop), at=SHIPPED, by=chain.by).state == UnitState.SHIPPED
    with pytest.raises(ChainRefusedError, match="stands on no pallet"):
        unpack(unit=alone, at=PACKED, by=chain.by)
    unpack(unit=pallet, at=PACKED, by=chain.by)
    assert not pallet.children.exists()
    with pytest.raises(ChainRefusedError, match="stands here"):
        unpack(unit=pallet, at=PACKED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="Nothing stands on"):
        ship(unit=pallet, to=Destination(shop), at=SHIPPED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="Nothing stands on"):
        sell(unit=pallet, at=SHIPPED, by=chain.by)
    entry = entries_for(pallet.subject)[0].payload or {}
    assert entry["children"] == sorted(box.sscc for box in others)
    last = Event.objects.order_by("-pk")[0]
    body = read_body(last.body, last.record_time)
    assert (body["action"], body["bizStep"], len(body["childEPCs"])) == ("DELETE", "unpacking", 2)


def test_what_is_on_its_way_or_called_back_stays_on_its_pallet(chain: Chain, shop: Site) -> None:
    stranger = make_chain()
    good, bad = boxes(chain, 20)[0], boxes(stranger, 20)[0]
    LogisticUnit.objects.filter(pk=bad.pk).update(site=good.site)
    pallet = stack_pallet(boxes=[good, bad], at=PACKED, by=chain.by)
    start_recall(recall=Recall(lot=stranger.processed, reason="lead"), by=chain.by)
    unpack(unit=pallet, at=PACKED, by=chain.by)
    assert list(pallet.children.all()) == [bad]
    ship(unit=good, to=Destination(shop), at=SHIPPED, by=chain.by)
    moving = stack_pallet(boxes=boxes(chain, 5), at=PACKED, by=chain.by)
    ship(unit=moving, to=Destination(shop), at=SHIPPED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="stands here"):
        unpack(unit=moving, at=SHIPPED, by=chain.by)


def test_boxes_of_two_places_do_not_share_a_pallet(chain: Chain, shop: Site) -> None:
    here, there = boxes(chain, 20, 20)
    ship(unit=there, to=Destination(shop), at=SHIPPED, by=chain.by)
    for scanned in ([here, there], []):
        with pytest.raises(ChainRefusedError):
            stack_pallet(boxes=scanned, at=PACKED, by=chain.by)
    pallet = stack_pallet(boxes=[here], at=PACKED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="another pallet"):
        stack_pallet(boxes=[here], at=PACKED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="is a pallet itself"):
        stack_pallet(boxes=[pallet], at=PACKED, by=chain.by)


def test_only_the_site_it_was_sent_to_receives_it_and_not_before_it_left(chain: Chain, shop: Site) -> None:
    (box,) = boxes(chain, 20)
    with pytest.raises(ChainRefusedError, match="only what is on its way"):
        receive(unit=box, site=shop, at=SHIPPED, by=chain.by)
    ship(unit=box, to=Destination(shop), at=SHIPPED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="was not sent to"):
        receive(unit=box, site=chain.farm, at=SHIPPED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="lies before what was recorded"):
        receive(unit=box, site=shop, at=SHIPPED - timedelta(hours=1), by=chain.by)
    receive(unit=box, site=shop, at=SHIPPED, by=chain.by)
    sell(unit=box, at=SHIPPED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="cannot be sold"):
        sell(unit=box, at=SHIPPED, by=chain.by)


def test_it_goes_to_a_site_or_to_a_buyer_and_not_nowhere(chain: Chain, shop: Site) -> None:
    (box,) = boxes(chain, 20)
    for nowhere in (Destination(), Destination(shop, "Somebody"), Destination(box.site)):
        with pytest.raises(ChainRefusedError):
            ship(unit=box, to=nowhere, at=SHIPPED, by=chain.by)
    assert ship(unit=box, to=Destination(buyer="A hotel"), at=SHIPPED, by=chain.by).buyer == "A hotel"


def test_nothing_of_a_held_lot_leaves(chain: Chain, shop: Site) -> None:
    box, other = boxes(chain, 20, 20)
    pallet = stack_pallet(boxes=[other], at=PACKED, by=chain.by)
    change_state(lot=chain.processed, state=LotState.HELD, reason="a report failed", by=None)
    for unit in (box, pallet):
        with pytest.raises(ChainRefusedError, match="nothing of it may leave"):
            ship(unit=unit, to=Destination(shop), at=SHIPPED, by=chain.by)
    with pytest.raises(ChainRefusedError, match="nothing of it may leave"):
        sell(unit=box, at=SHIPPED, by=chain.by)


def test_nothing_of_a_closed_lot_leaves(chain: Chain, shop: Site) -> None:
    (box,) = boxes(chain, 20)
    change_state(lot=chain.processed, state=LotState.HELD, reason="a smell", by=chain.by)
    change_state(lot=chain.processed, state=LotState.CLOSED, reason="spoilt", by=chain.by)
    _nothing_leaves(box, shop, chain, "Lot P1 is closed; nothing of it may leave")


def test_a_shop_sells_what_it_has_of_a_lot_that_was_closed(chain: Chain, shop: Site) -> None:
    there, here = boxes(chain, 20, 20)
    sent = ship(unit=there, to=Destination(shop), at=SHIPPED, by=chain.by)
    receive(unit=sent, site=shop, at=SHIPPED + timedelta(days=1), by=chain.by)
    change_state(lot=chain.processed, state=LotState.CLOSED, reason="all packed", by=chain.by)
    assert sell(unit=there, at=SHIPPED + timedelta(days=2), by=chain.by).state == UnitState.SOLD
    _nothing_leaves(here, shop, chain, "Lot P1 is closed; nothing of it may leave")


def test_a_shop_sells_nothing_of_a_lot_that_was_closed_while_it_was_held(chain: Chain, shop: Site) -> None:
    (box,) = boxes(chain, 20)
    sent = ship(unit=box, to=Destination(shop), at=SHIPPED, by=chain.by)
    receive(unit=sent, site=shop, at=SHIPPED + timedelta(days=1), by=chain.by)
    change_state(lot=chain.processed, state=LotState.HELD, reason="a smell", by=chain.by)
    change_state(lot=chain.processed, state=LotState.CLOSED, reason="spoilt", by=chain.by)
    with pytest.raises(ChainRefusedError, match="Lot P1 is closed; nothing of it may leave"):
        sell(unit=box, at=SHIPPED + timedelta(days=2), by=chain.by)


def test_nothing_leaves_without_a_report_that_passed_and_still_counts(chain: Chain, shop: Site) -> None:
    (box,) = boxes(chain, 20)
    withdraw_report(report=TestReport.objects.get(lot=chain.processed), reason="wrong sample", by=chain.by)
    _nothing_leaves(box, shop, chain, "No laboratory's report says that lot P1 passed; nothing of it may")
    pass_test(chain.processed, chain.by)
    assert ship(unit=box, to=Destination(shop), at=SHIPPED, by=chain.by).state == UnitState.SHIPPED


def test_nothing_leaves_of_a_lot_whose_source_failed_though_its_own_state_says_nothing(
    chain: Chain, shop: Site
) -> None:
    (box,) = boxes(chain, 20)
    TestReport.objects.filter(lot=chain.processed).delete()
    failed = pass_test(chain.harvest, chain.by)
    failed.state = ReportState.FAILED
    failed.save(update_fields=["state"])
    assert chain.processed.state == LotState.OPEN
    _nothing_leaves(
        box, shop, chain, "Lot P1, or one that it was made of, failed its test; nothing of it may"
    )


def _nothing_leaves(box: LogisticUnit, shop: Site, chain: Chain, reason: str) -> None:
    assert box.batch is not None
    with pytest.raises(ChainRefusedError, match=reason):
        pack_box(batch=box.batch, count=5, at=PACKED, by=chain.by)
    with pytest.raises(ChainRefusedError, match=reason):
        ship(unit=box, to=Destination(shop), at=SHIPPED, by=chain.by)
    with pytest.raises(ChainRefusedError, match=reason):
        sell(unit=box, at=SHIPPED, by=chain.by)
