"""The page behind a code: what holds is told apart from what was seen, and no look harms the next reader."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from jinmai.core.ledger.api import entries_for
from jinmai.systems.traceability.choices import LotState, ScanRule
from jinmai.systems.traceability.models import ChainException, Lot, RevokedItem, ScannedItem, SigningKey
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.packing import Destination, pack_boxes, ship
from jinmai.systems.traceability.services.pins import pin_of
from jinmai.systems.traceability.services.scans import RELOADED_WITHIN
from jinmai.systems.traceability.tests.chain import Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_site
from jinmai.systems.traceability.tests.laboratory import make_certificate

pytestmark = pytest.mark.django_db
MOST_BYTES = 50_000


class Pack:
    """A pack in somebody's hand: its code, and the pages behind it."""

    def __init__(self, client: Client, chain: Chain, *, shipped: bool = True) -> None:
        batch = mint_batch(chain, 1)
        (self.code,) = codes_of(batch)
        parts = urlsplit(self.code)
        _, _, self.gtin, _, self.serial = parts.path.split("/")
        self.path = f"/traceability/pack/{self.gtin}/{self.serial}/"
        self.query = f"{parts.query}&lang=en"
        self.client = client
        if shipped:
            (box,) = pack_boxes(batch=batch, count=1, boxes=1, at=timezone.now(), by=chain.by)
            shop = make_site(chain.owner, kind="shop")
            ship(unit=box, to=Destination(site=shop), at=timezone.now(), by=chain.by)

    def look(self, who: str = "Phone", query: str | None = None, **headers: str) -> str:
        answer = self.client.get(
            f"{self.path}?{self.query if query is None else query}", headers={"User-Agent": who, **headers}
        )
        assert answer.status_code == 200
        return answer.content.decode()

    def post(self, deed: str, who: str = "Phone", **fields: Any) -> str:
        answer = self.client.post(f"{self.path}{deed}/?{self.query}", fields, headers={"User-Agent": who})
        assert answer.status_code == 200, answer.content
        return answer.content.decode()

    @property
    def row(self) -> ScannedItem:
        return ScannedItem.objects.get(serial=self.serial)


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def pack(client: Client, chain: Chain) -> Pack:
    return Pack(client, chain)


def test_the_first_scan_says_so_and_the_next_one_counts(pack: Pack) -> None:
    first = pack.look()
    assert "Signature valid" in first
    assert "First seen now" in first
    again = pack.look("Another phone")
    assert "Scanned 2 times" in again
    assert "Signature valid" in again


def test_a_reloaded_page_is_no_second_scan_but_tomorrow_is(pack: Pack) -> None:
    assert "First seen now" in pack.look()
    assert "First seen now" in pack.look()
    ScannedItem.objects.update(last_at=timezone.now() - RELOADED_WITHIN - timedelta(minutes=1))
    assert "Scanned 2 times" in pack.look()


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"User-Agent": "WhatsApp/2.23"}]
)
def test_a_preview_is_no_scan(pack: Pack, headers: dict[str, str]) -> None:
    answer = pack.client.get(f"{pack.path}?{pack.query}", headers=headers)
    assert "Never scanned" in answer.content.decode()
    assert pack.client.head(f"{pack.path}?{pack.query}").status_code == 200
    assert not ScannedItem.objects.exists()


def test_those_who_work_on_the_chain_do_not_use_up_the_first_scan(pack: Pack, chain: Chain) -> None:
    pack.client.force_login(chain.by)
    assert "Never scanned" in pack.look()
    pack.client.logout()
    assert "First seen now" in pack.look()


def test_an_altered_signature_is_told_loudly_and_counts_for_nobody(pack: Pack) -> None:
    letters = list(pack.query)
    at = pack.query.index("=") + 20
    letters[at] = "A" if letters[at] != "A" else "B"
    page = pack.look(query="".join(letters))
    assert "Signature not valid" in page
    assert "First seen" not in page
    assert not ScannedItem.objects.exists()
    assert "No signature" in pack.look(query="lang=en")


