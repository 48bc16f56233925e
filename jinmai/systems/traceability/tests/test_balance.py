"""The mass balance: what cannot be is recorded, shown and closed with a reason; it is never swallowed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from jinmai.core.ledger.api import entries_for
from jinmai.systems.traceability.choices import LotKind, LotState
from jinmai.systems.traceability.models import ChainException, Harvest, Lot, LotInput
from jinmai.systems.traceability.services.balance import check_lot, close_exception
from jinmai.systems.traceability.services.lots import change_state
from jinmai.systems.traceability.services.processing import make_lot_of, weigh_harvest
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain

pytestmark = pytest.mark.django_db


def broken() -> list[tuple[str, int, int]]:
    rows = ChainException.objects.order_by("pk")
    return [(row.facts["rule"], row.facts["found"], row.facts["limit"]) for row in rows]


def test_a_chain_that_adds_up_breaks_nothing() -> None:
    make_chain()
    assert broken() == []


@pytest.mark.parametrize(
    ("processed", "expected"),
    [
        ({"animals": 1_001}, ("more_animals_than_went_in", 1_001, 1_000)),
        ({"grams": 6_001}, ("more_weight_than_the_yield", 6_001, 6_000)),
    ],
)
def test_more_than_went_in_is_found(processed: dict[str, int], expected: tuple[str, int, int]) -> None:
    chain = make_chain(**processed)
    assert broken() == [expected]
    kinds = [entry.kind for entry in entries_for(chain.processed.subject)]
    assert kinds.count("traceability.balance_broken.v1") == 1
    check_lot(lot=chain.processed)
    assert len(broken()) == 1, "the same break is found once"


def again_from(chain: Chain, code: str, grams: int, animals: int) -> Lot:
    lot = Lot(
        product=chain.processed.product,
        site=chain.processed.site,
        code=code,
        kind=LotKind.PROCESSED,
        began_at=BEGAN + timedelta(days=32),
    )
    return make_lot_of(
        lot=lot, inputs=[LotInput(source=chain.harvest, animals=animals, grams=grams)], by=chain.by
    )


def test_taking_a_harvest_twice_is_found() -> None:
    chain = make_chain()
    again_from(chain, "P2", 200_000, 1_000)
    assert broken() == [
        ("more_animals_taken_than_there_were", 2_000, 1_000),
        ("more_weight_taken_than_there_was", 400_000, 200_000),
    ]


def test_a_harvest_that_its_pond_cannot_bear_is_found() -> None:
    chain = make_chain()
    chain.farm.pond_m2 = 100
    chain.farm.save()
    harvest = make_lot_of(
        lot=Lot(
            product=chain.harvest.product,
            site=chain.farm,
            code="H2",
            kind=LotKind.HARVEST,
            began_at=BEGAN + timedelta(days=40),
        ),
        inputs=[LotInput(source=chain.seed)],
        by=chain.by,
    )
    weigh_harvest(
        harvest=Harvest(lot=harvest, at=BEGAN + timedelta(days=40), grams=90_000, animals=400), by=chain.by
    )
    assert broken() == [("more_weight_than_the_pond_bears", 90_000, 75_000)]


def test_what_nobody_counted_breaks_nothing() -> None:
    make_chain(animals=None, grams=None)
    assert broken() == []


def test_a_finding_is_closed_with_a_reason_once() -> None:
    chain = make_chain(animals=1_001)
    (finding,) = ChainException.objects.all()
    with pytest.raises(ChainRefusedError, match="without a reason"):
        close_exception(exception=finding, reason=" ", by=chain.by)
    close_exception(exception=finding, reason="Miscounted; one animal fewer.", by=chain.by)
    with pytest.raises(ChainRefusedError, match="closed already"):
        close_exception(exception=finding, reason="Again", by=chain.by)
    (entry,) = entries_for(f"traceability.exception:{finding.pk}")
    assert entry.kind == "traceability.exception_closed.v1"


def test_a_dried_lot_is_not_made_of_seed() -> None:
    chain = make_chain()
    lot = Lot(
        product=chain.processed.product,
        site=chain.processed.site,
        code="P3",
        kind=LotKind.PROCESSED,
        began_at=BEGAN,
    )
    with pytest.raises(ChainRefusedError, match="is not made of"):
        make_lot_of(lot=lot, inputs=[LotInput(source=chain.seed)], by=chain.by)
    assert not Lot.objects.filter(code="P3").exists()


def test_nothing_is_taken_from_a_held_lot() -> None:
    chain = make_chain()
    change_state(lot=chain.harvest, state=LotState.HELD, reason="waiting for the laboratory", by=chain.by)
    with pytest.raises(ChainRefusedError, match="nothing may be taken"):
        again_from(chain, "P2", 1, 1)


def test_a_harvest_is_weighed_once_and_its_heaviest_animal_is_part_of_it() -> None:
    chain = make_chain()
    with pytest.raises(ChainRefusedError, match="weighed already"):
        weigh_harvest(harvest=Harvest(lot=chain.harvest, at=BEGAN, grams=1, animals=1), by=chain.by)
    with pytest.raises(ChainRefusedError, match="Only a harvest lot"):
        weigh_harvest(harvest=Harvest(lot=chain.seed, at=BEGAN, grams=1, animals=1), by=chain.by)


def test_a_lot_code_is_given_once_a_product() -> None:
    chain = make_chain()
    with pytest.raises(ValidationError):
        again_from(chain, "P1", 1, 1)
