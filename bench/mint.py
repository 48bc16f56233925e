"""Animals that get a code and a box: serials durable, the lot's quota held, signature, label, aggregation.

Ten lots of 10,000 animals are minted as the page does it, on one core: the quota is checked, the batch is
reserved, its serials are durable in the item store, its manifest root is entered in the ledger. Then every
code is signed and written as it stands on a label, and all animals are packed, 200 a box: each box with its
SSCC, its commissioning and its packing event with every animal named, and its entry. "all_in" is the three
together. "bytes_an_animal" is what the whole data folder grew by over the animals: ledger, events, mentions
and indexes included. "bytes_an_animal_before_boxes" is the same before they were packed.

Peer: the bare Ed25519 signature of the cryptography package over the same messages, the ceiling.

Marks: 10,000 signed animals/s a core, at most 100 bytes an animal.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench import animals, own_instance
from bench.machine import describe

LOTS, ANIMALS, A_BOX = 10, 10_000, 200


def run() -> dict[str, Any]:
    """Measure; figures are per second but ``bytes_an_animal``."""
    machine = describe()
    results = own_instance.measured("from bench import mint; mint.measure()")
    bare = _bare_signatures()
    return {
        "name": "mint",
        "machine": machine,
        "workload": {"lots": LOTS, "animals": LOTS * ANIMALS, "a_box": A_BOX, "cores": 1},
        "results": results,
        "peers": {"cryptography": {"signed": bare}},
        "ratios": {"cryptography": {"signed": round(results["signed"] / bare, 2)}},
    }


def measure() -> None:
    """The child's part; prints its figures as JSON."""
    folder = own_instance.begin()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from jinmai.systems.traceability.services.item_codes import codes_of  # noqa: PLC0415
    from jinmai.systems.traceability.services.packing import pack_boxes  # noqa: PLC0415

    firm = animals.make_firm()
    lots = [animals.make_lot(firm, ANIMALS) for _ in range(LOTS)]
    animals.mint(firm, animals.make_lot(firm, 10), 10)  # makes the plant's key
    own_instance.settle()
    before, start = own_instance.kept_bytes(folder), time.perf_counter()
    batches = [animals.mint(firm, lot, ANIMALS) for lot in lots]
    minted = time.perf_counter() - start
    codes = [code for batch in batches for code in codes_of(batch)]
    both = time.perf_counter() - start
    if len(set(codes)) != LOTS * ANIMALS:
        raise RuntimeError("a code was given twice")
    own_instance.settle()
    bare = own_instance.kept_bytes(folder) - before
    start_packing = time.perf_counter()
    for batch in batches:
        pack_boxes(batch=batch, count=A_BOX, boxes=ANIMALS // A_BOX, at=animals.PACKED, by=firm.by)
    packed = time.perf_counter() - start_packing
    own_instance.settle()
    grown = own_instance.kept_bytes(folder) - before
    total = LOTS * ANIMALS
    print(
        json.dumps(
            {
                "minted": int(total / minted),
                "signed": int(total / (both - minted)),
                "minted_and_signed": int(total / both),
                "packed": int(total / packed),
                "all_in": int(total / (both + packed)),
                "bytes_an_animal_before_boxes": round(bare / total, 1),
                "bytes_an_animal": round(grown / total, 1),
            }
        )
    )


def _bare_signatures() -> int:
    key, messages = Ed25519PrivateKey.generate(), [f"animal {each}".encode() for each in range(20_000)]
    start = time.perf_counter()
    for message in messages:
        key.sign(message)
    return int(len(messages) / (time.perf_counter() - start))