@pytest.mark.parametrize(
    "behind", ['&x="></a><h2>真</h2><!--', '"><b>true</b>', "&S=", "%20", " ", "\n", "<!--"]
)
def test_nothing_behind_a_signature_comes_onto_the_page(pack: Pack, behind: str) -> None:
    signed = pack.query.removesuffix("&lang=en")
    page = pack.look(query=f"{signed}{quote(behind)}&lang=en")
    assert "Signature not valid" in page
    assert not any(words in page for words in ("<b>true", "<h2>真", "<!--"))
    for deed in ("claim", "place"):
        answer = pack.client.post(f"{pack.path}{deed}/?{signed}{quote(behind)}", {"pin": "000000"})
        assert answer.status_code == 404
    assert not ScannedItem.objects.exists()


def test_the_signature_of_another_animal_does_not_hold(client: Client, chain: Chain) -> None:
    one, other = Pack(client, chain), Pack(client, chain)
    assert "Signature not valid" in one.look(query=other.query)


def test_a_code_that_was_never_given_has_a_page_that_says_so(client: Client, pack: Pack) -> None:
    answer = client.get(f"/traceability/pack/{pack.gtin}/0000000000/?{pack.query}")
    assert answer.status_code == 404
    assert "This code was never given" in answer.content.decode()


def test_revoked_codes_and_lost_keys_do_not_hold(pack: Pack, chain: Chain) -> None:
    revoked = RevokedItem.objects.create(
        product=chain.processed.product,
        serial=pack.serial,
        since=timezone.now(),
        reason="stolen",
        by=chain.by,
    )
    assert "Code revoked" in pack.look()
    revoked.delete()
    batch = chain.processed.mint_batches.get()
    SigningKey.objects.filter(tag=batch.key_id).update(
        valid_until=batch.minted_at, revoked_since=batch.minted_at
    )
    assert "Code revoked" in pack.look()


def test_a_recall_stands_on_top_at_once(pack: Pack, chain: Chain) -> None:
    assert "called back" not in pack.look()
    Lot.objects.filter(pk=chain.processed.pk).update(state=LotState.RECALLED, state_reason="lead")
    page = pack.look()
    assert page.index("This lot was called back") < page.index("Signature valid")
    assert "Do not eat it" in page


def test_its_way_its_farm_and_its_report_are_told(pack: Pack, chain: Chain) -> None:
    make_certificate(chain.processed)
    page = pack.look()
    for words in (
        "Its way",
        "S1",
        "H1",
        "P1",
        "The farm",
        "20,000 m²",
        "1,000",
        "lead",
        "0.12 mg/kg",
        "≤ 1 mg/kg",
    ):
        assert words in page, words
    assert "not detected (&lt; 0.1 µg/kg)" in page
    assert "1 Mar 2024" in page


def test_the_whole_page_is_small(pack: Pack, chain: Chain) -> None:
    make_certificate(chain.processed)
    page = pack.client.get(f"{pack.path}?{pack.query}").content
    files = [Path(str(finders.find(f"traceability/pack.{kind}"))) for kind in ("css", "js")]
    whole = len(page) + sum(file.stat().st_size for file in files)
    assert whole < MOST_BYTES
    assert b"Set-Cookie" not in page


def test_the_page_sets_no_cookie_and_is_asked_for_each_time(pack: Pack) -> None:
    answer = pack.client.get(f"{pack.path}?{pack.query}")
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-cache"
    claimed = pack.client.post(f"{pack.path}claim/?{pack.query}", {"pin": "000000"})
    assert (claimed["Cache-Control"], "ETag" in claimed) == ("no-store", False)


