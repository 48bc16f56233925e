"""How many codes hang on harvests over all generations of lots, and how many animals those harvests had.

Between a harvest and an animal's code may lie any number of lots: repacked, merged, split. A code takes one
animal out of the harvests at the top of its way, whichever lots lie between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from jinmai.systems.traceability.choices import LotKind
from jinmai.systems.traceability.models import Lot, MintBatch
from jinmai.systems.traceability.selectors.trace import downstream, upstream

# Harvests hang together over lots that mix them; a firm that mixes every one with the next has no end.
MOST_ROUNDS = 8


@dataclass(frozen=True)
class _Around:
    """Lots with all above them, and the counted harvests at the top of each (None: not all counted)."""

    lots: dict[int, Lot]
    tops: dict[int, frozenset[int] | None]


def animals_left(lot: Lot) -> int | None:
    """How many animals of the harvests behind a lot have no code yet; None where one was not counted.

    Checked for the lot's own harvests, and for those that other lots mix with them, step by step: what one
    lot took of a shared harvest the other cannot take again.
    """
    tops = _around([lot]).tops[lot.pk]
    if not tops:
        return None
    left: int | None = None
    for _round in range(MOST_ROUNDS):
        around = _around(downstream(Lot.objects.filter(pk__in=tops)))
        within = [pk for pk, above in around.tops.items() if above and above <= tops]
        rest = max(0, sum(around.lots[pk].animals or 0 for pk in tops) - _codes(within))
        left = rest if left is None else min(left, rest)
        wider = tops.union(*(above for above in around.tops.values() if above and above & tops))
        if wider == tops:
            break
        tops = wider
    return left


def codes_of_harvest(lot: Lot) -> int:
    """How many codes were given to animals that can be of this harvest alone."""
    made = downstream([lot])
    if len(made) == 1:
        return 0
    tops = _around(made).tops
    return _codes([each.pk for each in made if tops[each.pk] and tops[each.pk] == tops[lot.pk]])


def _around(lots: Iterable[Lot]) -> _Around:
    known = {each.pk: each for each in upstream(lots)}
    tops: dict[int, frozenset[int] | None] = {}
    waiting = list(known)
    while waiting:  # what a lot was made of comes before it
        pk = waiting[-1]
        above = [taken.source_id for taken in known[pk].inputs.all() if taken.source_id in known]
        above = [source for source in above if known[source].kind != LotKind.SEED]
        missing = [source for source in above if source not in tops]
        if pk in tops or not missing:
            tops[waiting.pop()] = _tops_of(known[pk], [tops[source] for source in above])
        else:
            waiting += missing
    return _Around(known, tops)


def _tops_of(lot: Lot, above: list[frozenset[int] | None]) -> frozenset[int] | None:
    if above and all(tops is not None for tops in above):
        return frozenset[int]().union(*(tops for tops in above if tops is not None))
    if lot.kind == LotKind.HARVEST and lot.animals is not None:
        return frozenset({lot.pk})
    return None


def _codes(lots: list[int]) -> int:
    return MintBatch.objects.filter(lot__in=lots).aggregate(total=Sum("count"))["total"] or 0
