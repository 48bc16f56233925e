"""Two people at the same moment, on PostgreSQL: nothing is missed, and no number is given twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import translation
from pytest_django import Settings

from jinmai.systems.traceability.choices import LotKind, LotState, SiteKind, UnitState
from jinmai.systems.traceability.models import (
    Excursion,
    LogisticUnit,
    Lot,
    LotInput,
    MintBatch,
    Recall,
    TemperatureLogger,
)
from jinmai.systems.traceability.selectors.temperature import TemperatureLimit
from jinmai.systems.traceability.services import temperature
from jinmai.systems.traceability.services.certificates import issue_certificate
from jinmai.systems.traceability.services.minting import MintRequest, reserve_batch
from jinmai.systems.traceability.services.packing import (
    Destination,
    _locked,
    pack_box,
    pack_boxes,
    ship,
    stack_pallet,
)
from jinmai.systems.traceability.services.processing import make_lot_of
from jinmai.systems.traceability.services.recalls import start_recall
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.temperature import Measured, add_logger, record_readings
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch, pass_test
from jinmai.systems.traceability.tests.factories import make_site
from jinmai.systems.traceability.tests.laboratory import make_report

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one writer, who comes after the other anyway"
    ),
]
T = TypeVar("T")
# After the last deed of the chain that the tests make.
PACKED = BEGAN + timedelta(days=40)


@pytest.fixture
def excursions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit for every form, which the register of these tests does not state."""
    monkeypatch.setattr(
        temperature,
        "temperature_limit",
        lambda _form, _day: TemperatureLimit(most=-1800, tolerated_minutes=30),
    )


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
        # The language of a test is its thread's.
        with translation.override("en"):
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
        box = pack_box(batch=batch, count=10, at=PACKED, by=chain.by)
        begun = begin()
    assert begun.result(20).units == 1
    box.refresh_from_db()
    assert box.state == UnitState.RECALLED


def test_a_lot_of_two_harvests_does_not_take_what_another_takes_of_one_at_that_moment() -> None:
    chain = uncounted_chain()
    other = made(chain, LotKind.HARVEST, "H2", chain.seed)
    both = made(chain, LotKind.PROCESSED, "P2", chain.harvest, other)

    def beside() -> None:
        reserve_batch(asked=MintRequest(both, 1_500, uuid4()), by=chain.by)

    with while_open(beside) as begin:
        reserve_batch(asked=MintRequest(chain.processed, 1_000, uuid4()), by=chain.by)
        begun = begin()
    with pytest.raises(ChainRefusedError, match=r"1,?500 more do not fit"):
        begun.result(20)


def uncounted_chain() -> Chain:
    """A chain of which only the harvest was counted: a thousand animals."""
    chain = make_chain(animals=None, grams=None)
    Lot.objects.update(grams=None)
    LotInput.objects.update(animals=None, grams=None)
    return chain


def made(chain: Chain, kind: LotKind, code: str, *sources: Lot) -> Lot:
    """A lot of others, tested; a harvest of it had a thousand animals."""
    like = chain.harvest if kind == LotKind.HARVEST else chain.processed
    lot = Lot(product=like.product, site=like.site, code=code, kind=kind, began_at=BEGAN + timedelta(days=32))
    lot.animals = 1_000 if kind == LotKind.HARVEST else None
    lot = make_lot_of(lot=lot, inputs=[LotInput(source=source) for source in sources], by=chain.by)
    pass_test(lot, chain.by)
    return lot


def test_two_lots_of_one_harvest_do_not_both_take_its_last_animals() -> None:
    chain = uncounted_chain()
    sibling = made(chain, LotKind.PROCESSED, "P2", chain.harvest)

    def beside() -> None:
        reserve_batch(asked=MintRequest(sibling, 600, uuid4()), by=chain.by)

    with while_open(beside) as begin:
        reserve_batch(asked=MintRequest(chain.processed, 600, uuid4()), by=chain.by)
        begun = begin()
    with pytest.raises(ChainRefusedError, match="do not fit"):
        begun.result(20)


