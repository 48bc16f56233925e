"""How many codes the harvests behind a lot leave to it, over all generations of lots.

Between a harvest and an animal's code may lie any number of lots: repacked, merged, split. A code takes one
animal out of a harvest, through every lot and every amount on its way; and it takes the weight that such an
animal had at least. Both are flows through the net of lots that hang together, and what was counted or
weighed anywhere in it bounds them. What nobody counted or weighed bounds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

from django.db.models import Q, Sum

from jinmai.systems.traceability.choices import LotKind
from jinmai.systems.traceability.models import Harvest, Lot, LotInput, MintBatch
from jinmai.systems.traceability.selectors.lot_flow import UNBOUNDED, FlowNet
from jinmai.systems.traceability.selectors.trace import downstream, upstream

# No pond on Liaodong Bay yields so much: 500 kg a mu (667 m²) and harvest. Illustrative, not a regulation.
MOST_GRAMS_PER_M2: Final = 750
# So many keys go into one question; SQLite takes 32,766.
_AT_ONCE: Final = 5_000


@dataclass(frozen=True)
class Left:
    """How many more codes a lot may get by the animals of the harvests behind it, and by their weight.

    None: not all of them were counted, or weighed.
    """

    animals: int | None
    by_weight: int | None


@dataclass(frozen=True)
class _Net:
    """Lots that hang together over what was taken from one another, and their codes."""

    lots: dict[int, Lot]
    inputs: dict[int, list[LotInput]]
    codes: dict[int, int]
    weighed: frozenset[int]

    def sources(self, lot: int, *, seed: bool) -> list[LotInput]:
        """What a lot was made of, with or without seed."""
        return [
            taken
            for taken in self.inputs.get(lot, [])
            if seed or self.lots[taken.source_id].kind != LotKind.SEED
        ]

    def order(self) -> list[int]:
        """Every lot after all that it was made of."""
        done: dict[int, None] = {}
        for begin in self.lots:
            waiting = [begin]
            while waiting:
                missing = [
                    each.source_id for each in self.inputs.get(waiting[-1], []) if each.source_id not in done
                ]
                if waiting[-1] in done or not missing:
                    done[waiting.pop()] = None
                else:
                    waiting += missing
        return list(done)


def codes_left(lot: Lot) -> Left:
    """How many more animals of a lot may get a code, whatever lots of the same harvests have taken."""
    net = _net(lot)
    order = net.order()
    return Left(
        _animals_left(net, lot.pk) if _known(net, order, lot.pk, "animals") else None,
        _left_by_weight(net, order, lot.pk) if _known(net, order, lot.pk, "grams") else None,
    )


def codes_of_harvest(lot: Lot) -> int:
    """How many codes were given to animals that can be of this harvest alone."""
    made = downstream([lot])
    if len(made) == 1:
        return 0
    known = {each.pk: each for each in upstream(made)}
    mine = {lot.pk}
    for each in sorted(made, key=lambda one: len(upstream([one]))):
        above = [
            taken.source_id for taken in each.inputs.all() if known[taken.source_id].kind != LotKind.SEED
        ]
        if each.pk != lot.pk and above and all(source in mine for source in above):
            mine.add(each.pk)
    return MintBatch.objects.filter(lot__in=mine).aggregate(total=Sum("count"))["total"] or 0


def yield_permille(lot: Lot, source: Lot) -> int:
    """Grams of a lot for 1,000 grams of what it was made of; nothing is lost where it is only repacked."""
    if source.kind == LotKind.PROCESSED and source.product_id == lot.product_id:
        return 1000
    return max(1, lot.product.yield_permille)


def _animals_left(net: _Net, target: int) -> int:
    flow = FlowNet()
    for pk, lot in net.lots.items():
        flow.add_node(pk, lot.animals)
    for pk, lot in net.lots.items():
        for taken in net.sources(pk, seed=True):
            flow.add_edge(taken.source_id, pk, taken.animals)
        if not net.inputs.get(pk) and lot.kind != LotKind.PROCESSED:
            flow.add_source(pk)
    for pk, codes in net.codes.items():
        flow.add_drain(pk, codes)
    flow.push()
    flow.add_drain(target, None)
    return flow.push()


def _left_by_weight(net: _Net, order: list[int], target: int) -> int:
    """As the animals, in grams of harvest: what the lightest animal of a grade weighed before processing.

    Where several ways lead to a lot, the one that keeps most counts, so that nothing possible is refused.
    """
    least, most = _fresh_grams(net, order)
    flow = FlowNet()
    for pk, lot in net.lots.items():
        grams = _grams(net, lot)
        flow.add_node(pk, None if grams is None else ceil(grams * most[pk]))
    for pk, lot in net.lots.items():
        sources = net.sources(pk, seed=False)
        for taken in sources:
            fresh = None if taken.grams is None else ceil(taken.grams * most[taken.source_id])
            flow.add_edge(taken.source_id, pk, fresh)
        if lot.kind != LotKind.PROCESSED and len(sources) == len(net.inputs.get(pk, [])) == 0:
            flow.add_source(pk)
        elif len(sources) < len(net.inputs.get(pk, [])):
            flow.add_source(pk)  # seed grows: its weight bounds nothing
    for pk, codes in net.codes.items():
        flow.add_drain(pk, int(codes * net.lots[pk].product.grams_least * least[pk]))
    flow.push()
    flow.add_drain(target, None)
    return int(flow.push() / (net.lots[target].product.grams_least * least[target]))


def _fresh_grams(net: _Net, order: list[int]) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
    """How many grams of harvest stand behind a gram of each lot, at least and at most."""
    least: dict[int, Fraction] = {}
    most: dict[int, Fraction] = {}
    for pk in order:
        lot = net.lots[pk]
        factors = []
        for taken in net.sources(pk, seed=False):
            source = net.lots[taken.source_id]
            factor = Fraction(1)
            if lot.kind == LotKind.PROCESSED:
                factor = Fraction(1000, yield_permille(lot, source))
            factors.append((factor * least[source.pk], factor * most[source.pk]))
        least[pk] = min((low for low, _high in factors), default=Fraction(1))
        most[pk] = max((high for _low, high in factors), default=Fraction(1))
    return least, most


def _grams(net: _Net, lot: Lot) -> int | None:
    """What a lot weighed; of a harvest that was not yet weighed no more than its pond bears is believed."""
    if lot.kind == LotKind.SEED or lot.grams is None:
        return None
    if lot.kind == LotKind.HARVEST and lot.pk not in net.weighed and lot.site.pond_m2 is not None:
        return min(lot.grams, lot.site.pond_m2 * MOST_GRAMS_PER_M2)
    return lot.grams


def _known(net: _Net, order: list[int], target: int, figure: str) -> bool:
    """Whether the harvests behind a lot, or what was taken from them, were all counted or weighed.

    What a lot says of itself after processing is no evidence of a harvest.
    """
    known: dict[int, bool] = {}
    for pk in order:
        sources = net.sources(pk, seed=False)
        known[pk] = (net.lots[pk].kind == LotKind.HARVEST and getattr(net.lots[pk], figure) is not None) or (
            bool(sources)
            and all(
                known[taken.source_id]
                or (net.lots[taken.source_id].kind == LotKind.HARVEST and getattr(taken, figure) is not None)
                for taken in sources
            )
        )
    return known[target] or (net.lots[target].kind == LotKind.PROCESSED and not net.inputs.get(target))


def _net(lot: Lot) -> _Net:
    """All lots that hang together with one, read in a few questions."""
    lots: set[int] = {lot.pk}
    edges: dict[int, LotInput] = {}
    fresh = [lot.pk]
    while fresh:
        met: set[int] = set()
        for some in _parts(fresh):
            for taken in LotInput.objects.filter(Q(lot__in=some) | Q(source__in=some)):
                edges[taken.pk] = taken
                met |= {taken.lot_id, taken.source_id}
        fresh = sorted(met - lots)
        lots |= met
    inputs: dict[int, list[LotInput]] = {}
    for pk in sorted(edges):
        inputs.setdefault(edges[pk].lot_id, []).append(edges[pk])
    known: dict[int, Lot] = {}
    codes: dict[int, int] = {}
    weighed: set[int] = set()
    for some in _parts(sorted(lots)):
        known |= {each.pk: each for each in Lot.objects.filter(pk__in=some).select_related("product", "site")}
        counted = MintBatch.objects.filter(lot__in=some).order_by("lot").values("lot")
        codes |= {row["lot"]: row["total"] for row in counted.annotate(total=Sum("count"))}
        weighed |= set(Harvest.objects.filter(lot__in=some).values_list("lot", flat=True))
    return _Net(known, inputs, codes, frozenset(weighed))


def _parts(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))


__all__ = ["MOST_GRAMS_PER_M2", "UNBOUNDED", "Left", "codes_left", "codes_of_harvest", "yield_permille"]
