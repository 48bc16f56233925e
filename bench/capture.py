"""EPCIS events taken in per second: read, validated, hashed, indexed, durable with their ledger entry.

Documents are JSON-LD as a plant hands them in, of 500 events each: half are observations of lots with
quantity, source and destination, half are boxes packed with 200 animals named one by one. Forty firms with
three sites each, which events name as read points, locations, sources and destinations, hand them in; of
each event it is settled who may read it: who handed it in, and the owners of both ends. One process takes
the documents from bytes to the committed job, then two processes take them at once: reading, validating and
hashing, which are four fifths of the work, overlap; at SQLite's one writer they take turns. "epcs" counts
every single object that is named in an event and found again by it. At the end each firm's readers see its
own part; "page_ms" is the median delay of a page of a firm's newest 30 events of one step.

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
from functools import cache
from typing import Any

from bench import own_instance
from bench.machine import describe

EVENTS, ANIMALS_A_BOX = 500, 200
LOT_DOCUMENTS, BOX_DOCUMENTS = 24, 8
FIRMS, SITES_A_FIRM = 40, 3
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
            "firms": FIRMS,
            "sites_a_firm": SITES_A_FIRM,
        },
        "results": own_instance.measured("from bench import capture; capture.measure()"),
        "peers": {},
        "ratios": {},
    }


def measure() -> None:
    """The child's part; prints its figures as JSON."""
    own_instance.begin()
    _make_firms()
    lots = [_document(number, _lot_event) for number in range(LOT_DOCUMENTS)]
    boxes = [_document(number, _box_event) for number in range(BOX_DOCUMENTS)]
    figures = {
        "events_one_process": int(LOT_DOCUMENTS * EVENTS / _taken_in(lots, "one")),
        "epcs_one_process": int(BOX_DOCUMENTS * EVENTS * (ANIMALS_A_BOX + 1) / _taken_in(boxes, "box")),
        "events_two_processes": int(2 * LOT_DOCUMENTS * EVENTS / _by_two("lots")),
        "epcs_two_processes": int(2 * BOX_DOCUMENTS * EVENTS * (ANIMALS_A_BOX + 1) / _by_two("boxes")),
    }
    print(json.dumps(figures | _readers()))


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

    firms = _firms()
    start = time.perf_counter()
    for number, document in enumerate(documents):
        party = firms[number % FIRMS]
        job = capture(document_or_events=document, party=party, key=f"{name}-{number}")
        if not job.success:
            raise RuntimeError(str(job.errors[:1]))
    return time.perf_counter() - start


def _make_firms() -> None:
    from jinmai.core.access.api import Membership, Organisation, User  # noqa: PLC0415 - after django.setup()
    from jinmai.systems.traceability.models import Site  # noqa: PLC0415

    for number in range(FIRMS):
        firm = Organisation.objects.create(
            code=f"{number:018}", name_zh=f"评测{number}", kind="enterprise", district="210781"
        )
        user = User.objects.create_user(f"reader-{number}", display_name="reader")
        Membership.objects.create(user=user, organisation=firm, role="chain_worker")
        for site in range(number * SITES_A_FIRM, (number + 1) * SITES_A_FIRM):
            Site.objects.create(
                key=f"bench-{site}",
                owner=firm,
                kind="processor",
                name_zh=f"场所{site}",
                district_code="210781",
                gln=_gln(site),
            )


def _firms() -> list[Any]:
    from jinmai.core.access.api import Organisation  # noqa: PLC0415 - after django.setup()

    return list(Organisation.objects.filter(name_zh__startswith="评测").order_by("code"))


def _readers() -> dict[str, Any]:
    """What readers of the firms see: only what concerns them, and how soon a page of it answers."""
    from jinmai.core.access.api import User  # noqa: PLC0415 - after django.setup()
    from jinmai.standards.epcis_query import read_query  # noqa: PLC0415
    from jinmai.systems.traceability.models import Event, EventReader  # noqa: PLC0415
    from jinmai.systems.traceability.selectors.events import events_for, page_of  # noqa: PLC0415

    query, delays, seen = read_query({"EQ_bizStep": ["shipping"]}), [], []
    for reader in User.objects.filter(username__startswith="reader-"):
        rows = events_for(reader)
        seen.append(rows.count())
        start = time.perf_counter()
        page = page_of(rows, query, 30)
        delays.append((time.perf_counter() - start) * 1000)
        if len(page.found) != 30:
            raise RuntimeError("a firm does not see its own events")
    if sum(seen) != EventReader.objects.count() or max(seen) >= Event.objects.count():
        raise RuntimeError("a firm sees what does not concern it")
    return {
        "readers_an_event": round(sum(seen) / Event.objects.count(), 2),
        "page_ms": round(sorted(delays)[len(delays) // 2], 1),
    }


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
        "sourceList": [{"type": "possessing_party", "source": f"https://id.gs1.org/417/{_gln(number)}"}],
        "destinationList": [
            {
                "type": "possessing_party",
                "destination": f"https://id.gs1.org/417/{_gln(number + SITES_A_FIRM)}",
            }
        ],
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
        "readPoint": {"id": f"https://id.gs1.org/414/{_gln(number)}/254/{number % 7}"},
        "bizLocation": {"id": f"https://id.gs1.org/414/{_gln(number)}"},
    }


@cache
def _site_gln(site: int) -> str:
    digits = f"9520781{site:05}"
    return digits + _check_digit(digits)


def _gln(number: int) -> str:
    """The number of one of the sites, each in its turn."""
    return _site_gln(number % (FIRMS * SITES_A_FIRM))


def _check_digit(digits: str) -> str:
    from jinmai.standards.gs1 import check_digit  # noqa: PLC0415 - the parent needs no Jinmai

    return check_digit(digits)
