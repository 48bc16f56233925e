"""A short chain for tests: seed from a hatchery, a harvest, and the lot that was processed from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from jinmai.core.access.api import Organisation, User
from jinmai.systems.traceability.choices import LotKind, ProductForm, ReportState, SiteKind
from jinmai.systems.traceability.models import Harvest, Lot, LotInput, MintBatch, Site, TestReport
from jinmai.systems.traceability.services.lots import open_lot
from jinmai.systems.traceability.services.minting import MintRequest, mint
from jinmai.systems.traceability.services.processing import make_lot_of, weigh_harvest
from jinmai.systems.traceability.tests.factories import (
    make_member,
    make_organisation,
    make_product,
    make_site,
)

BEGAN = datetime(2024, 3, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Chain:
    """Its people and lots; every later step is the test's own."""

    owner: Organisation
    by: User
    farm: Site
    seed: Lot
    harvest: Lot
    processed: Lot


def make_chain(**processed: Any) -> Chain:
    """3,000 seed animals, 1,000 of them harvested with 200 kg, processed at 30 per mille into 6 kg dried."""
    owner = make_organisation()
    by = make_member(f"worker-{owner.pk}", "chain_worker", owner)
    hatchery = make_site(owner, kind=SiteKind.HATCHERY)
    farm = make_site(owner, kind=SiteKind.FARM, pond_m2=20_000)
    seed_product = make_product(owner, form=ProductForm.SEED, grams_least=1)
    fresh = make_product(owner, form=ProductForm.FRESH, grams_least=80)
    dried = make_product(owner, form=ProductForm.DRIED, grams_least=5, yield_permille=30)
    seed = open_lot(
        lot=Lot(
            product=seed_product, site=hatchery, code="S1", kind=LotKind.SEED, began_at=BEGAN, animals=3_000
        ),
        by=by,
    )
    harvest = make_lot_of(
        lot=Lot(
            product=fresh, site=farm, code="H1", kind=LotKind.HARVEST, began_at=BEGAN + timedelta(days=30)
        ),
        inputs=[LotInput(source=seed, animals=3_000)],
        by=by,
    )
    weigh_harvest(
        harvest=Harvest(lot=harvest, at=BEGAN + timedelta(days=30), grams=200_000, animals=1_000), by=by
    )
    harvest.refresh_from_db()
    kept = {"animals": 980, "grams": 6_000, **processed}
    made = make_lot_of(
        lot=Lot(
            product=dried,
            site=make_site(owner, kind=SiteKind.PROCESSOR),
            code="P1",
            kind=LotKind.PROCESSED,
            began_at=BEGAN + timedelta(days=31),
            **kept,
        ),
        inputs=[LotInput(source=harvest, animals=1_000, grams=200_000)],
        by=by,
    )
    pass_test(made, by)
    return Chain(owner, by, farm, seed, harvest, made)


def pass_test(lot: Lot, by: User) -> TestReport:
    """A report that says the lot passed, without its values: what they are is the laboratory's test."""
    laboratory = make_site(make_organisation(), kind=SiteKind.LABORATORY)
    return TestReport.objects.create(
        number=f"T-{lot.pk}-{uuid4().hex[:8]}",
        lot=lot,
        laboratory=laboratory,
        state=ReportState.PASSED,
        level="II",
        units_in_lot=980,
        units_required=80,
        units_taken=80,
        sampled_at=lot.began_at,
        opened_by=by,
        issued_by=by,
        issued_at=lot.began_at,
    )


def mint_batch(chain: Chain, count: int) -> MintBatch:
    """A batch of the processed lot."""
    return mint(asked=MintRequest(chain.processed, count, uuid4()), by=chain.by)
