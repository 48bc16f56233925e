"""What the ledger records, seals and proves per second, beside pymerkle.

Tree: 100,000 leaves of 200 bytes in memory, proofs at random places; pymerkle (7.0, in memory, with SHA-256)
does the same with the same leaves and must give the same root. Durable: an instance of its own on this disk;
every acknowledged entry is synced. "single" is one entry a transaction as service verbs do it, "grouped" are
entries that come at the same time. pymerkle's SQLite tree commits each entry by itself.

Marks: 200,000 tree appends/s, 25,000 inclusion proofs/s, 10,000 durable entries/s grouped, 150 single.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec
import pymerkle

from bench import own_instance
from bench.machine import describe
from jinmai.standards import tlog

LEAVES = 100_000
LEAF_BYTES = 200
PROOFS = 20_000
PEER_PROOFS = 2_000
PEER_COMMITS = 200
GROUPED = 30_000
WAITING = 2_000
SINGLE_SECONDS = 3.0


def run() -> dict[str, Any]:
    """Measure tree, peer and store; every figure is per second."""
    machine = describe()
    dice = random.Random(1)
    leaves = [dice.randbytes(LEAF_BYTES) for _ in range(LEAVES)]
    tree, results = _tree(leaves)
    peer, peers = _pymerkle(leaves)
    if peer != tlog.root(tree, LEAVES):
        raise RuntimeError("the two trees do not have the same root")
    results |= own_instance.measured("from bench import ledger; ledger.measure_store()")
    ratios = {name: round(results[name] / figure, 2) for name, figure in peers["pymerkle"].items()}
    return {
        "name": "ledger",
        "machine": machine,
        "workload": {"leaves": LEAVES, "leaf_bytes": LEAF_BYTES, "grouped": GROUPED},
        "results": results,
        "peers": peers,
        "ratios": {"pymerkle": ratios},
    }


def _tree(leaves: list[bytes]) -> tuple[tlog.Tree, dict[str, int]]:
    tree = tlog.Tree()
    appends = _rate(leaves, tree.append)
    dice = random.Random(2)
    places = [dice.randrange(LEAVES) for _ in range(PROOFS)]
    root = tlog.root(tree, LEAVES)
    inclusion = _rate(places, lambda place: tlog.inclusion_proof(tree, place, LEAVES))
    proofs = [
        (place, tlog.leaf_hash(leaves[place]), tlog.inclusion_proof(tree, place, LEAVES)) for place in places
    ]
    checks = _rate(proofs, lambda one: tlog.verify_inclusion(one[0], LEAVES, one[1], one[2], root))
    consistency = _rate(places, lambda place: tlog.consistency_proof(tree, place + 1, LEAVES))
    return tree, {
        "tree_appends": appends,
        "inclusion_proofs": inclusion,
        "inclusion_checks": checks,
        "consistency_proofs": consistency,
    }


def _pymerkle(leaves: list[bytes]) -> tuple[bytes, dict[str, dict[str, int]]]:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    appends = _rate(leaves, tree.append_entry)
    dice = random.Random(2)
    places = [dice.randrange(LEAVES) + 1 for _ in range(PEER_PROOFS)]
    root = tree.get_root()
    inclusion = _rate(places, lambda place: tree.prove_inclusion(place, LEAVES))
    proofs = [(tree.get_leaf(place), tree.prove_inclusion(place, LEAVES)) for place in places]
    checks = _rate(proofs, lambda one: pymerkle.verify_inclusion(one[0], root, one[1]))
    with tempfile.TemporaryDirectory(prefix="bench-pymerkle-") as folder:
        stored = pymerkle.SqliteTree(str(Path(folder) / "tree.sqlite3"), algorithm="sha256")
        single = _rate(leaves[:PEER_COMMITS], stored.append_entry)
        stored.con.close()
    return root, {
        "pymerkle": {
            "tree_appends": appends,
            "inclusion_proofs": inclusion,
            "inclusion_checks": checks,
            "durable_single": single,
        }
    }


def _rate(items: list[Any], act: Callable[[Any], object]) -> int:
    start = time.perf_counter()
    for item in items:
        act(item)
    return int(len(items) / (time.perf_counter() - start))


class Reading(msgspec.Struct):
    """The payload of an entry: a digest of a batch of telemetry."""

    rows: int
    digest: str


def measure_store() -> None:
    """The child's part: record, seal and check on a fresh database; prints its figures as JSON."""
    own_instance.begin()
    from jinmai.core.ledger.check import check_ledger  # noqa: PLC0415
    from jinmai.core.ledger.sealer import seal_pending  # noqa: PLC0415

    figures = {"durable_single": _single_entries(), "durable_grouped": _grouped_entries()}
    start = time.perf_counter()
    figures["sealed"] = int(seal_pending() / (time.perf_counter() - start))
    start = time.perf_counter()
    report = check_ledger()
    figures["checked"] = int(report.entries / (time.perf_counter() - start))
    if report.faults:
        raise RuntimeError(str(report.faults[0]))
    print(json.dumps(figures))


def _single_entries() -> int:
    """Entries a second, each in a transaction of its own."""
    from django.db import transaction  # noqa: PLC0415

    from jinmai.core.ledger import api  # noqa: PLC0415

    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SINGLE_SECONDS:
        with transaction.atomic():
            api.append(**_entry(count))
        count += 1
    return int(count / (time.perf_counter() - start))


def _grouped_entries() -> int:
    """Entries a second from one producer that keeps some thousand of them waiting for the disk."""
    from jinmai.core.ledger import api  # noqa: PLC0415

    start = time.perf_counter()
    waiting: deque[Future[bool]] = deque()
    for count in range(GROUPED):
        waiting.append(api.append_durably(**_entry(count)))
        if len(waiting) > WAITING:
            waiting.popleft().result()
    for future in waiting:
        future.result()
    return int(GROUPED / (time.perf_counter() - start))


def _entry(count: int) -> dict[str, Any]:
    return {
        "kind": "bench.batch_stored.v1",
        "subject": f"device:{count % 1000}",
        "payload": Reading(count, "0f" * 32),
        "actor": "bench",
    }
