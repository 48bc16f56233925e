"""A chain as large as a benchmark wants it, made by the chain's own verbs. Only in an instance of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

if TYPE_CHECKING:
    from jinmai.core.access.api import User
    from jinmai.systems.traceability.models import Lot, MintBatch

BEGAN = datetime(2024, 3, 1, 2, tzinfo=UTC)
PACKED = BEGAN + timedelta(days=510)
GRAMS_AN_ANIMAL = 200
_numbers = count(1)


class Firm(NamedTuple):
    """Who works, and where and of what lots are made."""

    by: User
    sites: dict[str, Any]
    products: dict[str, Any]


def make_firm() -> Firm:
    """A firm with a hatchery, ponds, a works and a shop, and a product for each kind of lot."""
    from jinmai.core.access.api import Organisation, User  # noqa: PLC0415 - after django.setup()
    from jinmai.standards.gs1 import check_digit  # noqa: PLC0415
    from jinmai.systems.traceability.models import Product, Site  # noqa: PLC0415

    owner = Organisation.objects.create(code="9" * 18, name_zh="评测", kind="enterprise", district="210781")
    sites = {
        kind: Site.objects.create(
            key=f"bench-{kind}", owner=owner, kind=kind, name_zh=kind, district_code="210781"
        )
        for kind in ("hatchery", "farm", "processor", "shop", "laboratory")
    }
    products = {}
    for number, (kind, form, lightest) in enumerate(
        [("seed", "seed", 1), ("harvest", "fresh", 80), ("processed", "instant", 60)]
    ):
        digits = f"095207811{number:04}"
        products[kind] = Product.objects.create(
            gtin=digits + check_digit(digits),
            owner=owner,
            form=form,
            name_zh=form,
            grams_least=lightest,
            yield_permille=400 if kind == "processed" else 1000,
        )
    return Firm(User.objects.create_user("bench", display_name="bench"), sites, products)


def make_lot(firm: Firm, animals: int) -> Lot:
    """A processed lot of so many animals, with the harvest and the seed that it came from."""
    from jinmai.systems.traceability.models import Harvest, Lot, LotInput  # noqa: PLC0415
    from jinmai.systems.traceability.services.lots import open_lot  # noqa: PLC0415
    from jinmai.systems.traceability.services.processing import make_lot_of, weigh_harvest  # noqa: PLC0415

    number = next(_numbers)

    def lot(kind: str, site: str, days: int) -> Lot:
        return Lot(
            product=firm.products[kind],
            site=firm.sites[site],
            code=f"{kind[0].upper()}{number}",
            kind=kind,
            began_at=BEGAN + timedelta(days=days),
        )

    grams = animals * GRAMS_AN_ANIMAL
    seed = lot("seed", "hatchery", 0)
    seed.animals = animals * 2
    seed = open_lot(lot=seed, by=firm.by)
    harvest = make_lot_of(
        lot=lot("harvest", "farm", 500), inputs=[LotInput(source=seed, animals=animals * 2)], by=firm.by
    )
    weighed = Harvest(lot=harvest, at=BEGAN + timedelta(days=500), grams=grams, animals=animals)
    weigh_harvest(harvest=weighed, by=firm.by)
    processed = make_lot_of(
        lot=lot("processed", "processor", 501),
        inputs=[LotInput(source=harvest, animals=animals, grams=grams)],
        by=firm.by,
    )
    _pass_test(firm, processed, animals)
    return processed


def _pass_test(firm: Firm, lot: Lot, animals: int) -> None:
    """The row of a passed report; what a laboratory measures is not what these benchmarks measure."""
    from jinmai.systems.traceability.models import TestReport  # noqa: PLC0415

    TestReport.objects.create(
        number=f"BENCH-{lot.pk}",
        lot=lot,
        laboratory=firm.sites["laboratory"],
        state="passed",
        level="II",
        units_in_lot=animals,
        units_required=1,
        units_taken=1,
        sampled_at=lot.began_at,
        opened_by=firm.by,
        issued_by=firm.by,
        issued_at=lot.began_at,
    )


def mint(firm: Firm, lot: Lot, animals: int) -> MintBatch:
    """Codes for a lot's animals."""
    from jinmai.systems.traceability.services import minting  # noqa: PLC0415

    return minting.mint(asked=minting.MintRequest(lot, animals, uuid4()), by=firm.by)
