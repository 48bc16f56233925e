"""However lots are repacked, merged and split: never more codes than animals were harvested."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as campaign
from hypothesis import strategies as st

from jinmai.systems.traceability.choices import LotKind
from jinmai.systems.traceability.models import ChainException, Harvest, Lot, LotInput, MintBatch
from jinmai.systems.traceability.selectors.balance import quota
from jinmai.systems.traceability.services.lots import open_lot
from jinmai.systems.traceability.services.minting import MintRequest, reserve_batch
from jinmai.systems.traceability.services.processing import make_lot_of, weigh_harvest
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, pass_test
from jinmai.systems.traceability.tests.factories import make_member

pytestmark = pytest.mark.django_db


def made_of(chain: Chain, code: str, *sources: Lot, grams: int | None = None) -> Lot:
    """A processed lot of others, tested, of which nobody says how much it took."""
    lot = Lot(
        product=chain.processed.product,
        site=chain.processed.site,
        code=code,
        kind=LotKind.PROCESSED,
        began_at=BEGAN + timedelta(days=32),
        grams=grams,
    )
    inputs = [LotInput(source=source, grams=grams) for source in sources]
    made = make_lot_of(lot=lot, inputs=inputs, by=chain.by)
    pass_test(made, chain.by)
    return made


def harvest_of(chain: Chain, code: str, source: Lot, animals: int | None, *, taken: int | None = None) -> Lot:
    lot = Lot(
        product=chain.harvest.product,
        site=chain.farm,
        code=code,
        kind=LotKind.HARVEST,
        began_at=BEGAN + timedelta(days=30),
        animals=animals,
    )
    return make_lot_of(lot=lot, inputs=[LotInput(source=source, animals=taken)], by=chain.by)


def all_of(chain: Chain, *lots: Lot) -> int:
    """Mint whatever each lot may have, in this order; how many codes there are then."""
    for lot in lots:
        left = quota(lot).left
        if left:
            reserve_batch(asked=MintRequest(lot, left, uuid4()), by=chain.by)
    return MintBatch.objects.aggregate(total=Sum("count"))["total"] or 0


def test_codes_of_a_repacked_lot_count_for_the_lot_it_was_repacked_from() -> None:
    chain = make_chain(animals=None, grams=None)
    repacked = made_of(chain, "P2", chain.processed)
    assert all_of(chain, repacked, chain.processed) == 1_000


def test_codes_of_a_merged_lot_count_for_both_that_were_merged() -> None:
    chain = make_chain(animals=None, grams=None)
    other = made_of(chain, "P2", chain.harvest)
    merged = made_of(chain, "P3", chain.processed, other)
    assert all_of(chain, merged, chain.processed, other) == 1_000


def test_harvests_made_of_one_harvest_share_its_animals() -> None:
    chain = make_chain(animals=None, grams=None)
    lots = [made_of(chain, f"Q{n}", harvest_of(chain, f"HH{n}", chain.harvest, 1_000)) for n in range(3)]
    assert all_of(chain, *lots, chain.processed) == 1_000


def test_a_lot_of_two_harvests_may_have_the_animals_of_both() -> None:
    chain = make_chain(animals=None, grams=None)
    chain.processed.inputs.update(animals=None, grams=None)
    second = harvest_of(chain, "H2", chain.seed, 500)
    both = made_of(chain, "P2", chain.harvest, second)
    assert quota(both).most == 1_500
    assert all_of(chain, both, chain.processed, made_of(chain, "P3", second)) == 1_500


def test_a_harvest_weighed_with_fewer_animals_than_have_codes_is_found() -> None:
    chain = make_chain()
    claimed = open_lot(
        lot=Lot(
            product=chain.harvest.product,
            site=chain.farm,
            code="H3",
            kind=LotKind.HARVEST,
            began_at=BEGAN,
            animals=3_000,
        ),
        by=chain.by,
    )
    repacked = made_of(chain, "P3", made_of(chain, "P2", claimed))
    assert all_of(chain, repacked) == 3_000
    weigh_harvest(harvest=Harvest(lot=claimed, at=BEGAN, grams=16_000, animals=100), by=chain.by)
    (finding,) = ChainException.objects.filter(lot=claimed)
    assert finding.facts == {"rule": "more_codes_than_animals", "found": 3_000, "limit": 100}


def unknown_but(chain: Chain, **harvest: int | None) -> None:
    """Of the harvest only this is known, of what was taken from it nothing."""
    Lot.objects.filter(pk=chain.harvest.pk).update(**{"animals": None, "grams": None, **harvest})
    chain.processed.inputs.update(animals=None, grams=None)


def test_the_weight_of_a_harvest_bounds_all_generations_of_its_lots() -> None:
    chain = make_chain(animals=None, grams=None)
    unknown_but(chain, grams=100_000)
    repacked = made_of(chain, "P2", chain.processed)
    again = made_of(chain, "P3", repacked, made_of(chain, "P4", chain.harvest))
    # 100 kg at 30 per mille are 3 kg: 600 animals of at least 5 g.
    assert all_of(chain, again, repacked, chain.processed) == 600


def test_repacking_loses_no_weight() -> None:
    chain = make_chain()
    repacked = made_of(chain, "P2", chain.processed, grams=6_000)
    assert quota(repacked).most == 980
    assert not ChainException.objects.exists()


def test_a_harvest_that_nobody_weighed_has_no_more_animals_than_were_put_into_the_pond() -> None:
    chain = make_chain()
    claimed = harvest_of(chain, "H2", chain.seed, 10_000, taken=100)
    assert all_of(chain, made_of(chain, "P2", claimed)) == 100


def test_harvests_of_one_seed_lot_share_its_animals() -> None:
    chain = make_chain(animals=None, grams=None)
    lots = [made_of(chain, f"Q{n}", harvest_of(chain, f"HH{n}", chain.seed, 3_000)) for n in range(2)]
    assert all_of(chain, chain.processed, *lots) == 3_000


def test_a_harvest_that_nobody_weighed_weighs_no_more_than_its_pond_bears() -> None:
    chain = make_chain()
    chain.farm.pond_m2 = 100
    chain.farm.save()
    claimed = harvest_of(chain, "H2", chain.seed, None)
    Lot.objects.filter(pk=claimed.pk).update(grams=9_000_000)
    # 75 kg at 30 per mille are 2.25 kg: 450 animals of at least 5 g.
    assert all_of(chain, made_of(chain, "P2", claimed)) == 450


def test_a_count_between_bounds_what_is_made_of_it() -> None:
    chain = make_chain(animals=500, grams=None)
    lots = [made_of(chain, f"P{n}", chain.processed) for n in (2, 3)]
    assert all_of(chain, *lots, chain.processed) == 500


@pytest.mark.parametrize("figures", [{"animals": 1_000}, {"grams": 100_000}])
def test_the_page_of_a_lot_names_what_other_generations_took(client: Client, figures: dict[str, int]) -> None:
    chain = make_chain(animals=None, grams=None)
    unknown_but(chain, **figures)
    all_of(chain, made_of(chain, "P2", chain.processed))
    client.force_login(make_member("alice", "manager", chain.owner))
    address = reverse("traceability:lot", args=[chain.processed.product.gtin, chain.processed.code])
    page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "of the harvests behind it" in page


def test_what_a_processed_lot_says_of_itself_is_no_evidence_for_those_made_of_it() -> None:
    chain = make_chain()  # says 980 animals of itself
    unknown_but(chain)
    repacked = made_of(chain, "P2", chain.processed)
    assert quota(repacked).most is None


STEPS = st.tuples(st.booleans(), st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True))


@given(
    steps=st.lists(STEPS, min_size=1, max_size=6),
    asked=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 900)), max_size=10),
)
@campaign(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_graph_of_lots_gets_more_codes_than_were_harvested(
    steps: list[tuple[bool, list[int]]], asked: list[tuple[int, int]]
) -> None:
    with transaction.atomic():
        chain = make_chain(animals=None, grams=None)
        harvests, lots = [chain.harvest], [chain.processed]
        for number, (harvested, chosen) in enumerate(steps):
            if harvested:
                source = harvests[chosen[0] % len(harvests)]
                harvests.append(harvest_of(chain, f"H-{number}", source, 1_000))
                continue
            there = [*harvests, *lots]
            sources = {there[at % len(there)].pk: there[at % len(there)] for at in chosen}
            lots.append(made_of(chain, f"P-{number}", *sources.values()))
        for which, count in asked:
            with contextlib.suppress(ChainRefusedError):
                reserve_batch(asked=MintRequest(lots[which % len(lots)], count, uuid4()), by=chain.by)
        codes = MintBatch.objects.filter(lot__in=lots).aggregate(total=Sum("count"))["total"] or 0
        assert codes <= 1_000
        transaction.set_rollback(True)
