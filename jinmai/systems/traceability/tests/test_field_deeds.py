"""What people of the chain do with a phone, sent as the phone sends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.fieldwork.api import FieldEarlyError, Sent, take_in
from jinmai.systems.traceability.choices import LotKind, SiteKind, UnitKind, UnitState
from jinmai.systems.traceability.field_deeds.looking import look
from jinmai.systems.traceability.models import LogisticUnit, Lot, Site, Treatment
from jinmai.systems.traceability.services.packing import Destination, pack_box, ship
from jinmai.systems.traceability.tests.chain import Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_lot, make_member, make_organisation, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def shop() -> Site:
    return make_site(make_organisation(), kind=SiteKind.SHOP)


@pytest.fixture
def seller(shop: Site) -> User:
    return make_member("seller", "chain_worker", shop.owner)


def do(by: User, deed: str, scan: str, at: datetime | None = None, **fields: object) -> tuple[str, str]:
    told = {name: str(value) for name, value in fields.items()}
    row = take_in(
        sent=Sent(uuid4(), f"traceability.{deed}", at or timezone.now(), {"scan": scan, **told}), by=by
    )
    return row.state, row.answer["text"]


def box_of(chain: Chain, count: int = 20) -> LogisticUnit:
    packed = timezone.now() - timedelta(hours=8)
    return pack_box(batch=mint_batch(chain, count), count=count, at=packed, by=chain.by)


def test_a_box_is_packed_shipped_and_received_by_scanning(chain: Chain, shop: Site, seller: User) -> None:
    mint_batch(chain, 20)
    assert do(chain.by, "pack", chain.processed.epc_class, count=20)[0] == "done"
    box = LogisticUnit.objects.get(lot=chain.processed)
    assert do(chain.by, "ship", f"]C100{box.sscc}", site=shop.pk) == (
        "done",
        f"{box.sscc} on its way to {shop.name_zh}",
    )
    assert do(seller, "receive", box.sscc) == ("done", f"{box.sscc} received at {shop.name_zh}")
    box.refresh_from_db()
    assert (box.state, box.site) == (UnitState.RECEIVED, shop)


def test_the_moment_of_the_deed_is_the_phones(chain: Chain, shop: Site) -> None:
    box, at = box_of(chain), timezone.now() - timedelta(hours=3)
    do(chain.by, "ship", box.sscc, at, site=shop.pk)
    box.refresh_from_db()
    assert box.shipped_at == at


def test_a_box_moves_between_the_firms_own_sites_in_one_deed(chain: Chain) -> None:
    box, store = box_of(chain), make_site(chain.owner, kind=SiteKind.COLD_STORE)
    assert do(chain.by, "move", box.sscc, site=store.pk) == ("done", f"{box.sscc} stands at {store.name_zh}")
    box.refresh_from_db()
    assert (box.state, box.site) == (UnitState.RECEIVED, store)


def test_boxes_are_stacked_by_scanning_them_one_after_the_other(chain: Chain) -> None:
    boxes = [box_of(chain, 10), box_of(chain, 10)]
    state, text = do(chain.by, "stack", "\n".join(box.sscc for box in boxes))
    pallet = LogisticUnit.objects.get(kind=UnitKind.PALLET)
    assert (state, text) == ("done", f"Pallet {pallet.sscc} with 2 boxes")


def test_the_pond_book_is_written_at_the_pond(chain: Chain) -> None:
    at = timezone.now() - timedelta(days=2)
    given = {"kind": "probiotic", "substance": "EM", "dose": "2 kg a mu", "withdrawal_days": 0}
    assert do(chain.by, "treat", "H1", at, **given) == ("done", "H1: EM, 2 kg a mu")
    line = Treatment.objects.get()
    assert (line.lot, line.at, line.by) == (chain.harvest, at, chain.by)


def test_a_harvest_is_weighed_once(chain: Chain) -> None:
    make_lot(chain.owner, site=chain.farm, kind=LotKind.HARVEST, code="H2")
    assert do(chain.by, "weigh", "H2", animals=900, grams="180.5") == ("done", "H2: 900 animals, 180.5 kg")
    assert do(chain.by, "weigh", "H2", animals=800, grams="170")[0] == "refused"
    assert Lot.objects.get(code="H2").grams == 180_500


def test_what_does_not_fit_is_refused_in_words(chain: Chain, shop: Site, seller: User) -> None:
    box = box_of(chain)
    for by, deed, fields, reason in (
        (seller, "ship", {"buyer": "x"}, "does not stand with you"),
        (chain.by, "ship", {}, "Name where it goes"),
        (chain.by, "ship", {"site": box.site_id}, "is at"),
        (chain.by, "pack", {"count": 2}, "is a box or pallet, no lot"),
        (seller, "move", {"site": chain.farm.pk}, "To: Select a valid choice"),
    ):
        state, text = do(by, deed, box.sscc, **fields)
        assert state == "refused"
        assert reason in text
    assert (
        "not one of yours"
        in do(
            seller, "treat", chain.harvest.epc_class, kind="feed", substance="a", dose="b", withdrawal_days=0
        )[1]
    )


def test_a_box_that_arrives_before_the_senders_phone_was_heard_waits_and_is_then_taken_in(
    chain: Chain, shop: Site, seller: User
) -> None:
    box, came = box_of(chain), timezone.now()
    sent = Sent(uuid4(), "traceability.receive", came, {"scan": box.sscc})
    with pytest.raises(FieldEarlyError, match="is not on its way to you"):
        take_in(sent=sent, by=seller)
    do(chain.by, "ship", box.sscc, came - timedelta(hours=2), site=shop.pk)
    assert take_in(sent=sent, by=seller).state == "done"
    box.refresh_from_db()
    assert (box.state, box.received_at) == (UnitState.RECEIVED, came)


def test_what_was_taken_in_is_not_taken_in_again_by_the_next_who_scans_it(
    chain: Chain, shop: Site, seller: User
) -> None:
    box = box_of(chain)
    do(chain.by, "ship", box.sscc, site=shop.pk)
    do(seller, "receive", box.sscc)
    assert do(seller, "receive", box.sscc) == (
        "refused",
        f"{box.sscc} was taken in at {shop.name_zh} already.",
    )


def test_who_sends_on_what_another_phone_is_to_take_in_waits_for_it(
    chain: Chain, shop: Site, seller: User
) -> None:
    box, at = box_of(chain), timezone.now() - timedelta(hours=2)
    do(chain.by, "ship", box.sscc, at, site=shop.pk)
    onward = Sent(
        uuid4(), "traceability.ship", at + timedelta(hours=1), {"scan": box.sscc, "buyer": "A hotel"}
    )
    with pytest.raises(FieldEarlyError, match="take it in first"):
        take_in(sent=onward, by=seller)
    do(seller, "receive", box.sscc, at + timedelta(minutes=30))
    assert take_in(sent=onward, by=seller).state == "done"


def test_a_scanned_code_tells_what_it_is_and_what_fits_now(chain: Chain, shop: Site, seller: User) -> None:
    box = box_of(chain)
    here = look(box.sscc, chain.by)
    assert here is not None
    assert here.deeds == ("traceability.ship", "traceability.move", "traceability.stack")
    assert look(box.sscc, seller) is None
    ship(unit=box, to=Destination(shop), at=timezone.now(), by=chain.by)
    coming = look(box.sscc, seller)
    assert coming is not None
    assert coming.deeds == ("traceability.receive",)
    lot = look("H1", chain.by)
    assert lot is not None
    assert (lot.title, lot.deeds) == ("Lot H1", ("traceability.treat", "traceability.ship_lot"))
    assert look("nothing", chain.by) is None