def test_a_page_that_the_telephone_has_is_not_sent_again_but_counts_as_a_scan(pack: Pack) -> None:
    first = pack.client.get(f"{pack.path}?{pack.query}")
    same = pack.client.get(f"{pack.path}?{pack.query}", headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    other = {"If-None-Match": first["ETag"], "User-Agent": "another telephone"}
    assert pack.client.get(f"{pack.path}?{pack.query}", headers=other).status_code == 200
    assert ScannedItem.objects.get().scans == 2


def test_the_first_claim_stands_and_the_next_is_told_when_it_was(pack: Pack) -> None:
    pack.look()
    pin = pin_of(pack.gtin, pack.serial)
    assert "You are the first to claim it" in pack.post("claim", pin=pin)
    assert "It was claimed before" in pack.post("claim", who="Another", pin=pin)
    assert "Claimed" in pack.look("A third")
    kinds = [entry.kind for entry in entries_for(pack.row.subject)]
    assert kinds == ["traceability.item_claimed.v1"]


def test_pins_are_not_guessed(pack: Pack) -> None:
    pin = pin_of(pack.gtin, pack.serial)
    wrong = [f"{number:06}" for number in range(7) if f"{number:06}" != pin]
    for attempt in wrong[:5]:
        assert "This PIN does not fit" in pack.post("claim", pin=attempt)
    assert "Too many wrong PINs" in pack.post("claim", pin=pin)
    ScannedItem.objects.update(wrong_pin_at=timezone.now() - timedelta(hours=25))
    assert "You are the first" in pack.post("claim", pin=pin)


def test_only_who_holds_the_label_may_claim(pack: Pack) -> None:
    answer = pack.client.post(f"{pack.path}claim/", {"pin": pin_of(pack.gtin, pack.serial)})
    assert answer.status_code == 404
    assert not ScannedItem.objects.exists()


def test_two_distant_places_at_once_are_a_finding_once(pack: Pack, chain: Chain) -> None:
    pack.look("One")
    pack.post("place", who="One", latitude="41.1", longitude="121.1")
    pack.look("Two")
    page = pack.post("place", who="Two", latitude="23.1", longitude="113.3")
    assert "Signature valid" in page
    assert "Also seen elsewhere" in page
    finding = ChainException.objects.get()
    assert (finding.kind, finding.lot, finding.facts["rule"]) == (
        "clone_suspected",
        chain.processed,
        ScanRule.IMPOSSIBLE_TRAVEL,
    )
    pack.post("place", who="Two", latitude="41.1", longitude="121.1")
    assert ChainException.objects.filter(facts__rule=ScanRule.IMPOSSIBLE_TRAVEL).count() == 1


@pytest.mark.parametrize("place", [("91", "0"), ("nan", "0"), ("x", "1"), ("inf", "1"), ("", "")])
def test_a_place_that_is_none_is_refused(pack: Pack, place: tuple[str, str]) -> None:
    answer = pack.client.post(
        f"{pack.path}place/?{pack.query}", {"latitude": place[0], "longitude": place[1]}
    )
    assert answer.status_code == 400


def test_a_scan_before_it_left_the_works_is_a_finding(client: Client, chain: Chain) -> None:
    pack = Pack(client, chain, shipped=False)
    assert "before it left the works" in pack.look()
    assert ChainException.objects.get().facts["rule"] == ScanRule.BEFORE_SHIPPING


def test_nothing_of_a_person_is_kept(pack: Pack) -> None:
    pack.look("Phone of Alice")
    row = ScannedItem.objects.values().get()
    assert "Alice" not in str(row)
    assert "127.0.0.1" not in str(row)


def test_lots_and_products_have_pages_for_anybody(client: Client, chain: Chain) -> None:
    lot = chain.processed
    assert (
        "Its way"
        in client.get(f"/traceability/pack/{lot.product.gtin}/lots/{lot.code}/?lang=en").content.decode()
    )
    assert client.get(f"/traceability/pack/{lot.product.gtin}/?lang=en").status_code == 200
    assert client.get(f"/traceability/pack/{lot.product.gtin}/lots/none/").status_code == 404
