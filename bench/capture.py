"""EPCIS events taken in per second: read, validated, hashed, indexed, durable with their ledger entry.

Documents are JSON-LD as a plant hands them in, of 500 events each: half are observations of lots with
quantity and source, half are boxes packed with 200 animals named one by one. One process takes them from
bytes to the committed job, then two processes take them at once: reading, validating and hashing, which are
four fifths of the work, overlap; at SQLite's one writer they take turns. "epcs" counts every single object
that is named in an event and found again by it.

Marks: 5,000 events/s and 100,000 EPCs/s on two cores. Peers of this kind (OpenEPCIS, Oliot) are servers in
Java with their own databases that are not installed here; none is measured in this run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import own_instance
from bench.machine import describe

EVENTS, ANIMALS_A_BOX = 500, 200
LOT_DOCUMENTS, BOX_DOCUMENTS = 24, 8
GTIN = "09520781000033"
WHEN = datetime(2024, 11, 1, tzinfo=UTC)


def run() -> dict[str, Any]:
    """Measure; figures are per second."""
    machine = describe()
    return {
        "name": "capture",
        "machine": machine,
        "workload": {
            "events_a_document": EVENTS,
            "lot_documents": LOT_DOCUMENTS,
            "box_documents": BOX_DOCUMENTS,
            "animals_a_box": ANIMALS_A_BOX,
        },
        "results": own_instance.measured("from bench import capture; capture.measure()"),
        "peers": {},
        "ratios": {},
    }


def measure() -> None:
    """The child's part; prints its figures as JSON."""
    own_instance.begin()
    lots = [_document(number, _lot_event) for number in range(LOT_DOCUMENTS)]
    boxes = [_document(number, _box_event) for number in range(BOX_DOCUMENTS)]
    figures = {
        "events_one_process": int(LOT_DOCUMENTS * EVENTS / _taken_in(lots, "one")),
        "epcs_one_process": int(BOX_DOCUMENTS * EVENTS * (ANIMALS_A_BOX + 1) / _taken_in(boxes, "box")),
        "events_two_processes": int(2 * LOT_DOCUMENTS * EVENTS / _by_two("lots")),
        "epcs_two_processes": int(2 * BOX_DOCUMENTS * EVENTS * (ANIMALS_A_BOX + 1) / _by_two("boxes")),
    }
    print(json.dumps(figures))


def take_in(which: str, who: int) -> None:
    """One of two processes: waits for a line on its input, takes its documents in."""
    import django  # noqa: PLC0415 - the child of a child

    django.setup()
    if which == "lots":
        documents = [_document(1000 * who + each, _lot_event) for each in range(LOT_DOCUMENTS)]
    else:
        documents = [_document(1000 * who + each, _box_event) for each in range(BOX_DOCUMENTS)]
    print("ready", flush=True)
    sys.stdin.readline()
    _taken_in(documents, f"{which}-{who}")


def _taken_in(documents: list[bytes], name: str) -> float:
    from jinmai.systems.traceability.services.capture import capture  # noqa: PLC0415

    start = time.perf_counter()
    for number, document in enumerate(documents):
        job = capture(document_or_events=document, party=None, key=f"{name}-{number}")
        if not job.success:
            raise RuntimeError(str(job.errors[:1]))
    return time.perf_counter() - start


def _by_two(which: str) -> float:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", f"from bench import capture; capture.take_in({which!r}, {who})"],
            cwd=own_instance.ROOT,
            env=os.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for who in (1, 2)
    ]
    for child in children:
        if child.stdout is None or child.stdout.readline() != b"ready\n":
            raise RuntimeError("a process did not come up")
    start = time.perf_counter()
    for child in children:
        child.communicate(b"go\n")
    took = time.perf_counter() - start
    if any(child.returncode for child in children):
        raise RuntimeError("a process failed")
    return took


def _document(number: int, event: Any) -> bytes:
    events = [event(number * EVENTS + each) for each in range(EVENTS)]
    return json.dumps(
        {
            "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2024-11-02T00:00:00Z",
            "epcisBody": {"eventList": events},
        }
    ).encode()


def _lot_event(number: int) -> dict[str, Any]:
    return _of("ObjectEvent", number, "shipping", "in_transit") | {
        "action": "OBSERVE",
        "quantityList": [
            {"epcClass": f"https://id.gs1.org/01/{GTIN}/10/L{number}", "quantity": 900, "uom": "KGM"}
        ],
        "sourceList": [{"type": "owning_party", "source": "https://id.gs1.org/417/9520781001030"}],
        "bizTransactionList": [{"type": "desadv", "bizTransaction": f"urn:uuid:{number:032x}"}],
    }


def _box_event(number: int) -> dict[str, Any]:
    digits = f"0952078{number:010}"
    return _of("AggregationEvent", 10**7 + number, "packing", "in_progress") | {
        "action": "ADD",
        "parentID": f"https://id.gs1.org/00/{digits}{_check_digit(digits)}",
        "childEPCs": [
            f"https://id.gs1.org/01/{GTIN}/21/{number * ANIMALS_A_BOX + each:010}"
            for each in range(ANIMALS_A_BOX)
        ],
    }


def _of(kind: str, number: int, step: str, disposition: str) -> dict[str, Any]:
    return {
        "type": kind,
        "eventTime": (WHEN + timedelta(milliseconds=number)).isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": "+08:00",
        "bizStep": step,
        "disposition": disposition,
        "readPoint": {"id": "https://id.gs1.org/414/9520781001030"},
        "bizLocation": {"id": "https://id.gs1.org/414/9520781001030"},
    }


def _check_digit(digits: str) -> str:
    from jinmai.standards.gs1 import check_digit  # noqa: PLC0415 - the parent needs no Jinmai

    return check_digit(digits)
