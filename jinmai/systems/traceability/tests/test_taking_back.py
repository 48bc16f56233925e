"""What was sent by mistake comes back; the receiver is told; the delivery note's code takes the goods in."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from jinmai.core.access.api import User
from jinmai.core.fieldwork.api import Sent, take_in
from jinmai.core.notices.api import unread_count
from jinmai.systems.traceability.choices import LotKind, SiteKind, UnitState
from jinmai.systems.traceability.field_deeds.looking import look
from jinmai.systems.traceability.models import Event, LogisticUnit, Lot, LotShipment, Site
from jinmai.systems.traceability.selectors.shipments import Amount, holding
from jinmai.systems.traceability.services.delivery_paper import lot_note, unit_note
from jinmai.systems.traceability.services.packing import (
    Destination,
    pack_box,
    receive,
    ship,
    stack_pallet,
)
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.shipping import receive_lot, ship_lot
from jinmai.systems.traceability.services.taking_back import take_back_lot, take_back_unit
from jinmai.systems.traceability.tests.chain import Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_lot, make_member, make_organisation, make_site

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def shop() -> Site:
    return make_site(make_organisation(), kind=SiteKind.SHOP)


@pytest.fixture
def seller(shop: Site) -> User:
    return make_member("seller", "chain_worker", shop.owner)


def boxes(chain: Chain, number: int) -> list[LogisticUnit]:
    at, batch = timezone.now() - timedelta(hours=8), mint_batch(chain, 10 * number)
    return [pack_box(batch=batch, count=10, at=at, by=chain.by) for _box in range(number)]


@pytest.fixture
def seed(chain: Chain) -> Lot:
    """Nothing of it was used yet."""
    return make_lot(chain.owner, kind=LotKind.SEED, code="S9", animals=1_000)


def sent_lot(chain: Chain, lot: Lot, to: Site, animals: int = 400) -> LotShipment:
    row = LotShipment(
        lot=lot,
        from_site=lot.site,
        to_site=to,
        animals=animals,
        shipped_at=timezone.now() - timedelta(hours=1),
    )
    return ship_lot(shipment=row, by=chain.by)


def do(by: User, deed: str, scan: str, **fields: str) -> tuple[str, str]:
    told = {"scan": scan, **fields}
    row = take_in(sent=Sent(uuid4(), f"traceability.{deed}", timezone.now(), told), by=by)
    return row.state, row.answer["text"]


def test_a_pallet_that_was_sent_by_mistake_stands_where_it_left_with_all_its_boxes(
    chain: Chain, shop: Site
) -> None:
    pallet = stack_pallet(boxes=boxes(chain, 2), at=timezone.now(), by=chain.by)
    sent = ship(unit=pallet, to=Destination(shop), at=timezone.now(), by=chain.by)
    back = take_back_unit(unit=sent, at=timezone.now(), by=chain.by)
    assert (back.state, back.bound_for, back.shipped_at) == (UnitState.PACKED, None, None)
    assert {box.state for box in back.children.all()} == {UnitState.PACKED}
    event = Event.objects.get(biz_step="void_shipping")
    assert shop.owner in event.readers.all()  # the receiver reads that it does not come
    with pytest.raises(ChainRefusedError, match="only what is on its way"):
        take_back_unit(unit=back, at=timezone.now(), by=chain.by)
    with pytest.raises(ChainRefusedError, match="only what is on its way"):
        receive(unit=back, site=shop, at=timezone.now(), by=chain.by)
    ship(unit=back, to=Destination(buyer="A hotel"), at=timezone.now(), by=chain.by)


def test_what_was_taken_in_or_stands_on_a_pallet_is_not_taken_back(
    chain: Chain, shop: Site, seller: User
) -> None:
    box, other = boxes(chain, 2)
    sent = ship(unit=box, to=Destination(shop), at=timezone.now(), by=chain.by)
    receive(unit=sent, site=shop, at=timezone.now(), by=seller)
    with pytest.raises(ChainRefusedError, match="only what is on its way"):
        take_back_unit(unit=box, at=timezone.now(), by=chain.by)
    pallet = stack_pallet(boxes=[other], at=timezone.now(), by=chain.by)
    ship(unit=pallet, to=Destination(shop), at=timezone.now(), by=chain.by)
    with pytest.raises(ChainRefusedError, match="take that back"):
        take_back_unit(unit=other, at=timezone.now(), by=chain.by)


def test_a_lot_that_was_taken_back_is_the_senders_again_and_is_not_taken_in(
    chain: Chain, seed: Lot, shop: Site, seller: User
) -> None:
    before = holding(seed, chain.owner)
    row = take_back_lot(shipment=sent_lot(chain, seed, shop), at=timezone.now(), by=chain.by)
    assert holding(seed, chain.owner) == before
    with pytest.raises(ChainRefusedError, match="was taken back"):
        receive_lot(shipment=row, arrived=Amount(None, None), at=timezone.now(), by=seller)
    with pytest.raises(ChainRefusedError, match="was taken back"):
        take_back_lot(shipment=row, at=timezone.now(), by=chain.by)
    taken = sent_lot(chain, seed, shop)
    receive_lot(shipment=taken, arrived=Amount(None, None), at=timezone.now(), by=seller)
    with pytest.raises(ChainRefusedError, match="was taken in already"):
        take_back_lot(shipment=taken, at=timezone.now(), by=chain.by)


def test_the_pages_of_sender_and_receiver(
    chain: Chain, seed: Lot, shop: Site, seller: User, client: Client
) -> None:
    row = sent_lot(chain, seed, shop)
    page = reverse("traceability:shipment", args=[row.number])
    client.force_login(seller)
    assert "Take back" not in client.get(page, headers=ENGLISH).content.decode()
    assert client.get(reverse("traceability:take_back_lot", args=[row.number])).status_code == 404
    client.force_login(chain.by)
    assert "Take back" in client.get(page, headers=ENGLISH).content.decode()
    back = reverse("traceability:take_back_lot", args=[row.number])
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    assert client.post(back, {"at": now}).status_code == 302
    told = client.get(page, headers=ENGLISH).content.decode()
    assert "Taken back by the sender" in told
    assert "Delivery note" not in told
    client.force_login(seller)
    assert (
        "On its way to you"
        not in client.get(reverse("traceability:shipments"), headers=ENGLISH).content.decode()
    )
    (box,) = boxes(chain, 1)
    ship(unit=box, to=Destination(shop), at=timezone.now(), by=chain.by)
    client.force_login(chain.by)
    assert (
        "Take back"
        in client.get(reverse("traceability:unit", args=[box.sscc]), headers=ENGLISH).content.decode()
    )
    assert (
        client.post(reverse("traceability:take_back_unit", args=[box.sscc]), {"at": now}).status_code == 302
    )
    box.refresh_from_db()
    assert box.state == UnitState.PACKED


def test_the_receiver_is_told_once_an_hour_of_boxes_and_of_each_lot(
    chain: Chain, seed: Lot, shop: Site, seller: User, client: Client
) -> None:
    at = timezone.now()
    for box in boxes(chain, 3):
        sent = ship(unit=box, to=Destination(shop), at=at, by=chain.by)
    assert unread_count(seller) == 1
    sent_lot(chain, seed, shop)
    assert unread_count(seller) == 2
    take_back_unit(unit=sent, at=timezone.now(), by=chain.by)
    assert unread_count(seller) == 3
    assert unread_count(chain.by) == 0
    client.force_login(seller)
    inbox = client.get(reverse("inbox"), headers=ENGLISH).content.decode()
    assert "took back what was on its way" in inbox
    assert "Scan it to take it in when it arrives." in inbox


def test_within_a_firm_and_of_what_is_long_past_nobody_is_told(
    chain: Chain, shop: Site, seller: User
) -> None:
    box, other = boxes(chain, 2)
    store = make_site(chain.owner, kind=SiteKind.COLD_STORE)
    ship(unit=box, to=Destination(store), at=timezone.now(), by=chain.by)
    assert unread_count(chain.by) == 0
    LogisticUnit.objects.filter(pk=other.pk).update(packed_at=timezone.now() - timedelta(days=20))
    ship(unit=other, to=Destination(shop), at=timezone.now() - timedelta(days=10), by=chain.by)
    assert unread_count(seller) == 0


def codes_on(paper: bytes, folder: Path) -> set[str]:
    """What a scanner reads off both pages of a note."""
    (folder / "note.pdf").write_bytes(paper)
    subprocess.run(["pdftoppm", "-r", "150", "-png", folder / "note.pdf", folder / "page"], check=True)
    pages = sorted(folder.glob("page*.png"))
    assert len(pages) == 2
    return {read.text for page in pages for read in zxingcpp.read_barcodes(Image.open(page))}


def test_the_code_on_a_lots_delivery_note_takes_in_that_very_shipment(
    chain: Chain, seed: Lot, shop: Site, seller: User, tmp_path: Path
) -> None:
    first, second = sent_lot(chain, seed, shop, 100), sent_lot(chain, seed, shop, 300)
    (code,) = codes_on(lot_note(second), tmp_path)
    known = look(code, seller)
    assert known is not None
    assert known.deeds == ("traceability.receive_lot",)
    assert do(seller, "receive_lot", code, animals="", grams="")[0] == "done"
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.animals_received, first.received_at) == (300, None)
    # Its number typed by hand does the same; a stranger's phone does not know it.
    assert do(seller, "receive_lot", first.number.lower())[0] == "done"
    assert look(code, make_member("stranger", "chain_worker", make_organisation())) is None


def test_the_code_on_a_boxs_delivery_note_takes_it_in(
    chain: Chain, shop: Site, seller: User, client: Client, tmp_path: Path
) -> None:
    pallet = stack_pallet(boxes=boxes(chain, 2), at=timezone.now(), by=chain.by)
    sent = ship(unit=pallet, to=Destination(shop), at=timezone.now(), by=chain.by)
    (code,) = codes_on(unit_note(sent), tmp_path)
    client.force_login(seller)
    answer = client.get(reverse("traceability:unit_note", args=[sent.sscc]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert do(seller, "receive", code)[0] == "done"
    client.force_login(make_member("stranger", "chain_worker", make_organisation()))
    assert client.get(reverse("traceability:unit_note", args=[sent.sscc])).status_code == 404


def test_a_box_comes_off_its_pallet_and_back_from_its_way_by_scanning(chain: Chain, shop: Site) -> None:
    one, other = boxes(chain, 2)
    stack_pallet(boxes=[one, other], at=timezone.now(), by=chain.by)
    known = look(one.sscc, chain.by)
    assert known is not None
    assert "traceability.unpack" in known.deeds
    assert do(chain.by, "unpack", one.sscc) == ("done", f"{one.sscc}: taken off the pallet")
    one.refresh_from_db()
    assert one.parent is None
    do(chain.by, "ship", one.sscc, site=str(shop.pk), buyer="")
    known = look(one.sscc, chain.by)
    assert known is not None
    assert known.deeds == ("traceability.take_back",)
    assert do(chain.by, "take_back", one.sscc)[0] == "done"
    one.refresh_from_db()
    assert one.state == UnitState.PACKED
