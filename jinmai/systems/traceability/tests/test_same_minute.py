"""Two real deeds in the same minute are two facts; the same deed sent twice is one."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinmai.core.fieldwork.api import Sent, take_in
from jinmai.systems.traceability.choices import SiteKind, TreatmentKind
from jinmai.systems.traceability.models import Event, LogisticUnit, Treatment
from jinmai.systems.traceability.models.event_storage import read_body
from jinmai.systems.traceability.services.lots import record_treatment
from jinmai.systems.traceability.services.packing import Destination, pack_box, receive, ship
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_site

pytestmark = pytest.mark.django_db
MINUTE = BEGAN + timedelta(days=40)


@pytest.fixture
def chain() -> Chain:
    return make_chain()


def box_of(chain: Chain) -> LogisticUnit:
    packed = BEGAN + timedelta(days=33)
    return pack_box(batch=mint_batch(chain, 20), count=20, at=packed, by=chain.by)


def events_of(step: str) -> list[dict[str, object]]:
    rows = Event.objects.filter(biz_step=step).order_by("pk")
    return [read_body(row.body, row.record_time) for row in rows]


def test_a_box_that_goes_back_and_forth_within_a_minute_left_and_came_each_time(chain: Chain) -> None:
    box, store = box_of(chain), make_site(chain.owner, kind=SiteKind.COLD_STORE)
    home = box.site
    for to in (store, home, store):
        sent = ship(unit=box, to=Destination(to), at=MINUTE, by=chain.by)
        receive(unit=sent, site=to, at=MINUTE, by=chain.by)
    box.refresh_from_db()
    assert box.site == store
    for step in ("shipping", "receiving"):
        told = events_of(step)
        assert len(told) == 3
        assert len({str(event["eventID"]) for event in told}) == 3


def test_two_equal_lines_of_the_pond_book_are_two_doses(chain: Chain) -> None:
    for _time in range(2):
        line = Treatment(lot=chain.seed, kind=TreatmentKind.FEED, substance="海带粉", dose="2 kg", at=MINUTE)
        record_treatment(treatment=line, by=chain.by)
    first, second = events_of("other")
    assert str(first["eventID"]).startswith("ni:///sha-256;")
    assert str(second["eventID"]).startswith("urn:uuid:")
    said = [{**event, "eventID": "", "recordTime": ""} for event in (first, second)]
    assert said[0] == said[1]


def test_what_a_phone_sends_twice_under_one_key_is_one_dose_and_under_two_keys_two(chain: Chain) -> None:
    fields = {"scan": "S1", "kind": "feed", "substance": "a", "dose": "b", "withdrawal_days": "0"}
    at = timezone.now()
    once = Sent(uuid4(), "traceability.treat", at, fields)
    for sent in (once, once, Sent(uuid4(), "traceability.treat", at, fields)):
        assert take_in(sent=sent, by=chain.by).state == "done"
    assert Treatment.objects.count() == 2


@pytest.mark.parametrize(("clicks", "pages", "lines"), [(2, 1, 1), (1, 2, 2)])
def test_a_button_that_is_pressed_twice_writes_one_line(
    chain: Chain, client: Client, clicks: int, pages: int, lines: int
) -> None:
    client.force_login(chain.by)
    page = reverse("traceability:treat", args=[chain.seed.product.gtin, chain.seed.code])
    for _page in range(pages):
        sheet = client.get(page).context["deed"].sheet
        typed = {
            "kind": "feed",
            "substance": "海带粉",
            "dose": "2 kg",
            "at": "2026-06-01T07:00",
            "withdrawal_days": 0,
            "sheet": sheet,
        }
        for _click in range(clicks):
            assert client.post(page, typed).status_code == 302
    assert Treatment.objects.count() == lines


def test_a_button_that_is_pressed_twice_packs_one_box(chain: Chain, client: Client) -> None:
    batch = mint_batch(chain, 40)
    client.force_login(chain.by)
    page = reverse("traceability:pack", args=[chain.processed.product.gtin, chain.processed.code])
    sheet = client.get(page).context["deed"].sheet
    typed = {"batch": batch.pk, "count": 10, "boxes": 1, "sheet": sheet}
    assert [client.post(page, typed).status_code for _click in range(2)] == [302, 302]
    assert LogisticUnit.objects.count() == 1
