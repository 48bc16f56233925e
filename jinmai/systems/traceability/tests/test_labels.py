"""Labels of a batch: what is printed is read back by a scanner and holds offline; nobody else prints them."""

from __future__ import annotations

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageFilter

from jinmai.core.ledger.api import entries_for
from jinmai.standards.credentials.keys_file import read_keys_file
from jinmai.standards.credentials.offline import OfflineVerifier
from jinmai.standards.labels import QUIET_MODULES, symbol
from jinmai.systems.traceability.models import ScannedItem
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.pins import pin_of
from jinmai.systems.traceability.services.published_lists import keys_file_of
from jinmai.systems.traceability.tests.chain import Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_member, make_organisation

pytestmark = pytest.mark.django_db
PIXELS_A_MODULE = 6


@pytest.fixture
def chain(client: Client) -> Chain:
    made = make_chain()
    client.force_login(made.by)
    return made


def address(chain: Chain, batch: int, form: str, first: int = 1) -> str:
    lot = chain.processed
    return reverse("traceability:labels", args=[lot.product.gtin, lot.code, batch, first, form])


def _drawn(code: str) -> Image.Image:
    drawn = symbol(code)
    side = drawn.modules + 2 * QUIET_MODULES
    picture = Image.new("L", (side, side), 255)
    for row, modules in enumerate(drawn.rows):
        for column, black in enumerate(modules):
            if black:
                picture.putpixel((column + QUIET_MODULES, row + QUIET_MODULES), 0)
    return picture.resize((side * PIXELS_A_MODULE,) * 2, Image.Resampling.NEAREST)


@pytest.mark.parametrize(("form", "head"), [("pdf", b"%PDF-"), ("tspl", b"SIZE "), ("zpl", b"~DG")])
def test_a_batch_is_printed_on_sheets_and_on_thermal_printers(
    client: Client, chain: Chain, form: str, head: bytes
) -> None:
    batch = mint_batch(chain, 45)
    answer = client.get(address(chain, batch.pk, form))
    assert answer.status_code == 200
    content = b"".join(answer)
    assert content.startswith(head)
    assert f"P1-{batch.pk}-1-45.{form}" in answer["Content-Disposition"]
    if form == "pdf":
        assert content.count(b"/Type /Page\n") == 2  # forty on a page
    else:
        assert content.count({"tspl": b"PRINT 1,1", "zpl": b"^XZ"}[form]) == 45
    later = client.get(address(chain, batch.pk, form, first=45))
    assert (later.status_code, b"".join(later)[: len(head)]) == (200, head)
    assert client.get(address(chain, batch.pk, form, first=46)).status_code == 404


def test_a_printed_code_is_read_blurred_and_smeared_and_holds_offline(chain: Chain) -> None:
    batch = mint_batch(chain, 3)
    judge = OfflineVerifier(
        read_keys_file(keys_file_of([chain.processed], lambda one: item_store().serials(one.request) or []))
    )
    for code in codes_of(batch):
        picture = _drawn(code).filter(ImageFilter.GaussianBlur(PIXELS_A_MODULE * 0.4))
        (found,) = zxingcpp.read_barcodes(picture)
        assert judge.verify(found.text).valid


def test_a_batch_of_another_lot_or_an_unknown_form_is_not_there(client: Client, chain: Chain) -> None:
    batch = mint_batch(chain, 3)
    assert client.get(address(chain, batch.pk + 1, "pdf")).status_code == 404
    assert client.get(address(chain, batch.pk, "exe")).status_code == 404


def test_a_stranger_prints_nothing_and_a_reader_neither(client: Client, chain: Chain) -> None:
    batch = mint_batch(chain, 3)
    client.force_login(make_member("mallory", "chain_worker", make_organisation()))
    assert client.get(address(chain, batch.pk, "pdf")).status_code == 404
    client.logout()
    assert client.get(address(chain, batch.pk, "pdf")).status_code == 302


def test_the_lots_page_offers_the_files(client: Client, chain: Chain) -> None:
    batch = mint_batch(chain, 3)
    lot = chain.processed
    headers = {"Accept-Language": "en"}
    page = client.get(
        reverse("traceability:lot", args=[lot.product.gtin, lot.code]), headers=headers
    ).content.decode()
    assert address(chain, batch.pk, "pdf") in page
    assert page.count("Labels 1 to 3") == 1


def test_the_firm_sees_the_page_that_its_buyers_see(client: Client, chain: Chain) -> None:
    batch = mint_batch(chain, 3)
    lot = chain.processed
    answer = client.get(
        reverse("traceability:as_customer", args=[lot.product.gtin, lot.code, batch.pk]), follow=True
    )
    assert answer.status_code == 200
    assert answer.context["signature"] == "valid"


def test_pins_are_listed_for_the_printer_by_the_manager_and_that_is_entered(
    client: Client, chain: Chain
) -> None:
    batch, lot = mint_batch(chain, 3), chain.processed
    pins = reverse("traceability:pins", args=[lot.product.gtin, lot.code, batch.pk])
    assert client.post(pins).status_code in {403, 404}, "a worker takes none"
    client.force_login(make_member("keeper", "manager", chain.owner))
    assert client.get(pins).status_code == 405
    answer = client.post(pins)
    content = b"".join(answer).decode()
    head, *rows = content.splitlines()
    assert (head, len(rows)) == ("serial,code,pin", 3)
    for row in rows:
        serial, code, pin = row.split(",")
        assert pin == pin_of(lot.product.gtin, serial)
        assert f"/21/{serial}?S=" in code
    kinds = [entry.kind for entry in entries_for(lot.subject)]
    assert kinds.count("traceability.pins_taken.v1") == 1
    client.force_login(make_member("mallory", "manager", make_organisation()))
    assert client.post(pins).status_code == 404


def test_the_lots_page_tells_how_often_its_codes_were_scanned(client: Client, chain: Chain) -> None:
    batch, lot = mint_batch(chain, 3), chain.processed
    ScannedItem.objects.create(batch=batch, serial="0000000001", scans=3)
    ScannedItem.objects.create(batch=batch, serial="0000000002", scans=1, conflicts={"moved_twice": "x"})
    page = client.get(
        reverse("traceability:lot", args=[lot.product.gtin, lot.code]), headers={"Accept-Language": "en"}
    ).content.decode()
    assert "Animals whose code was scanned: 2; scans: 4; claimed: 0." in page
    assert "Scans that do not fit one animal: 1." in page
