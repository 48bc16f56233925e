"""Events hashed per second on one core, from JSON and from XML, beside the reference implementation.

One document of object events with a serial, a read point, a transaction, two parties and an extension, in
both syntaxes. "hash" takes events that are read already; "from_json" and "from_xml" read the document first,
as the peer does.

Peer: epcis-event-hash-generator (1.9.3, Python) on the first events of the same documents; its hashes must be
ours.

Mark: 10,000 events/s.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from bench.machine import describe
from jinmai.standards import epcis, event_hash

EVENTS, PEER_EVENTS = 20_000, 400
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"example": "https://ns.example.com/epcis/"},
]


def run() -> dict[str, Any]:
    """Measure; every figure is events per second of this process's time on a core."""
    machine = describe()
    as_json, as_xml = _json(EVENTS), _xml(EVENTS)
    document = epcis.read(as_json)
    hasher = event_hash.EventHasher(document.context)
    ours, bare = _rate(EVENTS, lambda: [hasher.hash(event) for event in document.events])
    from_json, json_rate = _rate(EVENTS, lambda: event_hash.document_hashes(epcis.read(as_json)))
    from_xml, xml_rate = _rate(EVENTS, lambda: event_hash.document_hashes(epcis.read(as_xml)))
    if not ours == from_json == from_xml:
        raise RuntimeError("the same events have different hashes in JSON and in XML")
    peers = _peer(ours[:PEER_EVENTS])
    results = {"hash": bare, "from_json": json_rate, "from_xml": xml_rate}
    return {
        "name": "event_hash",
        "machine": machine,
        "workload": {
            "events": EVENTS,
            "peer_events": PEER_EVENTS,
            "json_bytes_an_event": len(as_json) // EVENTS,
        },
        "results": results,
        "peers": {"epcis-event-hash-generator": peers},
        "ratios": {
            "epcis-event-hash-generator": {
                name: round(results[name] / figure, 1) for name, figure in peers.items() if figure
            }
        },
    }


def _rate(count: int, act: Callable[[], list[str]]) -> tuple[list[str], int]:
    start = time.process_time()
    found = act()
    return found, int(count / (time.process_time() - start))


def _peer(expected: list[str]) -> dict[str, int]:
    from epcis_event_hash_generator import events_from_file_reader, hash_generator  # noqa: PLC0415 - slow to load

    logging.disable(logging.WARNING)
    figures = {}
    for name, suffix, content in (
        ("from_json", "jsonld", _json(PEER_EVENTS)),
        ("from_xml", "xml", _xml(PEER_EVENTS)),
    ):
        with tempfile.NamedTemporaryFile(suffix=f".{suffix}") as file:
            Path(file.name).write_bytes(content)

            def both(path: str = file.name) -> list[str]:
                events = events_from_file_reader.event_list_from_file(path)
                found: list[str] = hash_generator.epcis_hashes_from_events(events)
                return found

            found, figures[name] = _rate(PEER_EVENTS, both)
        if found != expected:
            raise RuntimeError(f"the peer has other hashes {name}")
    logging.disable(logging.NOTSET)
    return figures


def _json(count: int) -> bytes:
    return orjson.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-11-20T12:00:00+08:00",
            "epcisBody": {"eventList": [_event(number) for number in range(count)]},
        }
    )


def _event(number: int) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventTime": f"2026-11-20T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.5+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"urn:epc:id:sgtin:6901234.056789.{number:010}"],
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": f"urn:epc:id:sgln:6901234.{number % 100_000:05}.0"},
        "bizTransactionList": [
            {"type": "desadv", "bizTransaction": f"urn:epcglobal:cbv:bt:6901234000009:{number}"}
        ],
        "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:6901234.00000"}],
        "destinationList": [{"type": "owning_party", "destination": "urn:epc:id:pgln:6925678.10000"}],
        "example:basket": f"K{number}",
    }


def _xml(count: int) -> bytes:
    events = "".join(_xml_event(_event(number)) for number in range(count))
    return (
        '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2"'
        ' xmlns:example="https://ns.example.com/epcis/" schemaVersion="2.0"'
        ' creationDate="2026-11-20T12:00:00+08:00">'
        f"<EPCISBody><EventList>{events}</EventList></EPCISBody></epcis:EPCISDocument>"
    ).encode()


def _xml_event(event: dict[str, Any]) -> str:
    transaction = event["bizTransactionList"][0]["bizTransaction"]
    sdt = "urn:epcglobal:cbv:sdt:owning_party"
    return (
        f"<ObjectEvent><eventTime>{event['eventTime']}</eventTime>"
        f"<eventTimeZoneOffset>{event['eventTimeZoneOffset']}</eventTimeZoneOffset>"
        f"<epcList><epc>{event['epcList'][0]}</epc></epcList><action>OBSERVE</action>"
        "<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>"
        "<disposition>urn:epcglobal:cbv:disp:in_transit</disposition>"
        f"<readPoint><id>{event['readPoint']['id']}</id></readPoint>"
        '<bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:desadv">'
        f"{transaction}</bizTransaction></bizTransactionList>"
        f'<sourceList><source type="{sdt}">{event["sourceList"][0]["source"]}</source></sourceList>'
        f'<destinationList><destination type="{sdt}">'
        f"{event['destinationList'][0]['destination']}</destination></destinationList>"
        f"<example:basket>{event['example:basket']}</example:basket></ObjectEvent>"
    )
