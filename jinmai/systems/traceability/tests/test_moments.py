"""A deed has a moment: not before what is known of it, not in the future, and clocks are a little off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinmai.systems.traceability.choices import LotKind, SiteKind, TreatmentKind
from jinmai.systems.traceability.models import Harvest, LogisticUnit, Lot, LotInput, Site, Treatment
from jinmai.systems.traceability.services.laboratory import Sample, open_report
from jinmai.systems.traceability.services.lots import open_lot, record_treatment
from jinmai.systems.traceability.services.moments import TOLERANCE
from jinmai.systems.traceability.services.packing import (
    Destination,
    pack_box,
    receive,
    sell,
    ship,
    stack_pallet,
    unpack,
)
from jinmai.systems.traceability.services.processing import make_lot_of, weigh_harvest
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_lot, make_site
from jinmai.systems.traceability.tests.laboratory import make_analyst, make_laboratory

pytestmark = pytest.mark.django_db
PACKED = BEGAN + timedelta(days=33)
HOUR = timedelta(hours=1)
ENGLISH = {"Accept-Language": "en"}
LONG_AGO = datetime(1926, 6, 1, tzinfo=UTC)


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def box(chain: Chain) -> LogisticUnit:
    return pack_box(batch=mint_batch(chain, 20), count=20, at=PACKED, by=chain.by)


@pytest.fixture
def store(chain: Chain) -> Site:
    return make_site(chain.owner, kind=SiteKind.COLD_STORE)


def refused(do: Callable[[], object], words: str, field: str = "at") -> None:
    with pytest.raises(ChainRefusedError, match=words) as told:
        do()
    assert told.value.field == field


def test_nothing_is_done_with_a_box_before_it_was_packed_sent_or_taken_in(
    chain: Chain, box: LogisticUnit, store: Site
) -> None:
    before = "lies before what was recorded of it last"
    refused(lambda: ship(unit=box, to=Destination(store), at=PACKED - HOUR, by=chain.by), before)
    refused(lambda: sell(unit=box, at=PACKED - HOUR, by=chain.by), before)
    refused(lambda: stack_pallet(boxes=[box], at=PACKED - HOUR, by=chain.by), before)
    sent = ship(unit=box, to=Destination(store), at=PACKED + HOUR, by=chain.by)
    refused(lambda: receive(unit=sent, site=store, at=PACKED, by=chain.by), before)
    came = receive(unit=sent, site=store, at=PACKED + 3 * HOUR, by=chain.by)
    refused(lambda: ship(unit=came, to=Destination(box.site), at=PACKED + 2 * HOUR, by=chain.by), before)
    pallet = stack_pallet(boxes=[came], at=PACKED + 4 * HOUR, by=chain.by)
    refused(lambda: unpack(unit=pallet, at=PACKED + 3 * HOUR, by=chain.by), before)


def test_nothing_is_done_in_the_future_or_longer_ago_than_a_lot_lives(
    chain: Chain, box: LogisticUnit, store: Site
) -> None:
    for at, words in ((timezone.now() + HOUR, "in the future"), (LONG_AGO, "longer ago than any lot lives")):
        refused(lambda at=at: ship(unit=box, to=Destination(store), at=at, by=chain.by), words)  # type: ignore[misc]  # bound now
        line = Treatment(lot=chain.seed, kind=TreatmentKind.FEED, substance="a", dose="b", at=at)
        refused(lambda line=line: record_treatment(treatment=line, by=chain.by), words)  # type: ignore[misc]  # as above
        new = Lot(product=chain.seed.product, site=chain.seed.site, code="S9", kind=LotKind.SEED, began_at=at)
        refused(lambda new=new: open_lot(lot=new, by=chain.by), words, "began_at")  # type: ignore[misc]  # as above


def test_a_clock_that_is_five_minutes_slow_is_no_step_back(
    chain: Chain, box: LogisticUnit, store: Site
) -> None:
    left = PACKED + HOUR
    sent = ship(unit=box, to=Destination(store), at=left, by=chain.by)
    came = receive(unit=sent, site=store, at=left - TOLERANCE, by=chain.by)
    # Their order is known: it cannot have come before it left.
    assert came.received_at == left
    assert timedelta(minutes=5) == TOLERANCE


def test_a_lot_is_not_treated_weighed_or_used_before_it_was_there(chain: Chain) -> None:
    before = "lies before what was recorded of it last"
    early = Treatment(
        lot=chain.harvest, kind=TreatmentKind.FEED, substance="a", dose="b", at=chain.seed.began_at - HOUR
    )
    refused(lambda: record_treatment(treatment=early, by=chain.by), before)
    # The pond's book of a harvest begins with its seed.
    early.at = chain.seed.began_at + HOUR
    assert record_treatment(treatment=early, by=chain.by).pk
    other = make_lot(chain.owner, site=chain.farm, kind=LotKind.HARVEST, code="H2", began_at=PACKED)
    refused(
        lambda: weigh_harvest(
            harvest=Harvest(lot=other, at=PACKED - HOUR, grams=90_000, animals=900), by=chain.by
        ),
        before,
    )
    made = Lot(
        product=chain.processed.product,
        site=chain.processed.site,
        code="P2",
        kind=LotKind.PROCESSED,
        began_at=BEGAN + timedelta(days=29),
    )
    source = [LotInput(source=chain.harvest, animals=1, grams=200)]
    refused(lambda: make_lot_of(lot=made, inputs=source, by=chain.by), before, "began_at")


def test_a_sample_is_not_taken_before_its_lot_began(chain: Chain) -> None:
    laboratory = make_laboratory()
    taken = Sample(980, 80, chain.processed.began_at - HOUR)
    with pytest.raises(ValidationError) as told:
        open_report(
            number="R-9",
            lot=chain.processed,
            laboratory=laboratory,
            sample=taken,
            by=make_analyst(laboratory),
        )
    assert "sampled_at" in told.value.message_dict


def test_the_page_names_the_field_whose_moment_cannot_be(
    chain: Chain, box: LogisticUnit, store: Site, client: Client
) -> None:
    client.force_login(chain.by)
    page = reverse("traceability:ship", args=[box.sscc])
    answer = client.post(page, {"site": store.pk, "at": "2024-01-01T08:00"}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "lies before what was recorded of it last" in answer.context["form"].errors["at"][0]
    new = reverse("traceability:new_lot")
    typed = {"kind": "seed", "product": chain.seed.product_id, "site": chain.seed.site_id, "code": "S9"}
    answer = client.post(new, {**typed, "began_at": "0926-06-01T08:00"}, headers=ENGLISH)
    assert "longer ago than any lot lives" in answer.context["form"].errors["began_at"][0]
