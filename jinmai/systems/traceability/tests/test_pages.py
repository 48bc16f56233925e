"""The pages of the chain: a firm walks a lot from its codes to the shop; a stranger finds nothing of it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from jinmai.systems.traceability.models import Event, LogisticUnit, Recall, Site
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import serial_letters
from jinmai.systems.traceability.services.packing import pack_box, stack_pallet
from jinmai.systems.traceability.services.recalls import start_recall
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_exception, make_member, make_organisation

pytestmark = pytest.mark.django_db
PACKED = BEGAN + timedelta(days=33)


@pytest.fixture
def chain(client: Client) -> Chain:
    made = make_chain()
    client.force_login(make_member("alice", "manager", made.owner))
    return made


def address(chain: Chain, name: str) -> str:
    return reverse(f"traceability:{name}", args=[chain.processed.product.gtin, chain.processed.code])


def packed(client: Client, chain: Chain) -> LogisticUnit:
    """Thirty animals with a code, twelve of them in a box, all done on the pages."""
    client.post(address(chain, "mint"), {"count": 30, "request": uuid4()})
    batch = chain.processed.mint_batches.get()
    client.post(address(chain, "pack"), {"batch": batch.pk, "count": 12, "boxes": 1})
    return LogisticUnit.objects.get()


def test_codes_boxes_and_a_recall_are_made_on_the_pages(client: Client, chain: Chain) -> None:
    box = packed(client, chain)
    client.post(address(chain, "start_recall"), {"reason": "drill", "drill": "on"})
    recall = Recall.objects.get()
    assert (box.animals, recall.animals, recall.drill) == (12, 30, True)
    pages = [
        reverse("traceability:recall", args=[recall.pk]),
        reverse("traceability:recalled_animals", args=[recall.pk]),
        reverse("traceability:recalls"),
        reverse("traceability:units"),
        reverse("traceability:unit", args=[box.sscc]),
        reverse("traceability:ship", args=[box.sscc]),
        reverse("traceability:sell", args=[box.sscc]),
        reverse("traceability:stack"),
        reverse("traceability:new_lot") + f"?of={chain.harvest.pk}",
        reverse("traceability:exceptions"),
        reverse("traceability:exception", args=[make_exception(chain.owner).pk]),
        *(address(chain, name) for name in ("lot", "treat", "mint", "pack", "lot_state", "start_recall")),
    ]
    found = {page: client.get(page) for page in pages}
    # Each page has one heading, and it stands in the page, not before it.
    told = {page: (one.status_code, one.content.decode().count("<h1")) for page, one in found.items()}
    assert told == dict.fromkeys(pages, (200, 1))


def test_more_codes_than_the_lot_can_have_are_refused_beside_the_number(client: Client, chain: Chain) -> None:
    answer = client.post(address(chain, "mint"), {"count": 981, "request": uuid4()})
    assert (answer.status_code, chain.processed.mint_batches.count()) == (422, 0)


def test_an_animal_is_traced_to_its_hatchery_and_its_box(client: Client, chain: Chain) -> None:
    box = packed(client, chain)
    serials = item_store().serials(chain.processed.mint_batches.get().request) or []
    code = f"{chain.processed.product.gtin} {serial_letters(serials[3])}"
    text = client.get(reverse("traceability:trace"), {"code": code}).content.decode()
    assert (box.sscc in text, chain.seed.site.name_zh in text) == (True, True)


def test_a_stranger_finds_neither_lot_nor_box_nor_animal(client: Client, chain: Chain) -> None:
    box = packed(client, chain)
    client.force_login(make_member("bob", "manager", make_organisation()))
    pages = [address(chain, "lot"), reverse("traceability:unit", args=[box.sscc])]
    assert [client.get(page).status_code for page in pages] == [404, 404]


def test_every_verb_of_the_chain_is_captured_as_an_event(client: Client, chain: Chain) -> None:
    packed(client, chain)
    steps = list(Event.objects.order_by("pk").values_list("biz_step", flat=True))
    assert steps == [
        "urn:gdst:bizStep:hatching",
        "urn:gdst:bizStep:farmHarvest",
        "inspecting",
        "commissioning",
        "commissioning",
        "packing",
    ]


def test_a_pallet_counts_the_animals_of_its_boxes(client: Client, chain: Chain) -> None:
    box = packed(client, chain)
    pallet = stack_pallet(boxes=[box], at=box.packed_at, by=chain.by)
    page = client.get(reverse("traceability:units"), {"kind": "pallet"}).content.decode()
    row = page.partition(f">{pallet.sscc}</a>")[2].partition("</tr>")[0]
    assert re.search(rf">\s*{box.animals}\s*<", row), row


def test_a_box_is_taken_off_its_pallet_on_its_page(client: Client, chain: Chain) -> None:
    box = packed(client, chain)
    pallet = stack_pallet(boxes=[box], at=box.packed_at, by=chain.by)
    deed = reverse("traceability:unpack", args=[box.sscc])
    of_pallet = reverse("traceability:unpack", args=[pallet.sscc])
    for unit, there in ((box, deed), (pallet, of_pallet)):
        page = client.get(reverse("traceability:unit", args=[unit.sscc])).content.decode()
        assert f'href="{there}"' in page
    assert client.get(deed).status_code == 200
    moment = timezone.localtime(box.packed_at).strftime("%Y-%m-%dT%H:%M")
    assert client.post(deed, {"at": moment}).status_code == 302
    assert LogisticUnit.objects.get(pk=box.pk).parent is None
    for unit, gone in ((box, deed), (pallet, of_pallet)):
        page = client.get(reverse("traceability:unit", args=[unit.sscc])).content.decode()
        assert f'href="{gone}"' not in page


def test_further_source_lots_are_folded_until_one_is_filled_in(client: Client, chain: Chain) -> None:
    page = reverse("traceability:new_lot")
    assert '<details class="more">' in client.get(page).content.decode()
    given = {"source-TOTAL_FORMS": "4", "source-INITIAL_FORMS": "0", "source-1-animals": "5"}
    assert '<details class="more" open>' in client.post(page, given).content.decode()


def totals(page: str) -> list[str]:
    """Lots, boxes and pallets, animals with a code, as the page of a recall counts them."""
    found = re.search(r'<dl class="totals">(.*?)</dl>', page, re.DOTALL)
    assert found is not None
    return re.findall(r"<dd>(.*?)</dd>", found[1])[:3]


def test_a_recalls_list_says_which_animals_lie_where_counted_as_on_the_labels(
    client: Client, chain: Chain
) -> None:
    packed(client, chain)
    client.post(address(chain, "start_recall"), {"reason": "drill", "drill": "on"})
    recall = reverse("traceability:recall", args=[Recall.objects.get().pk])
    page = client.get(recall, headers={"Accept-Language": "en"}).content.decode()
    assert totals(page) == ["1", "1", "30"]
    assert "1–12" in page


@pytest.mark.parametrize("drill", [True, False])
def test_of_a_recall_a_firm_reads_its_own_part_and_totals_of_the_rest(client: Client, *, drill: bool) -> None:
    chain = make_chain()
    box = pack_box(batch=mint_batch(chain, 30), count=12, at=PACKED, by=chain.by)
    hatchery = make_organisation()
    Site.objects.filter(pk=chain.seed.site_id).update(owner=hatchery)
    recall = start_recall(recall=Recall(lot=chain.seed, reason="Salt", drill=drill), by=chain.by)
    pages = [
        reverse("traceability:recall", args=[recall.pk]),
        reverse("traceability:recalled_animals", args=[recall.pk]),
    ]
    serial = serial_letters(next(iter(item_store().serials(box.batch.request) or [])))  # type: ignore[union-attr]
    client.force_login(make_member("hatcher", "manager", hatchery))
    for page in pages:
        told = client.get(page, headers={"Accept-Language": "en"}).content.decode()
        assert not [word for word in (box.sscc, serial, address(chain, "lot")) if word in told], page
    told = client.get(pages[0], headers={"Accept-Language": "en"}).content.decode()
    assert totals(told) == ["3", "1", "30"]
    assert "Listed here is your own part: lots: 1 · boxes and pallets: 0." in told
    for page in pages:
        sheet = load_workbook(BytesIO(client.get(f"{page}?format=xlsx").getvalue())).active
        assert sheet is not None
        cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
        assert cells.isdisjoint({box.sscc, serial}), page
    bureau = make_organisation("bureau")
    client.force_login(make_member("officer", "bureau_officer", bureau))
    for page, word in zip(pages, (box.sscc, serial), strict=True):
        told = client.get(page, headers={"Accept-Language": "en"}).content.decode()
        assert word in told
        assert "your own part" not in told
