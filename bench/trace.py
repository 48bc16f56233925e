"""From an animal to its hatchery and from a lot to its animals, among as many animals as time and room allow.

Animals are minted in batches of a million, each with its lot, harvest and seed, until MINUTES are over or the
store takes GIGABYTES. One minute is usual; the whole measurement is

    JINMAI_BENCH_MINUTES=15 jinmai bench trace --json

Traces are of animals drawn over all batches: "animal_to_hatchery" is from a code's letters to the lots back
to the seed. "recall" is of a lot of 100,000 animals packed into boxes of 50 that went to a shop: found, every
animal's code listed, and entered.

"mint_rate_first" and "mint_rate_last" say how minting slows down as the file grows; with them and the depth
of the tree one may judge 300 million, which this benchmark does not claim to have measured.

Marks: animal to hatchery p99 50 ms, recall of 100,000 animals 2.2 s.
"""

from __future__ import annotations

import json
import os
import random
import time
from typing import TYPE_CHECKING, Any

from bench import animals, own_instance
from bench.machine import describe

if TYPE_CHECKING:
    from jinmai.systems.traceability.models import Lot

BATCH, RECALLED, IN_A_BOX = 1_000_000, 100_000, 50
MINUTES, GIGABYTES = 1.0, 40
TRACES = 3_000


def run() -> dict[str, Any]:
    """Measure; times are in milliseconds."""
    machine = describe()
    told = own_instance.measured("from bench import trace; trace.measure()")
    return {
        "name": "trace",
        "machine": machine,
        "workload": {"minutes": _minutes(), "batch": BATCH, "recalled": RECALLED},
        "results": told,
        "peers": {},
        "ratios": {},
    }


def measure() -> None:
    """The child's part; prints its figures as JSON."""
    folder = own_instance.begin()
    firm = animals.make_firm()
    recalled = _recallable(firm)
    rates = _fill(firm, folder)
    own_instance.settle()
    print(
        json.dumps(
            {
                "animals": BATCH * len(rates) + RECALLED,
                "bytes_an_animal": round(own_instance.kept_bytes(folder / "items") / (BATCH * len(rates)), 1),
                "mint_rate_first": rates[0],
                "mint_rate_last": rates[-1],
                **_traces(),
                **_recall(firm, recalled),
            }
        )
    )


def _minutes() -> float:
    return float(os.environ.get("JINMAI_BENCH_MINUTES") or MINUTES)


def _fill(firm: animals.Firm, folder: Any) -> list[int]:
    """Mint until time or room is used up; the animals per second of each batch."""
    rates: list[int] = []
    end = time.monotonic() + _minutes() * 60
    while not rates or time.monotonic() + BATCH / rates[-1] < end:
        lot = animals.make_lot(firm, BATCH)
        start = time.perf_counter()
        animals.mint(firm, lot, BATCH)
        rates.append(int(BATCH / (time.perf_counter() - start)))
        if own_instance.kept_bytes(folder) > (GIGABYTES - 1) * 10**9:
            break
    return rates


def _traces() -> dict[str, float]:
    from jinmai.systems.traceability.models import MintBatch  # noqa: PLC0415
    from jinmai.systems.traceability.selectors.stores import item_store  # noqa: PLC0415
    from jinmai.systems.traceability.selectors.trace import item_way, serial_letters  # noqa: PLC0415

    dice, store = random.Random(5), item_store()
    batches = list(MintBatch.objects.select_related("lot__product"))
    wanted = []
    for _ in range(TRACES):
        batch = dice.choice(batches)
        (serial,) = store.serials(batch.request, dice.randrange(batch.count), 1) or [0]
        wanted.append((batch, serial_letters(serial)))
    store.close()
    took = []
    for batch, letters in wanted:
        start = time.perf_counter()
        way = item_way(batch.lot.product.gtin, letters)
        origins = way.origins if way else []
        took.append((time.perf_counter() - start) * 1000)
        if [lot.code for lot in origins] != ["S" + batch.lot.code[1:]]:
            raise RuntimeError(f"{letters} leads to {origins}")
    took.sort()
    return {
        "animal_to_hatchery_p50_ms": round(took[len(took) // 2], 2),
        "animal_to_hatchery_p99_ms": round(took[len(took) * 99 // 100], 2),
        "animal_to_hatchery_first_ms": round(max(took), 2),
    }


def _recallable(firm: animals.Firm) -> Lot:
    """A lot of 100,000 animals in boxes that went to the shop."""
    from jinmai.systems.traceability.services.packing import (  # noqa: PLC0415
        Destination,
        pack_boxes,
        ship,
    )

    lot = animals.make_lot(firm, RECALLED)
    batch = animals.mint(firm, lot, RECALLED)
    at = animals.BEGAN
    for _ in range(RECALLED // IN_A_BOX // 500):
        for box in pack_boxes(batch=batch, count=IN_A_BOX, boxes=500, at=at, by=firm.by):
            ship(unit=box, to=Destination(site=firm.sites["shop"]), at=at, by=firm.by)
    return lot


def _recall(firm: animals.Firm, lot: Lot) -> dict[str, float]:
    from jinmai.systems.traceability.models import Recall  # noqa: PLC0415
    from jinmai.systems.traceability.selectors.trace import reach  # noqa: PLC0415
    from jinmai.systems.traceability.services.recalls import start_recall  # noqa: PLC0415

    start = time.perf_counter()
    found = reach(lot)
    codes = [letters for _, _, letters in found.serials]
    listed = time.perf_counter()
    recall = start_recall(recall=Recall(lot=lot, reason="bench"), by=firm.by)
    done = time.perf_counter()
    if (recall.animals, len(set(codes))) != (RECALLED, RECALLED) or recall.units < RECALLED / IN_A_BOX:
        raise RuntimeError(f"the recall found {recall.animals} animals in {recall.units} boxes")
    return {
        "recall_found_and_listed_ms": round((listed - start) * 1000),
        "recall_started_ms": round((done - listed) * 1000),
    }
