"""One request looks at so much and no more: collections and subscribers get their answers in parts."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from jinmai.standards.epcis_query import read_query
from jinmai.systems.traceability.models import Event
from jinmai.systems.traceability.selectors import events, top_level
from jinmai.systems.traceability.selectors.events import events_of, part_since
from jinmai.systems.traceability.tests.epcis_client import Caller, content, event
from jinmai.systems.traceability.tests.test_sockets import listener

pytestmark = pytest.mark.django_db


def epc(number: int) -> str:
    """A single object."""
    return f"https://id.gs1.org/01/09521141012345/21/{number}"


def pages(caller: Caller, address: str, **query: Any) -> list[list[str]]:
    """The members of each page of a collection."""
    found = []
    answer = caller.get(address, query)
    while True:
        assert answer.status_code == 200, answer.content
        found.append(content(answer)["member"])
        if "Link" not in answer:
            return found
        answer = caller.get(answer["Link"][1:].partition(">")[0].rpartition("/epcis/")[2])


def test_objects_come_in_pages_each_once_in_the_order_of_their_first_event() -> None:
    caller = Caller()
    caller.capture(event(epcList=[epc(1), epc(2), epc(3)]), event(1, epcList=[epc(2), epc(4)]), event(2))
    assert pages(caller, "epcs", perPage=2) == [[epc(1), epc(2)], [epc(3), epc(4)], [epc(2017)]]
    assert pages(caller, "epcs", perPage=5) == [[epc(1), epc(2), epc(3), epc(4), epc(2017)]]


def test_one_page_of_objects_looks_at_so_many_events_and_names(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller()
    caller.capture(*(event(number, epcList=[epc(1), epc(2)]) for number in range(7)), event(8))
    monkeypatch.setattr(top_level, "MOST_EVENTS", 3)
    # Events that name what was named before fill no page, and each page ends at its third.
    assert pages(caller, "epcs") == [[epc(1), epc(2)], [], [epc(2017)]]
    monkeypatch.setattr(top_level, "MOST_NAMES", 3)
    monkeypatch.setattr(top_level, "_AT_ONCE", 2)
    caller.capture(event(9, epcList=[epc(number) for number in range(10, 17)]))
    found = pages(caller, "epcs")
    assert max(map(len, found)) <= 4
    assert [one for page in found for one in page] == [epc(1), epc(2), epc(2017), *map(epc, range(10, 17))]


def test_values_come_each_once_however_many_events_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller()
    places = [f"https://id.gs1.org/414/{number}" for number in ("0614141007776", "0614141008889")]
    caller.capture(*(event(n, readPoint={"id": places[n % 2]}) for n in range(9)))
    monkeypatch.setattr(top_level, "_AT_ONCE", 2)
    assert pages(caller, "readPoints") == [places]
    assert pages(caller, "readPoints", perPage=1) == [[places[0]], [places[1]]]


def test_one_look_of_a_subscriber_looks_at_so_many_events(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller()
    caller.capture(*(event(number) for number in range(6)), event(6) | {"ext:note": "this one"})
    monkeypatch.setattr(events, "MOST_SCANNED", 4)
    monkeypatch.setattr(events, "_CHUNK", 2)
    # No index knows extensions, so every event has to be looked at.
    query = read_query({"EQ_ext:note": ["this one"]}, prefixes={"ext": "https://example.com/ext/"})
    found = listener(caller, "stream=true&initialRecordTime=2020-01-01T00:00:00Z")
    found.query = query
    assert [(len(found.look()), found.behind) for _ in range(3)] == [(0, True), (1, False), (0, False)]
    numbers = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    part = part_since(events_of(None), query, 0, numbers[-1], 10)
    assert (part.found, part.reached) == ([], numbers[3])


def test_who_wants_to_hear_of_nothing_hears_it_once_all_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller()
    caller.capture(*(event(number) for number in range(5)))
    monkeypatch.setattr(events, "MOST_SCANNED", 2)
    monkeypatch.setattr(events, "_CHUNK", 2)
    controls = "second=0&reportIfEmpty=true&initialRecordTime=2020-01-01T00:00:00Z"
    found = listener(caller, controls)
    found.query = read_query({"EQ_ext:note": ["none"]}, prefixes={"ext": "https://example.com/ext/"})
    found.due_at = timezone.now()
    assert [(len(found.look()), found.behind) for _ in range(3)] == [(0, True), (0, True), (1, False)]
