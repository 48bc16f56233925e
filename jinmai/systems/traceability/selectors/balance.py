"""Mass balance: how many animals a lot can have at most, and where more came out than went in.

seed → harvest → processing yield → packs. Every bound that is known counts, the smallest one holds; what
nobody counted or weighed bounds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from jinmai.systems.traceability.choices import LotKind
from jinmai.systems.traceability.models import Lot, LotInput
from jinmai.systems.traceability.selectors.harvest_codes import (
    MOST_GRAMS_PER_M2,
    codes_left,
    codes_of_harvest,
    yield_permille,
)

# No hatchery grows so many seed animals in a cubic metre of water. Illustrative, not a regulation.
MOST_SEED_PER_M3 = 50_000


@dataclass(frozen=True)
class Quota:
    """How many animals of a lot may get codes: the bounds by name, and how many have one.

    ``most`` is None where nobody counted or weighed what it was made of; then none may be minted until
    somebody does.
    """

    bounds: dict[str, int]
    minted: int

    @property
    def most(self) -> int | None:
        """The smallest bound."""
        return min(self.bounds.values(), default=None)

    @property
    def left(self) -> int:
        """How many may still be minted."""
        return max(0, (self.most or 0) - self.minted)


@dataclass(frozen=True)
class Share:
    """What of a source stands behind a lot, at most: animals, and grams after processing."""

    animals: int | None
    grams: int | None


@dataclass(frozen=True)
class Break:
    """A rule that does not hold: what was found against what is possible (animals or grams)."""

    rule: str
    found: int
    limit: int


def quota(lot: Lot) -> Quota:
    """The animals of a processed lot that may get a code; any other lot may mint none.

    The harvest bounds it by count and by weight, each less what other lots made of the same harvest have
    taken: all lots of a harvest together, however many lots lie between, never get more codes than it had
    animals, or than its weight allows.
    """
    if lot.kind != LotKind.PROCESSED:
        return Quota({"kind": 0}, 0)
    minted = _minted(lot)
    shares = [
        _share(taken) for taken in lot.inputs.select_related("lot__product", "source__product").order_by("pk")
    ]
    if not shares:
        return Quota({"no_inputs": 0}, minted)
    lightest = lot.product.grams_least
    bounds = {}
    animals, grams = _total(share.animals for share in shares), _total(share.grams for share in shares)
    if animals is not None:
        bounds["harvest_counted"] = animals
    if grams is not None:
        bounds["harvest_weighed"] = grams // lightest
    whole = codes_left(lot)
    if whole.animals is None and whole.by_weight is None:
        return Quota({}, minted)  # what a lot says of itself after processing is no evidence of a harvest
    for name, left in (("harvests_counted", whole.animals), ("harvests_weighed", whole.by_weight)):
        # Named only where it says more than what went into this lot.
        if left is not None and minted + left < min(bounds.values(), default=minted + left + 1):
            bounds[name] = minted + left
    if lot.animals is not None:
        bounds["counted"] = lot.animals
    if lot.grams is not None:
        bounds["weighed"] = lot.grams // lightest
    return Quota(bounds, minted)


def breaks(lot: Lot) -> list[Break]:
    """Every rule of the balance that this lot breaks."""
    return [found for found in (*_of_inputs(lot), *_of_site(lot), *_of_outputs(lot)) if found]


def _of_inputs(lot: Lot) -> list[Break | None]:
    inputs = list(lot.inputs.select_related("lot__product", "source"))
    if not inputs:
        return []
    animals = _total(taken.animals for taken in inputs)
    checks = [_beyond("more_animals_than_went_in", lot.animals, animals)]
    if lot.kind == LotKind.PROCESSED:
        grams = _total(_after_processing(taken, taken.grams) for taken in inputs)
        checks.append(_beyond("more_weight_than_the_yield", lot.grams, grams))
    return checks


def _of_site(lot: Lot) -> list[Break | None]:
    site = lot.site
    if lot.kind == LotKind.HARVEST and site.pond_m2 is not None:
        return [_beyond("more_weight_than_the_pond_bears", lot.grams, site.pond_m2 * MOST_GRAMS_PER_M2)]
    if lot.kind == LotKind.SEED and site.water_m3 is not None:
        return [_beyond("more_seed_than_the_water_bears", lot.animals, site.water_m3 * MOST_SEED_PER_M3)]
    return []


def _of_outputs(lot: Lot) -> list[Break | None]:
    taken = lot.outputs.aggregate(animals=Sum("animals"), grams=Sum("grams"))
    checks = [_beyond("more_animals_taken_than_there_were", taken["animals"], lot.animals)]
    # Seed grows between hatchery and harvest: its weight bounds nothing.
    if lot.kind != LotKind.SEED:
        checks.append(_beyond("more_weight_taken_than_there_was", taken["grams"], lot.grams))
    if lot.kind == LotKind.HARVEST:
        checks.append(_beyond("more_codes_than_animals", codes_of_harvest(lot), lot.animals))
    return checks


def _share(taken: LotInput) -> Share:
    """What was taken, as far as others left it in the source.

    Others count with what they took before this lot did, and with the codes that they gave in any case.
    """
    source = taken.source
    if source.kind == LotKind.PROCESSED:
        above = quota(source)
        animals, grams = None if above.most is None else above.left, source.grams
    else:
        animals, grams = source.animals, source.grams
    for other in source.outputs.exclude(pk=taken.pk).select_related("lot__product", "source"):
        codes = _minted(other.lot)
        before = other.pk < taken.pk
        animals = _less(animals, max(codes, (other.animals or 0) if before else 0))
        grams = _less(grams, max(_before_processing(other, codes), (other.grams or 0) if before else 0))
    return Share(_least(taken.animals, animals), _after_processing(taken, _least(taken.grams, grams)))


def _minted(lot: Lot) -> int:
    return lot.mint_batches.aggregate(total=Sum("count"))["total"] or 0


def _before_processing(taken: LotInput, animals: int) -> int:
    """The weight that so many of a lot's animals had at least before they were processed."""
    return animals * taken.lot.product.grams_least * 1000 // yield_permille(taken.lot, taken.source)


def _less(value: int | None, taken: int) -> int | None:
    return None if value is None else max(0, value - taken)


def _least(*values: int | None) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _after_processing(taken: LotInput, grams: int | None) -> int | None:
    return None if grams is None else grams * yield_permille(taken.lot, taken.source) // 1000


def _beyond(rule: str, found: int | None, limit: int | None) -> Break | None:
    if found is None or limit is None or found <= limit:
        return None
    return Break(rule, found, limit)


def _total(values: Iterable[int | None]) -> int | None:
    """The sum, or None as soon as one of them is unknown."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
