"""Lots on their way between firms: a hatchery's seed, a farm's harvest, the works that make packs of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.ledger.api import entries_for
from jinmai.systems.traceability.choices import LotKind, LotState, ProductForm, SiteKind, UnitState
from jinmai.systems.traceability.models import Event, Harvest, Lot, LotInput, LotShipment, Recall, Site
from jinmai.systems.traceability.models.event_storage import read_body
from jinmai.systems.traceability.selectors.lots import sources_for
from jinmai.systems.traceability.selectors.shipments import (
    Amount,
    holding,
    lots_on_their_way,
    shipments_for,
)
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import item_way, serial_letters
from jinmai.systems.traceability.services.lots import change_state, open_lot
from jinmai.systems.traceability.services.minting import MintRequest, mint
from jinmai.systems.traceability.services.packing import pack_box
from jinmai.systems.traceability.services.processing import make_lot_of, weigh_harvest
from jinmai.systems.traceability.services.recalls import start_recall
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.shipping import receive_lot, ship_lot
from jinmai.systems.traceability.tests.chain import BEGAN, pass_test
from jinmai.systems.traceability.tests.factories import (
    make_member,
    make_organisation,
    make_product,
    make_site,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ALL = Amount(None, None)


@dataclass(frozen=True)
class Firm:
    """One firm with one site and one worker."""

    site: Site
    by: User

    def lot(self, kind: LotKind, code: str, day: int, **fields: Any) -> Lot:
        form, yields = {
            LotKind.SEED: (ProductForm.SEED, {"grams_least": 1}),
            LotKind.HARVEST: (ProductForm.FRESH, {"grams_least": 80}),
            LotKind.PROCESSED: (ProductForm.DRIED, {"grams_least": 5, "yield_permille": 30}),
        }[kind]
        product = make_product(self.site.owner, form=form, **yields)
        return Lot(
            product=product, site=self.site, code=code, kind=kind, began_at=BEGAN + day * DAY, **fields
        )


def firm(kind: SiteKind) -> Firm:
    owner = make_organisation()
    return Firm(make_site(owner, kind=kind), make_member(f"worker-{owner.pk}", "chain_worker", owner))


@pytest.fixture
def hatchery() -> Firm:
    return firm(SiteKind.HATCHERY)


@pytest.fixture
def farm() -> Firm:
    return firm(SiteKind.FARM)


@pytest.fixture
def works() -> Firm:
    return firm(SiteKind.PROCESSOR)


@pytest.fixture
def seed(hatchery: Firm) -> Lot:
    return open_lot(lot=hatchery.lot(LotKind.SEED, "S1", 0, animals=3_000), by=hatchery.by)


def sent(lot: Lot, sender: Firm, to: Firm, day: int, **amount: int) -> LotShipment:
    shipment = LotShipment(
        lot=lot, from_site=sender.site, to_site=to.site, shipped_at=BEGAN + day * DAY, **amount
    )
    return ship_lot(shipment=shipment, by=sender.by)


def moved(lot: Lot, sender: Firm, to: Firm, day: int, **amount: int) -> LotShipment:
    shipment = sent(lot, sender, to, day, **amount)
    return receive_lot(shipment=shipment, arrived=ALL, at=BEGAN + (day + 1) * DAY, by=to.by)


def harvested(farm: Firm, seed: Lot, taken: int) -> Lot:
    lot = make_lot_of(
        lot=farm.lot(LotKind.HARVEST, "H1", 30), inputs=[LotInput(source=seed, animals=taken)], by=farm.by
    )
    weigh_harvest(harvest=Harvest(lot=lot, at=BEGAN + 31 * DAY, grams=200_000, animals=1_000), by=farm.by)
    lot.refresh_from_db()
    return lot


def processed(works: Firm, harvest: Lot, **taken: int) -> Lot:
    return make_lot_of(
        lot=works.lot(LotKind.PROCESSED, "P1", 40, animals=400, grams=2_400),
        inputs=[LotInput(source=harvest, **taken)],
        by=works.by,
    )


def event(step: str) -> dict[str, Any]:
    row = Event.objects.filter(biz_step=step).latest("pk")
    return read_body(row.body, row.record_time)


def test_seed_goes_to_a_farm_its_harvest_to_the_works_and_their_animals_lead_back(
    hatchery: Firm, farm: Firm, works: Firm, seed: Lot
) -> None:
    moved(seed, hatchery, farm, 5, animals=2_000)
    harvest = harvested(farm, seed, 2_000)
    moved(harvest, farm, works, 33, animals=500, grams=100_000)
    lot = processed(works, harvest, animals=500, grams=100_000)
    pass_test(lot, works.by)
    batch = mint(asked=MintRequest(lot, 400, uuid4()), by=works.by)
    (serial, *_) = item_store().serials(batch.request) or []
    way = item_way(lot.product.gtin, serial_letters(serial))
    assert way is not None
    assert [one.code for one in way.lots] == ["P1", "H1", "S1"]


def test_only_who_has_it_may_make_something_of_it(farm: Firm, seed: Lot) -> None:
    with pytest.raises(ChainRefusedError, match="has nothing of lot S1"):
        harvested(farm, seed, 10)


def test_what_is_on_its_way_is_nobodys_source_yet(hatchery: Firm, farm: Firm, seed: Lot) -> None:
    sent(seed, hatchery, farm, 5, animals=2_000)
    with pytest.raises(ChainRefusedError, match="has nothing of lot S1"):
        harvested(farm, seed, 10)
    with pytest.raises(ChainRefusedError, match="only this is left: 1,000 animals"):
        sent(seed, hatchery, farm, 6, animals=1_001)


def test_never_more_is_made_of_it_than_arrived(hatchery: Firm, farm: Firm, works: Firm, seed: Lot) -> None:
    shipment = sent(seed, hatchery, farm, 5, animals=2_000)
    receive_lot(shipment=shipment, arrived=Amount(1_900, None), at=BEGAN + 6 * DAY, by=farm.by)
    with pytest.raises(ChainRefusedError, match="only this is left: 1,900 animals"):
        harvested(farm, seed, 1_901)
    harvest = harvested(farm, seed, 1_900)
    moved(harvest, farm, works, 33, animals=500, grams=100_000)
    with pytest.raises(ChainRefusedError, match="known by both"):
        processed(works, harvest, grams=50_000)  # how many get a code depends on both
    with pytest.raises(ChainRefusedError, match="only this is left"):
        processed(works, harvest, animals=501, grams=100_000)
    everything = processed(works, harvest)
    assert everything.inputs.values("animals", "grams").get() == {"animals": 500, "grams": 100_000}
    with pytest.raises(ChainRefusedError, match="Nothing is left of lot H1"):
        processed(works, harvest)


def test_who_shipped_has_so_much_less(hatchery: Firm, farm: Firm, works: Firm, seed: Lot) -> None:
    moved(seed, hatchery, farm, 5)
    harvest = harvested(farm, seed, 3_000)
    moved(harvest, farm, works, 33, animals=900, grams=180_000)
    own = farm.lot(LotKind.PROCESSED, "P2", 41)
    with pytest.raises(ChainRefusedError, match="only this is left: 100 animals, 20 kg"):
        make_lot_of(lot=own, inputs=[LotInput(source=harvest, grams=20_001)], by=farm.by)
    make_lot_of(lot=own, inputs=[LotInput(source=harvest, grams=10_000)], by=farm.by)
    left = holding(harvest, farm.site.owner)
    assert left is not None
    # Ten kilograms are five in a hundred of the weight, and count for as much of the animals.
    assert left.left == Amount(50, 10_000)


def test_more_never_arrives_than_was_sent_and_never_twice(hatchery: Firm, farm: Firm, seed: Lot) -> None:
    shipment = sent(seed, hatchery, farm, 5, animals=100)
    later = BEGAN + 6 * DAY
    with pytest.raises(ChainRefusedError, match="More cannot arrive than was sent: 100 animals"):
        receive_lot(shipment=shipment, arrived=Amount(101, None), at=later, by=farm.by)
    with pytest.raises(ChainRefusedError, match="More cannot arrive than was sent"):
        receive_lot(shipment=shipment, arrived=Amount(None, 1), at=later, by=farm.by)
    with pytest.raises(ChainRefusedError, match="lies before what was recorded"):
        receive_lot(shipment=shipment, arrived=ALL, at=BEGAN, by=farm.by)
    receive_lot(shipment=shipment, arrived=ALL, at=later, by=farm.by)
    with pytest.raises(ChainRefusedError, match="was taken in already"):
        receive_lot(shipment=shipment, arrived=ALL, at=later, by=farm.by)
    with pytest.raises(IntegrityError), transaction.atomic():
        LotShipment.objects.filter(pk=shipment.pk).update(animals_received=101)


@pytest.mark.parametrize(
    ("state", "words"), [(LotState.HELD, "S1 is held"), (LotState.CLOSED, "S1 is closed")]
)
def test_what_is_held_or_closed_is_not_sent(
    hatchery: Firm, farm: Firm, seed: Lot, state: LotState, words: str
) -> None:
    change_state(lot=seed, state=state, reason="a test", by=hatchery.by)
    with pytest.raises(ChainRefusedError, match=words):
        sent(seed, hatchery, farm, 5)


def test_within_a_firm_and_before_it_was_counted_nothing_is_sent(hatchery: Firm, farm: Firm) -> None:
    unknown = open_lot(lot=hatchery.lot(LotKind.SEED, "S2", 0), by=hatchery.by)
    with pytest.raises(ChainRefusedError, match="Nobody counted or weighed lot S2"):
        sent(unknown, hatchery, farm, 5, animals=5)
    with pytest.raises(ChainRefusedError, match="Within a firm no lot is sent"):
        sent(unknown, hatchery, hatchery, 5)


def test_each_firm_sees_the_shipment_and_nobody_else_does(
    hatchery: Firm, farm: Firm, works: Firm, seed: Lot
) -> None:
    shipment = sent(seed, hatchery, farm, 5, animals=2_000)
    seen = [list(shipments_for(one.by)) for one in (hatchery, farm, works)]
    assert seen == [[shipment], [shipment], []]
    assert [list(lots_on_their_way(one.by)) for one in (hatchery, farm, works)] == [[], [shipment], []]
    assert seed not in sources_for(farm.by)
    receive_lot(shipment=shipment, arrived=ALL, at=BEGAN + 6 * DAY, by=farm.by)
    assert seed in sources_for(farm.by)
    assert seed not in sources_for(works.by)
    # Of the lot itself the farm reads no more than before.
    assert not farm.by.has_perm("traceability.view_lot", seed)
    told = [entry.kind for entry in entries_for(shipment.subject)]
    assert sorted(told) == ["traceability.lot_received.v1", "traceability.lot_shipped.v1"]


def test_leaving_and_arriving_are_events_that_both_firms_read(hatchery: Firm, farm: Firm, seed: Lot) -> None:
    shipment = moved(seed, hatchery, farm, 5, animals=2_000)
    for step, disposition in (("shipping", "in_transit"), ("receiving", "in_progress")):
        told = event(step)
        assert told["disposition"] == disposition
        assert told["quantityList"] == [{"epcClass": seed.epc_class, "quantity": 2_000}]
        assert told["bizTransactionList"][0]["type"] == "desadv"
        assert told["bizTransactionList"][0]["bizTransaction"].endswith(shipment.number)
        assert {one["type"] for one in told["destinationList"]} == {"possessing_party", "location"}
        readers = set(Event.objects.get(biz_step=step).readers.values_list("pk", flat=True))
        assert readers == {hatchery.site.owner_id, farm.site.owner_id}


def test_a_recall_of_seed_follows_it_to_the_packs_of_another_firm(
    hatchery: Firm, farm: Firm, works: Firm, seed: Lot
) -> None:
    moved(seed, hatchery, farm, 5, animals=2_000)
    harvest = harvested(farm, seed, 2_000)
    moved(harvest, farm, works, 33)
    lot = processed(works, harvest, animals=400, grams=80_000)
    pass_test(lot, works.by)
    batch = mint(asked=MintRequest(lot, 10, uuid4()), by=works.by)
    box = pack_box(batch=batch, count=10, at=timezone.now(), by=works.by)
    recall = start_recall(recall=Recall(lot=seed, reason="residues"), by=hatchery.by)
    box.refresh_from_db()
    assert (recall.lots, recall.animals, box.state) == (3, 10, UnitState.RECALLED)
    with pytest.raises(ChainRefusedError, match="recalled"):
        processed(works, harvest, animals=1, grams=1_000)
