"""Capturing events: all or the good ones, once a key, seen by whom they concern, entered in the ledger."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest

from jinmai.core.access.api import visible
from jinmai.core.ledger.api import entries_for
from jinmai.standards import tlog
from jinmai.standards.epcis import Refused
from jinmai.standards.event_hash import event_hash
from jinmai.standards.gs1 import canonical
from jinmai.systems.traceability.choices import MentionRole
from jinmai.systems.traceability.models import CaptureJob, Event, EventMention
from jinmai.systems.traceability.models.event_storage import name_hash, read_body
from jinmai.systems.traceability.services.capture import EventsRefused, KeyReused, capture, record_events
from jinmai.systems.traceability.tests.factories import make_member, make_organisation, make_site

pytestmark = pytest.mark.django_db

GOOD: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2026-05-04T08:00:00.000+08:00",
    "eventTimeZoneOffset": "+08:00",
    "epcList": ["urn:epc:id:sgtin:0614141.107346.2018"],
    "action": "OBSERVE",
    "bizStep": "shipping",
    "readPoint": {"id": "urn:epc:id:sgln:0614141.00777.0"},
}
LATER = GOOD | {"eventTime": "2026-05-05T08:00:00.000+08:00"}
BAD = GOOD | {"action": "LOOK"}


def mentions(role: MentionRole, uri: str) -> int:
    """How many events mention a name in a role."""
    return EventMention.objects.filter(role=role, name=name_hash(canonical(uri))).count()


def test_events_are_kept_with_hash_id_and_index() -> None:
    owner = make_organisation()
    job = capture(document_or_events=[GOOD, LATER], party=owner, key="k")
    assert (job.success, job.events_count, job.errors) == (True, 2, [])
    first = job.events.order_by("pk")[0]
    hashed = event_hash(GOOD)
    assert (first.event_id, bytes(first.hash).hex()) == (hashed, hashed[len("ni:///sha-256;") :][:64])
    assert read_body(first.body, first.record_time) == GOOD | {
        "eventID": hashed,
        "recordTime": first.record_time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    assert (first.biz_step, first.read_point) == ("shipping", "https://id.gs1.org/414/0614141007776")
    assert mentions(MentionRole.EPC, "https://id.gs1.org/01/10614141073464/21/2018") == 2


def test_one_entry_tells_job_count_and_root() -> None:
    owner = make_organisation()
    job = capture(document_or_events=[GOOD, LATER], party=owner, key="k")
    (entry,) = entries_for(f"traceability.capture:{job.capture_id}")
    tree = tlog.Tree(bytes(event.hash) for event in job.events.order_by("pk"))
    bodies = tlog.Tree(hashlib.sha256(event.body).digest() for event in job.events.order_by("pk"))
    assert entry.payload == {
        "capture": job.capture_id,
        "owner": owner.code,
        "events": 2,
        "merkle_root": tlog.root(tree, 2).hex(),
        "bodies_root": tlog.root(bodies, 2).hex(),
    }


def test_rollback_keeps_nothing_and_tells_the_place() -> None:
    job = capture(document_or_events=[GOOD, BAD], party=make_organisation(), key="k")
    assert (job.success, job.events_count, Event.objects.count()) == (False, 0, 0)
    assert [error["place"] for error in job.errors] == ["/epcisBody/eventList/1/action"]
    assert list(entries_for(f"traceability.capture:{job.capture_id}")) == []


def test_proceed_keeps_exactly_the_good_events() -> None:
    events = [GOOD, BAD, LATER, LATER]
    job = capture(document_or_events=events, party=make_organisation(), key="k", error_behaviour="proceed")
    assert (job.success, job.events_count) == (False, 2)
    assert {event.event_id for event in job.events.all()} == {event_hash(GOOD), event_hash(LATER)}
    assert [error["place"] for error in job.errors] == [
        "/epcisBody/eventList/1/action",
        "/epcisBody/eventList/3/eventID",
    ]


def test_the_same_key_is_the_same_job_and_another_document_is_refused() -> None:
    owner = make_organisation()
    job = capture(document_or_events=[GOOD], party=owner, key="k")
    assert capture(document_or_events=[GOOD], party=owner, key="k") == job
    assert capture(document_or_events=[LATER], party=make_organisation(), key="k") != job
    with pytest.raises(KeyReused):
        capture(document_or_events=[LATER], party=owner, key="k")
    assert CaptureJob.objects.count() == 2


def test_an_event_is_kept_once_and_its_declaration_of_error_beside_it() -> None:
    owner = make_organisation()
    named = GOOD | {"eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"}
    declared = named | {"errorDeclaration": {"declarationTime": "2026-05-06T00:00:00.000Z"}}
    assert capture(document_or_events=[named], party=owner, key="1").success
    assert not capture(document_or_events=[named], party=owner, key="2").success
    assert capture(document_or_events=[declared], party=owner, key="3").success
    assert Event.objects.filter(event_id=named["eventID"]).count() == 2


def test_who_captured_and_whom_it_names_see_an_event_and_nobody_else() -> None:
    alice, bob, charlie = (make_organisation() for _ in range(3))
    make_site(bob, gln="0614141007776")
    shipped = GOOD | {
        "destinationList": [{"type": "possessing_party", "destination": "urn:epc:id:pgln:0614141.00777"}]
    }
    capture(document_or_events=[shipped], party=alice, key="k")
    seen = [
        visible(make_member(f"m{n}", "chain_worker", one), "traceability.view_event", Event.objects.all())
        for n, one in enumerate((alice, bob, charlie))
    ]
    assert [rows.count() for rows in seen] == [1, 1, 0]
    officer = make_member("officer", "bureau_officer", make_organisation("bureau"))
    assert visible(officer, "traceability.view_event", Event.objects.all()).count() == 1


def test_single_objects_stay_out_of_the_index_where_the_item_store_knows_them() -> None:
    box = GOOD | {"quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.998877"}]}
    job = capture(document_or_events=[box], party=make_organisation(), key="k", mention_items=False)
    assert mentions(MentionRole.EPC, GOOD["epcList"][0]) == 0
    assert mentions(MentionRole.CLASS, "https://id.gs1.org/01/04012345123456/10/998877") == 1
    event = job.events.get()
    assert read_body(event.body, event.record_time)["epcList"] == GOOD["epcList"]


def test_a_verb_of_the_chain_is_refused_with_its_fault_and_keeps_nothing() -> None:
    with pytest.raises(EventsRefused, match="/epcisBody/eventList/0/action"):
        record_events(events=[BAD], party=make_organisation(), key="k", actor="user:1")
    assert CaptureJob.objects.count() == 0


def test_what_is_no_document_is_refused_before_anything_is_kept() -> None:
    for data in (b"", b"{", b"[]", b'{"type":"EPCISDocument"}', b"<a/>", b"\xff\xfe"):
        with pytest.raises(Refused):
            capture(document_or_events=data, party=make_organisation(), key="k")
    assert CaptureJob.objects.count() == 0


def test_names_longer_than_any_are_faults() -> None:
    long = GOOD | {"eventID": "https://example.com/" + "a" * 600}
    job = capture(document_or_events=[long], party=make_organisation(), key="k")
    assert [error["place"] for error in job.errors] == ["/epcisBody/eventList/0/eventID"]


def test_every_document_of_gs1_is_captured_in_both_forms(shared_data: Path) -> None:
    owner = make_organisation()
    root = shared_data / "epcis/gs1-epcis"
    paths = [
        *sorted((root / "JSON/WithSensorData").glob("*")),
        *sorted((root / "JSON").glob("Example_*.jsonld")),
    ]
    for path in paths:
        job = capture(
            document_or_events=path.read_bytes(), party=owner, key=path.name, error_behaviour="proceed"
        )
        assert [one for one in job.errors if "is known already" not in one["message"]] == [], path.name
        count = len(orjson.loads(path.read_bytes())["epcisBody"]["eventList"])
        assert job.events_count + len(job.errors) == count
