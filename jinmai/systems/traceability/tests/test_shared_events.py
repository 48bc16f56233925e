"""Two firms that hold the same event: neither is refused for the other, and who may see both gets it once."""

from __future__ import annotations

from typing import Any

import pytest

from jinmai.core.access.api import Organisation
from jinmai.standards.epcis.contexts import STANDARD_CONTEXT
from jinmai.standards.epcis_query import read_query
from jinmai.systems.traceability.models import CaptureJob, Event
from jinmai.systems.traceability.selectors.events import events_of, part_since
from jinmai.systems.traceability.services.capture import capture
from jinmai.systems.traceability.tests.epcis_client import Caller, content, event
from jinmai.systems.traceability.tests.factories import make_organisation, make_site

pytestmark = pytest.mark.django_db
NAMED = {"eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"}


def to_bob(bob: Organisation) -> dict[str, Any]:
    """An event that names Bob's firm as the destination, so that he may see it whoever captured it."""
    make_site(bob, gln="0614141007776")
    pgln = "urn:epc:id:pgln:0614141.00777"
    return event(destinationList=[{"type": "possessing_party", "destination": pgln}])


def jobs() -> list[tuple[bool, int]]:
    """Success and number of events of each capture, in their order."""
    return list(CaptureJob.objects.order_by("pk").values_list("success", "events_count"))


@pytest.mark.parametrize("own_id", [{}, NAMED])
def test_both_firms_keep_the_event_that_both_hold(own_id: dict[str, Any]) -> None:
    alice, bob = Caller(), Caller()
    for caller in (alice, bob):
        caller.capture(event(**own_id))
    assert jobs() == [(True, 1), (True, 1)]
    assert [len(caller.events()) for caller in (alice, bob)] == [1, 1]


def test_the_same_firm_keeps_it_once() -> None:
    firm = make_organisation()
    for caller in (Caller(firm), Caller(firm)):
        caller.capture(event())
    assert jobs() == [(True, 1), (False, 0)]
    for caller in (Caller(city=True), Caller(city=True)):
        caller.capture(event())
    assert jobs()[2:] == [(True, 1), (False, 0)]


def test_single_captures_of_two_firms_are_both_answered_with_their_event() -> None:
    bob = make_organisation()
    shared = {"@context": STANDARD_CONTEXT} | to_bob(bob)
    answers = [caller.call("POST", "events", shared) for caller in (Caller(), Caller(bob), Caller(bob))]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert {content(answer)["eventTime"] for answer in answers[:2]} == {shared["eventTime"]}


def test_who_may_see_both_gets_it_once() -> None:
    bob = make_organisation()
    shared = to_bob(bob)
    alice, bobs, city = Caller(), Caller(bob), Caller(city=True)
    alice.capture(shared)
    bobs.capture(shared, event(1))
    assert Event.objects.count() == 3
    for caller in (bobs, city):
        assert len(caller.events()) == 2
        assert len(caller.events(orderBy="recordTime", orderDirection="ASC")) == 2
        assert len(caller.events(maxEventCount=2)) == 2
        assert len(caller.events(EQ_action="OBSERVE", perPage=1)) == 1
    assert len(alice.events()) == 1


def test_single_look_up_gives_it_once_and_pages_hold_none_twice() -> None:
    bob = make_organisation()
    shared = to_bob(bob) | NAMED
    Caller().capture(shared, event(1))
    bobs = Caller(bob)
    bobs.capture(shared, event(2))
    assert len(bobs.events(f"events/{NAMED['eventID']}")) == 1
    seen: list[str] = []
    answer = bobs.get("events", {"perPage": 1})
    while True:
        page = content(answer)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        seen += [one["eventTime"] for one in page]
        if "Link" not in answer:
            break
        answer = bobs.get(answer["Link"][1:].partition(">")[0].rpartition("/epcis/")[2])
    assert len(seen) == len(set(seen)) == 2


def test_nobody_hides_the_event_of_another_behind_its_name() -> None:
    bob = make_organisation()
    shared = to_bob(bob) | NAMED
    Caller().capture(event(1) | NAMED | {"destinationList": shared["destinationList"]})
    bobs, city = Caller(bob), Caller(city=True)
    bobs.capture(shared)
    assert jobs() == [(True, 1), (True, 1)]
    # Two statements under one name: who may see both sees both.
    assert [len(caller.events()) for caller in (bobs, city)] == [2, 2]
    assert len(city.events(f"events/{NAMED['eventID']}")) == 2


def test_declarations_of_error_of_two_firms_are_both_seen_unless_they_say_the_same() -> None:
    declared = event(errorDeclaration={"declarationTime": "2026-05-06T00:00:00.000Z"}) | NAMED
    other = event(errorDeclaration={"declarationTime": "2026-05-07T00:00:00.000Z"}) | NAMED
    for one in (declared, declared, other):
        Caller().capture(one)
    assert jobs() == [(True, 1)] * 3
    assert len(Caller(city=True).events()) == 2


def test_a_subscriber_is_told_once() -> None:
    firms = [make_organisation() for _ in range(2)]
    for firm in firms:
        capture(document_or_events=[event()], party=firm, key="k")
    numbers = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    query = read_query({})
    told = part_since(events_of(None), query, 0, numbers[-1], 10)
    later = part_since(events_of(None), query, numbers[0], numbers[-1], 10)
    assert [one.number for one in told.found] == [numbers[0]]
    assert (later.found, later.reached) == ([], numbers[-1])
