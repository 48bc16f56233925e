"""Lots on their way between firms, on the pages and on the phones of both."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.fieldwork.api import Sent, take_in
from jinmai.systems.traceability.choices import LotState, SiteKind
from jinmai.systems.traceability.field_deeds.looking import look
from jinmai.systems.traceability.models import LotShipment, Site
from jinmai.systems.traceability.services.lots import change_state
from jinmai.systems.traceability.tests.chain import Chain, make_chain
from jinmai.systems.traceability.tests.factories import make_member, make_organisation, make_site

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def farm() -> Site:
    return make_site(make_organisation(), kind=SiteKind.FARM)


@pytest.fixture
def farmer(farm: Site) -> User:
    return make_member("farmer", "chain_worker", farm.owner)


def moment() -> str:
    return f"{timezone.localtime():%Y-%m-%dT%H:%M:%S}"


def send(client: Client, chain: Chain, to: Site, **amount: object) -> int:
    """The harvest of the chain is used up by its own works; a second one of the same seed is sent here."""
    client.force_login(chain.by)
    page = reverse("traceability:ship_lot", args=[chain.seed.product.gtin, chain.seed.code])
    given = {"to_site": to.pk, "at": moment(), **amount}
    return client.post(page, given, headers=ENGLISH).status_code


@pytest.fixture
def left(chain: Chain) -> Chain:
    """So that 500 of the 3,000 seed animals are still there."""
    chain.harvest.inputs.update(animals=2_500)
    return chain


def test_seed_is_sent_and_taken_in_on_the_pages(
    client: Client, left: Chain, farm: Site, farmer: User
) -> None:
    lot_page = reverse("traceability:lot", args=[left.seed.product.gtin, left.seed.code])
    client.force_login(left.by)
    page = reverse("traceability:ship_lot", args=[left.seed.product.gtin, left.seed.code])
    assert f'href="{page}"' in client.get(lot_page).content.decode()
    assert 'value="500"' in client.get(page).content.decode()
    assert send(client, left, farm, animals=501) == 422
    assert send(client, left, farm, animals=400) == 302
    shipment = LotShipment.objects.get()
    assert shipment.number in client.get(lot_page).content.decode()
    client.force_login(farmer)
    expected = client.get(reverse("traceability:shipments"), headers=ENGLISH).content.decode()
    receive = reverse("traceability:receive_lot", args=[shipment.number])
    assert f'href="{receive}"' in expected
    assert client.get(receive).status_code == 200
    assert client.post(receive, {"animals": 401, "at": moment()}).status_code == 422
    assert client.post(receive, {"animals": 390, "at": moment()}).status_code == 302
    told = client.get(
        reverse("traceability:shipment", args=[shipment.number]), headers=ENGLISH
    ).content.decode()
    assert "390 animals" in told
    new = f"{reverse('traceability:new_lot')}?of={left.seed.pk}"
    assert f'href="{new}"' in told
    assert left.seed.code in client.get(new).content.decode()
    # The lot itself stays the hatchery's affair.
    assert client.get(lot_page).status_code == 404


def test_a_third_firm_sees_nothing_of_it(client: Client, left: Chain, farm: Site) -> None:
    send(client, left, farm, animals=400)
    shipment = LotShipment.objects.get()
    client.force_login(make_member("stranger", "manager", make_organisation()))
    pages = [
        reverse("traceability:shipment", args=[shipment.number]),
        reverse("traceability:receive_lot", args=[shipment.number]),
        reverse("traceability:ship_lot", args=[left.seed.product.gtin, left.seed.code]),
        reverse("traceability:ship_lot", args=["00000000000000", "NO-SUCH"]),
    ]
    assert [client.get(page).status_code for page in pages] == [404] * 4
    assert shipment.number not in client.get(reverse("traceability:shipments")).content.decode()


def test_the_sender_cannot_take_in_for_the_receiver(client: Client, left: Chain, farm: Site) -> None:
    send(client, left, farm, animals=400)
    shipment = LotShipment.objects.get()
    page = reverse("traceability:receive_lot", args=[shipment.number])
    assert client.post(page, {"animals": 400, "at": moment()}).status_code == 404


def test_a_receiver_is_told_that_the_lot_is_held(
    client: Client, left: Chain, farm: Site, farmer: User
) -> None:
    send(client, left, farm, animals=400)
    change_state(lot=left.seed, state=LotState.HELD, reason="residues are looked into", by=left.by)
    client.force_login(farmer)
    page = reverse("traceability:shipment", args=[LotShipment.objects.get().number])
    told = client.get(page, headers=ENGLISH).content.decode()
    assert "This lot is held back." in told
    assert "residues are looked into" in told


def do(by: User, deed: str, scan: str, **fields: object) -> tuple[str, str]:
    told = {name: str(value) for name, value in fields.items()}
    row = take_in(sent=Sent(uuid4(), f"traceability.{deed}", timezone.now(), {"scan": scan, **told}), by=by)
    return row.state, row.answer["text"]


def test_a_lot_is_sent_and_taken_in_by_scanning_it(left: Chain, farm: Site, farmer: User) -> None:
    code = left.seed.epc_class
    assert look(code, farmer) is None
    known = look(code, left.by)
    assert known is not None
    assert "traceability.ship_lot" in known.deeds
    assert do(left.by, "ship_lot", code, site=farm.pk, animals=400) == (
        "done",
        f"S1: 400 animals on its way to {farm.name_zh}",
    )
    known = look("S1", farmer)  # as a person types it from the delivery note
    assert known is not None
    assert known.deeds == ("traceability.receive_lot",)
    assert do(left.by, "receive_lot", code)[0] == "refused"
    assert do(farmer, "receive_lot", code) == ("done", f"S1: 400 animals received at {farm.name_zh}")
    assert do(farmer, "receive_lot", code) == ("refused", "What was sent of S1 was taken in already.")
    known = look(code, farmer)
    assert known is not None
    assert known.deeds == ("traceability.ship_lot",)
