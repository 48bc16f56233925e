"""A recall finds every lot, box and animal that was made of a lot, and no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jinmai.core.ledger.api import entries_for
from jinmai.systems.traceability.choices import LotKind, LotState, UnitState
from jinmai.systems.traceability.models import Lot, LotInput, Recall
from jinmai.systems.traceability.selectors.trace import reach
from jinmai.systems.traceability.services.lots import change_state
from jinmai.systems.traceability.services.packing import pack_box, stack_pallet
from jinmai.systems.traceability.services.processing import make_lot_of
from jinmai.systems.traceability.services.recalls import close_recall, start_recall
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch

pytestmark = pytest.mark.django_db
PACKED = BEGAN + timedelta(days=33)


def sold_on(chain: Chain) -> Lot:
    """A mixed lot made of the processed one."""
    return make_lot_of(
        lot=Lot(
            product=chain.processed.product,
            site=chain.processed.site,
            code="MIX",
            kind=LotKind.PROCESSED,
            began_at=BEGAN + timedelta(days=50),
            animals=10,
            grams=60,
        ),
        inputs=[LotInput(source=chain.processed, animals=10, grams=60)],
        by=chain.by,
    )


def test_everything_made_of_a_seed_lot_is_found_and_nothing_else() -> None:
    chain, stranger = make_chain(), make_chain()
    mixed = sold_on(chain)
    batch = mint_batch(chain, 30)
    mint_batch(stranger, 7)
    box = pack_box(batch=batch, count=12, at=PACKED, by=chain.by)
    pallet = stack_pallet(boxes=[box], at=PACKED, by=chain.by)
    found = reach(chain.seed)
    assert [lot.code for lot in found.lots] == ["S1", "H1", "P1", "MIX"]
    assert found.lots[-1] == mixed
    assert ({unit.pk for unit in found.units}, found.animals) == ({box.pk, pallet.pk}, 30)
    serials = [serial for _, _, serial in found.serials]
    assert len(set(serials)) == 30


def test_a_recall_holds_all_of_it_and_is_closed_with_its_result() -> None:
    chain = make_chain()
    box = pack_box(batch=mint_batch(chain, 30), count=12, at=PACKED, by=chain.by)
    recall = start_recall(recall=Recall(lot=chain.harvest, reason="Antibiotic found"), by=chain.by)
    assert (recall.lots, recall.units, recall.animals) == (2, 1, 30)
    chain.processed.refresh_from_db()
    chain.seed.refresh_from_db()
    box.refresh_from_db()
    assert (chain.processed.state, chain.seed.state) == (LotState.RECALLED, LotState.OPEN)
    assert box.state == UnitState.RECALLED
    with pytest.raises(ChainRefusedError, match="open already"):
        start_recall(recall=Recall(lot=chain.harvest, reason="Again"), by=chain.by)
    with pytest.raises(ChainRefusedError, match="what came back"):
        close_recall(recall=recall, note="", by=chain.by)
    close_recall(recall=recall, note="All 30 came back.", by=chain.by)
    kinds = [entry.kind for entry in entries_for(chain.harvest.subject)]
    assert kinds[:2] == ["traceability.recall_closed.v1", "traceability.recall_started.v1"]


def test_a_drill_measures_itself_and_touches_nothing() -> None:
    chain = make_chain()
    mint_batch(chain, 30)
    drill = start_recall(recall=Recall(lot=chain.seed, reason="Yearly drill", drill=True), by=chain.by)
    chain.processed.refresh_from_db()
    assert (drill.lots, drill.animals, chain.processed.state) == (3, 30, LotState.OPEN)
    assert drill.milliseconds >= 0


def test_a_recall_says_why() -> None:
    chain = make_chain()
    with pytest.raises(ChainRefusedError, match="Say why"):
        start_recall(recall=Recall(lot=chain.seed, reason="  "), by=chain.by)
    assert not Recall.objects.exists()


def test_a_recalled_lot_is_not_closed_so_that_the_warning_of_it_stays() -> None:
    chain = make_chain()
    recall = start_recall(recall=Recall(lot=chain.processed, reason="Antibiotic found"), by=chain.by)
    close_recall(recall=recall, note="All came back.", by=chain.by)
    for state in (LotState.CLOSED, LotState.RELEASED, LotState.HELD):
        with pytest.raises(ChainRefusedError, match="Lot P1 is recalled"):
            change_state(lot=chain.processed, state=state, reason="done", by=chain.by)
    chain.processed.refresh_from_db()
    assert chain.processed.state == LotState.RECALLED