def test_lots_of_one_harvest_minted_in_a_race_stay_below_what_it_had() -> None:
    chain = uncounted_chain()
    lots = [chain.processed, made(chain, LotKind.PROCESSED, "P2", chain.harvest)]

    def until_refused(lot: Lot) -> int:
        taken = 0
        while True:
            try:
                reserve_batch(asked=MintRequest(lot, 70, uuid4()), by=chain.by)
            except ChainRefusedError:
                return taken
            taken += 70

    with ThreadPoolExecutor(2) as both:
        taken = list(both.map(lambda lot: _apart(lambda: until_refused(lot)), lots))
    assert 1_000 - 70 < sum(taken) <= 1_000
    assert MintBatch.objects.aggregate(all=Sum("count"))["all"] == sum(taken)


def warm_logger(chain: Chain, unit: LogisticUnit) -> TemperatureLogger:
    """A logger that travels with a box."""
    logger = TemperatureLogger(
        serial="TL-7", name="TL-7", site=unit.site, unit=unit, form=chain.processed.product.form
    )
    return add_logger(logger=logger, by=chain.by)


def readings(began: datetime) -> list[Measured]:
    """Four hours far too warm."""
    return [Measured(began + timedelta(minutes=10 * step), 3_500, f"row {step}") for step in range(24)]


def test_a_box_leaves_while_its_logger_tells_that_it_was_too_warm(excursions: None) -> None:
    chain = make_chain()
    box = pack_box(batch=mint_batch(chain, 30), count=10, at=PACKED, by=chain.by)
    logger, shop = warm_logger(chain, box), make_site(chain.owner, kind=SiteKind.SHOP)

    def beside() -> int:
        return len(record_readings(logger=logger, measured=readings(PACKED), actor="system").excursions)

    with while_open(beside) as begin:
        # Who ships has the box first and waits for the turn to capture then.
        _locked(box)
        begun = begin()
        ship(unit=box, to=Destination(site=shop), at=PACKED + timedelta(days=1), by=chain.by)
    assert begun.result(20) == 1
    box.refresh_from_db()
    assert (box.state, Excursion.objects.count()) == (UnitState.SHIPPED, 1)


def test_boxes_move_and_loggers_tell_in_a_race_without_a_deadlock(excursions: None) -> None:
    chain = make_chain()
    boxes = pack_boxes(batch=mint_batch(chain, 40), count=2, boxes=12, at=PACKED, by=chain.by)
    shop = make_site(chain.owner, kind=SiteKind.SHOP)
    loggers = [
        add_logger(
            logger=TemperatureLogger(
                serial=f"TL-{box.pk}",
                name=str(box),
                site=box.site,
                unit=box,
                form=chain.processed.product.form,
            ),
            by=chain.by,
        )
        for box in boxes
    ]

    def move() -> None:
        for box in boxes:
            ship(unit=box, to=Destination(site=shop), at=PACKED + timedelta(days=1), by=chain.by)

    def tell() -> None:
        for logger in loggers:
            record_readings(logger=logger, measured=readings(PACKED), actor="system")

    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(_apart, move), both.submit(_apart, tell)]:
            done.result(60)
    assert Excursion.objects.count() == len(boxes)
    assert LogisticUnit.objects.filter(state=UnitState.SHIPPED).count() == len(boxes)


def test_two_pallets_stacked_at_once_get_two_codes() -> None:
    chain = make_chain()
    one, other = pack_boxes(batch=mint_batch(chain, 30), count=10, boxes=2, at=PACKED, by=chain.by)
    with while_open(lambda: stack_pallet(boxes=[other], at=PACKED, by=chain.by)) as begin:
        first = stack_pallet(boxes=[one], at=PACKED, by=chain.by)
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
