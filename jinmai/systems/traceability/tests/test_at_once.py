"""Two people at the same moment, on PostgreSQL: nothing is missed, and no number is given twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from jinmai.systems.traceability.choices import LotKind, LotState, UnitState
from jinmai.systems.traceability.models import LogisticUnit, Lot, LotInput, Recall
from jinmai.systems.traceability.services.certificates import issue_certificate
from jinmai.systems.traceability.services.minting import MintRequest, mint, reserve_batch
from jinmai.systems.traceability.services.packing import pack_box, pack_boxes, stack_pallet
from jinmai.systems.traceability.services.processing import make_lot_of
from jinmai.systems.traceability.services.recalls import start_recall
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch, pass_test
from jinmai.systems.traceability.tests.laboratory import make_report

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one writer, who comes after the other anyway"
    ),
]
T = TypeVar("T")
_WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@contextmanager
def while_open(other: Callable[[], T]) -> Iterator[Callable[[], Future[T]]]:
    """A transaction that stays open while ``other`` is begun beside it; it ends when that waits for it."""
    with ThreadPoolExecutor(1) as beside:

        def begin() -> Future[T]:
            begun = beside.submit(_apart, other)
            deadline = time.monotonic() + 20
            while not begun.done() and not _somebody_waits() and time.monotonic() < deadline:
                time.sleep(0.05)
            return begun

        with transaction.atomic():
            yield begin


def _apart(do: Callable[[], T]) -> T:
    try:
        return do()
    finally:
        connection.close()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        row = cursor.fetchone()
    return row is not None and row[0] > 0


def test_a_recall_finds_the_lot_that_is_made_at_that_moment() -> None:
    chain = make_chain()
    mixed = Lot(
        product=chain.processed.product,
        site=chain.processed.site,
        code="MIX",
        kind=LotKind.PROCESSED,
        began_at=BEGAN + timedelta(days=50),
        animals=10,
        grams=60,
    )
    recall = Recall(lot=chain.harvest, reason="Antibiotic found")
    with while_open(lambda: start_recall(recall=recall, by=chain.by)) as begin:
        make_lot_of(lot=mixed, inputs=[LotInput(source=chain.processed, animals=10, grams=60)], by=chain.by)
        begun = begin()
    assert begun.result(20).lots == 3
    mixed.refresh_from_db()
    assert mixed.state == LotState.RECALLED


def test_a_recall_finds_the_box_that_is_packed_at_that_moment() -> None:
    chain = make_chain()
    batch = mint_batch(chain, 30)
    recall = Recall(lot=chain.processed, reason="Antibiotic found")
    with while_open(lambda: start_recall(recall=recall, by=chain.by)) as begin:
        box = pack_box(batch=batch, count=10, at=BEGAN, by=chain.by)
        begun = begin()
    assert begun.result(20).units == 1
    box.refresh_from_db()
    assert box.state == UnitState.RECALLED


def test_lots_that_share_harvests_only_through_a_third_do_not_both_take_the_last_animals() -> None:
    chain = make_chain(animals=None, grams=None)
    Lot.objects.update(grams=None)
    LotInput.objects.update(animals=None, grams=None)
    other = made(chain, LotKind.HARVEST, "H2", chain.seed)
    both = made(chain, LotKind.PROCESSED, "P2", chain.harvest, other)
    last = made(chain, LotKind.PROCESSED, "P3", other)
    mint(asked=MintRequest(both, 1_000, uuid4()), by=chain.by)

    def beside() -> None:
        reserve_batch(asked=MintRequest(last, 1_000, uuid4()), by=chain.by)

    with while_open(beside) as begin:
        reserve_batch(asked=MintRequest(chain.processed, 1_000, uuid4()), by=chain.by)
        begun = begin()
    with pytest.raises(ChainRefusedError, match="do not fit"):
        begun.result(20)


def made(chain: Chain, kind: LotKind, code: str, *sources: Lot) -> Lot:
    """A lot of others, tested; a harvest of it had a thousand animals."""
    like = chain.harvest if kind == LotKind.HARVEST else chain.processed
    lot = Lot(product=like.product, site=like.site, code=code, kind=kind, began_at=BEGAN + timedelta(days=32))
    lot.animals = 1_000 if kind == LotKind.HARVEST else None
    lot = make_lot_of(lot=lot, inputs=[LotInput(source=source) for source in sources], by=chain.by)
    pass_test(lot, chain.by)
    return lot


def test_two_pallets_stacked_at_once_get_two_codes() -> None:
    chain = make_chain()
    one, other = pack_boxes(batch=mint_batch(chain, 30), count=10, boxes=2, at=BEGAN, by=chain.by)
    with while_open(lambda: stack_pallet(boxes=[other], at=BEGAN, by=chain.by)) as begin:
        first = stack_pallet(boxes=[one], at=BEGAN, by=chain.by)
        begun = begin()
    assert begun.result(20).sscc != first.sscc
    assert LogisticUnit.objects.count() == 4


def test_two_certificates_signed_at_once_get_two_places_in_the_list(
    settings: Settings, tmp_path: Path
) -> None:
    settings.JINMAI_DATA = tmp_path
    one, other = make_report(), make_report()
    with while_open(lambda: issue_certificate(report=other, by=other.opened_by)) as begin:
        first = issue_certificate(report=one, by=one.opened_by)
        begun = begin()
    assert begun.result(20).status_index != first.status_index
