"""Codes: never more animals than the lot can have, each one found again, nothing lost to a kill."""

from __future__ import annotations

from uuid import uuid4

import pytest

from jinmai.core.ledger.api import entries_for
from jinmai.standards.credentials.items import serial_number
from jinmai.systems.traceability import tasks
from jinmai.systems.traceability.choices import LotState
from jinmai.systems.traceability.models import MintBatch
from jinmai.systems.traceability.selectors.balance import quota
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import item_way, serial_letters
from jinmai.systems.traceability.services.lots import change_state
from jinmai.systems.traceability.services.minting import MintRequest, mint, reserve_batch
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import make_chain, mint_batch

pytestmark = pytest.mark.django_db


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
    chain.processed.inputs.update(animals=None, grams=100_000)
    # 100 kg at 30 per mille are 3 kg: 600 animals of at least 5 g.
    assert quota(chain.processed).bounds == {"harvest_weighed": 600}


def test_a_lot_that_nobody_counted_or_weighed_gets_none() -> None:
    chain = make_chain(animals=None, grams=None)
    chain.processed.inputs.update(animals=None, grams=None)
    with pytest.raises(ChainRefusedError, match="Nobody counted or weighed"):
        mint_batch(chain, 1)


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
