"""Codes: never more animals than the lot can have, each one found again, nothing lost to a kill."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given
from hypothesis import settings as campaign
from hypothesis import strategies as st
from pytest_django import Settings

from jinmai.core.ledger.api import entries_for
from jinmai.standards import sm2
from jinmai.standards.credentials.items import serial_number
from jinmai.standards.credentials.keys_file import read_keys_file
from jinmai.standards.credentials.offline import OfflineVerifier
from jinmai.systems.traceability import tasks
from jinmai.systems.traceability.choices import LotKind, LotState
from jinmai.systems.traceability.models import Lot, LotInput, MintBatch, SigningKey, TestReport
from jinmai.systems.traceability.selectors.balance import quota
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import item_way, serial_letters
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.lots import change_state
from jinmai.systems.traceability.services.minting import MintRequest, mint, reserve_batch
from jinmai.systems.traceability.services.processing import make_lot_of
from jinmai.systems.traceability.services.published_lists import keys_file_of
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import make_chain, mint_batch, pass_test

pytestmark = pytest.mark.django_db


def _serials(batch: MintBatch) -> Iterable[int]:
    return item_store().serials(batch.request) or []


@pytest.mark.parametrize(
    ("counted", "weighed", "most"),
    [
        (980, 6_000, 980),  # counted
        (980, 4_000, 800),  # 4,000 g of animals that weigh 5 g at least
        (None, 6_000, 1_000),  # as many as were harvested
        (5_000, 60_000, 1_000),
        (None, None, 1_000),
    ],
)
def test_a_lot_never_gets_more_codes_than_it_can_have_animals(
    counted: int | None, weighed: int | None, most: int
) -> None:
    chain = make_chain(animals=counted, grams=weighed)
    assert quota(chain.processed).most == most
    mint_batch(chain, most - 100)
    mint_batch(chain, 100)
    with pytest.raises(ChainRefusedError, match="1 more do not fit"):
        mint_batch(chain, 1)
    assert quota(chain.processed).left == 0


def test_the_yield_bounds_what_nobody_counted() -> None:
    chain = make_chain(animals=None, grams=None)
    Lot.objects.filter(pk=chain.harvest.pk).update(animals=None, grams=100_000)
    chain.processed.inputs.update(animals=None, grams=None)
    # 100 kg at 30 per mille are 3 kg: 600 animals of at least 5 g.
    assert quota(chain.processed).bounds == {"harvest_weighed": 600}


def test_a_lot_whose_harvest_nobody_counted_or_weighed_gets_none() -> None:
    chain = make_chain()  # says 980 animals of itself
    Lot.objects.filter(pk=chain.harvest.pk).update(animals=None, grams=None)
    chain.processed.inputs.update(animals=None, grams=None)
    with pytest.raises(ChainRefusedError, match="Nobody counted or weighed"):
        mint_batch(chain, 1)


def test_more_than_was_harvested_is_not_minted_whatever_was_said_to_be_taken() -> None:
    chain = make_chain(animals=5_000, grams=None)
    chain.processed.inputs.update(animals=5_000, grams=900_000)
    assert quota(chain.processed).most == 1_000


def test_a_lot_that_was_made_of_nothing_gets_no_codes() -> None:
    chain = make_chain()
    chain.processed.inputs.all().delete()
    assert quota(chain.processed).most == 0


@pytest.mark.parametrize("said", [1_000, 400, None])
def test_lots_of_one_harvest_share_its_animals(said: int | None) -> None:
    chain = make_chain(animals=None, grams=None)
    chain.processed.inputs.update(animals=said, grams=None)
    again = make_lot_of(
        lot=Lot(
            product=chain.processed.product,
            site=chain.processed.site,
            code="P2",
            kind=LotKind.PROCESSED,
            began_at=chain.processed.began_at,
        ),
        inputs=[LotInput(source=chain.harvest, animals=1_000)],
        by=chain.by,
    )
    pass_test(again, chain.by)
    first = quota(chain.processed).left
    mint_batch(chain, first)
    left = quota(again).left
    assert first + left == 1_000
    if left:
        mint(asked=MintRequest(again, left, uuid4()), by=chain.by)
    assert (quota(again).left, quota(chain.processed).left) == (0, 0)


@given(
    taken=st.lists(st.one_of(st.none(), st.integers(0, 1_500)), min_size=1, max_size=4),
    asked=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 700)), max_size=8),
)
@campaign(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_requests_gives_a_harvest_more_codes_than_animals(
    taken: list[int | None], asked: list[tuple[int, int]]
) -> None:
    with transaction.atomic():
        chain = make_chain(animals=None, grams=None)
        chain.processed.inputs.update(animals=taken[0], grams=None)
        lots = [chain.processed]
        for number, animals in enumerate(taken[1:]):
            lot = Lot(
                product=chain.processed.product,
                site=chain.processed.site,
                code=f"Q{number}",
                kind=LotKind.PROCESSED,
                began_at=chain.processed.began_at,
            )
            inputs = [LotInput(source=chain.harvest, animals=animals)]
            lots.append(make_lot_of(lot=lot, inputs=inputs, by=chain.by))
            pass_test(lots[-1], chain.by)
        for which, count in asked:
            with contextlib.suppress(ChainRefusedError):
                reserve_batch(asked=MintRequest(lots[which % len(lots)], count, uuid4()), by=chain.by)
        given = MintBatch.objects.filter(lot__in=lots).aggregate(total=Sum("count"))["total"] or 0
        assert given <= 1_000
        transaction.set_rollback(True)


def test_a_batch_is_signed_with_its_plants_key_and_its_codes_hold() -> None:
    chain = make_chain()
    batch = mint_batch(chain, 3)
    key = SigningKey.objects.get(tag=batch.key_id)
    assert (key.site, key.purpose, key.kind) == (chain.processed.site, "items", "ed25519")
    codes = codes_of(batch)
    assert codes == codes_of(batch)
    assert codes_of(batch, 1, 1) == codes[1:2]
    file = read_keys_file(keys_file_of([chain.processed], _serials))
    judge = OfflineVerifier(file)
    assert all(judge.verify(code).valid for code in codes)
    # A code copied onto another serial does not hold.
    other = codes[0].replace(codes[0].split("/21/")[1][:10], codes[1].split("/21/")[1][:10])
    assert not judge.verify(other).valid


def test_sm2_signs_where_the_setting_says_so(settings: Settings) -> None:
    settings.JINMAI_ITEM_SIGNATURE = "sm2"
    chain = make_chain()
    if sm2.absence():
        with pytest.raises(ChainRefusedError, match="SM2"):
            mint_batch(chain, 1)
        return
    batch = mint_batch(chain, 2)
    assert SigningKey.objects.get(tag=batch.key_id).kind == "sm2"
    file = read_keys_file(keys_file_of([chain.processed], _serials))
    assert all(OfflineVerifier(file).verify(code).valid for code in codes_of(batch))


def test_a_batch_whose_codes_are_still_being_made_has_no_labels() -> None:
    chain = make_chain()
    batch = reserve_batch(asked=MintRequest(chain.processed, 40, uuid4()), by=chain.by)
    with pytest.raises(ChainRefusedError, match="still being made"):
        codes_of(batch)


def test_a_lot_that_no_laboratory_passed_gets_no_codes() -> None:
    chain = make_chain()
    TestReport.objects.all().delete()
    with pytest.raises(ChainRefusedError, match="No laboratory's report"):
        mint_batch(chain, 1)
    pass_test(chain.harvest, chain.by)  # the harvest it was made of was tested
    assert mint_batch(chain, 1).filled_at is not None


def test_seed_and_harvest_get_no_codes() -> None:
    chain = make_chain()
    for lot in (chain.seed, chain.harvest):
        with pytest.raises(ChainRefusedError):
            mint(asked=MintRequest(lot, 1, uuid4()), by=chain.by)


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_an_absurd_count_is_refused(count: int) -> None:
    chain = make_chain()
    with pytest.raises(ChainRefusedError, match="A batch has 1 to"):
        mint_batch(chain, count)
    assert not MintBatch.objects.exists()


def test_a_held_lot_gets_no_codes_until_it_is_released() -> None:
    chain = make_chain()
    change_state(lot=chain.processed, state=LotState.HELD, reason="lead", by=chain.by)
    with pytest.raises(ChainRefusedError, match="it gets no codes"):
        mint_batch(chain, 10)
    change_state(lot=chain.processed, state=LotState.RELEASED, reason="measured again", by=chain.by)
    assert mint_batch(chain, 10).filled_at is not None


def test_the_same_request_gives_the_same_batch_and_no_other() -> None:
    chain = make_chain()
    request = uuid4()
    first = mint(asked=MintRequest(chain.processed, 10, request), by=chain.by)
    assert mint(asked=MintRequest(chain.processed, 10, request), by=chain.by) == first
    with pytest.raises(ChainRefusedError, match="already used"):
        mint(asked=MintRequest(chain.processed, 11, request), by=chain.by)
    kinds = [entry.kind for entry in entries_for(chain.processed.subject)]
    assert kinds.count("traceability.batch_minted.v1") == 1


def test_every_code_leads_back_to_the_hatchery() -> None:
    chain = make_chain()
    batch = mint_batch(chain, 25)
    serials = item_store().serials(batch.request)
    assert serials is not None
    for number, serial in enumerate(serials):
        letters = serial_letters(serial)
        assert serial_number(letters) == serial
        way = item_way(chain.processed.product.gtin, letters)
        assert way is not None
        assert (way.batch, way.number) == (batch, number)
        assert [lot.code for lot in way.lots] == ["P1", "H1", "S1"]
        assert [lot.code for lot in way.origins] == ["S1"]


def test_a_code_that_was_never_given_leads_nowhere() -> None:
    chain = make_chain()
    mint_batch(chain, 5)
    gtin = chain.processed.product.gtin
    assert item_way(gtin, "0000000000") is None
    assert item_way(gtin, "not-a-code") is None


def test_a_serial_under_another_gtin_is_not_ours() -> None:
    chain = make_chain()
    serials = item_store().serials(mint_batch(chain, 1).request)
    assert serials is not None
    assert item_way(chain.harvest.product.gtin, serial_letters(serials[0])) is None


def test_a_batch_that_was_cut_off_is_filled_by_the_worker() -> None:
    chain = make_chain()
    batch = reserve_batch(asked=MintRequest(chain.processed, 40, uuid4()), by=chain.by)
    assert (batch.filled_at, quota(chain.processed).minted) == (None, 40)
    tasks.fill()
    tasks.fill()
    batch.refresh_from_db()
    assert batch.filled_at is not None
    assert len(item_store().serials(batch.request) or []) == 40
    (entry,) = [
        each for each in entries_for(chain.processed.subject) if each.kind == "traceability.batch_minted.v1"
    ]
    assert entry.payload is not None
