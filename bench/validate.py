"""EPCIS documents read and judged per second on one core: the standard's structure, meaning and identifiers.

Documents of 2,000 ObjectEvents as a packing line sends them, one object each, and of 100 events with 1,000
objects each; in JSON-LD and in XML 2.0. "read" is from bytes to canonical events, "judged" the faults of
those, "events" and "epcs" both together. Every document has to be found good, and one with a wrong check
digit in its last event has to be refused there.

Peer: jsonschema-rs with this house's own schema of an event and nothing else, over the same parsed events:
what a check of structure alone costs.

Mark: capture validates, hashes and stores 5,000 events/s and 100,000 EPCs/s on two cores.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import orjson

from bench.machine import describe
from jinmai.standards.epcis import faults, read, write
from jinmai.standards.epcis.schema import EVENT_VALIDATORS

EVENTS, ROUNDS = 2_000, 10
LISTS, OBJECTS = 100, 1_000
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def run() -> dict[str, Any]:
    """Measure; every figure is per second, the best of ten rounds."""
    machine = describe()
    singles = _document([_event(at, 1) for at in range(EVENTS)])
    lists = _document([_event(at, OBJECTS) for at in range(LISTS)])
    in_xml = write(read(singles), "xml-2.0")
    _expect_refusal(singles)
    parsed = read(singles)
    results = {
        "json_read": _rate(EVENTS, lambda: read(singles)),
        "json_judged": _rate(EVENTS, lambda: _expect_good(faults(parsed))),
        "json_events": _rate(EVENTS, lambda: _expect_good(faults(read(singles)))),
        "json_epcs": _rate(LISTS * OBJECTS, lambda: _expect_good(faults(read(lists)))),
        "xml_read": _rate(EVENTS, lambda: read(in_xml)),
        "xml_events": _rate(EVENTS, lambda: _expect_good(faults(read(in_xml)))),
        "xml_written": _rate(EVENTS, lambda: write(parsed, "xml-2.0")),
    }
    is_valid = EVENT_VALIDATORS["ObjectEvent"].is_valid
    structure = _rate(EVENTS, lambda: sum(map(is_valid, parsed.events)))
    return {
        "name": "validate",
        "machine": machine,
        "workload": {"events": EVENTS, "lists": LISTS, "objects": OBJECTS, "bytes": len(singles)},
        "results": results,
        "peers": {"jsonschema-rs": {"json_judged": structure}},
        "ratios": {"jsonschema-rs": {"json_judged": round(results["json_judged"] / structure, 2)}},
    }


def _event(number: int, objects: int) -> dict[str, Any]:
    serials = range(number * objects, (number + 1) * objects)
    return {
        "type": "ObjectEvent",
        "eventTime": f"2026-04-04T20:{number // 60 % 60:02}:{number % 60:02}.116+08:00",
        "eventTimeZoneOffset": "+08:00",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "epcList": [f"https://id.gs1.org/01/06901234567892/21/{serial:010}" for serial in serials],
        "action": "OBSERVE",
        "bizStep": "packing",
        "disposition": "in_progress",
        "readPoint": {"id": "urn:epc:id:sgln:6901234.00001.7"},
        "bizTransactionList": [{"type": "prodorder", "bizTransaction": f"urn:epcglobal:cbv:bt:1:{number}"}],
    }


def _document(events: list[dict[str, Any]]) -> bytes:
    return orjson.dumps(
        {
            "@context": [CONTEXT],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-04-04T21:00:00+08:00",
            "epcisBody": {"eventList": events},
        }
    )


def _expect_good(found: list[Any]) -> None:
    if found:
        raise RuntimeError(f"a good document has faults: {found[0]}")


def _expect_refusal(document: bytes) -> None:
    good, wrong = b"/06901234567892/21/%010d" % (EVENTS - 1), b"/06901234567893/21/%010d" % (EVENTS - 1)
    places = [fault.place for fault in faults(read(document.replace(good, wrong)))]
    if places != [f"/epcisBody/eventList/{EVENTS - 1}/epcList/0"]:
        raise RuntimeError(f"a wrong check digit was found at {places}")


def _rate(count: int, act: Callable[[], object]) -> int:
    best = 0.0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        best = max(best, count / (time.perf_counter() - start))
    return int(best)
