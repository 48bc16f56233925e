"""Subscriptions by webhook: a real receiver is told what is new, once it was captured, until it takes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jinmai.core.operations.api import run_next
from jinmai.standards import epcis
from jinmai.systems.traceability.models import Event, Subscription
from jinmai.systems.traceability.services import subscriptions
from jinmai.systems.traceability.services.subscriptions import (
    UNDER_WAY,
    ReportNotTaken,
    _end,
    report,
    report_due,
)
from jinmai.systems.traceability.tests.epcis_client import EPC, Caller, content, event
from jinmai.systems.traceability.tests.webhook_receiver import Receiver, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver on this machine, which the setting allows to be called."""
    settings.JINMAI_PRIVATE_ENDPOINTS = ["127.0.0.0/8"]
    with receiving() as found:
        yield found


@pytest.fixture
def caller() -> Caller:
    """Somebody who keeps a query for shipped events."""
    found = Caller()
    kept = found.call("POST", "queries", {"name": "shipped", "query": {"EQ_bizStep": ["shipping"]}})
    assert kept.status_code == 201
    return found


def subscribe(
    caller: Caller, receiver: Receiver, *, wishes: dict[str, str] | None = None, **controls: Any
) -> Subscription:
    """A subscription to that query; ``wishes`` are headers of its making."""
    body = {"dest": receiver.url, "signatureToken": "our secret", **controls}
    made = caller.call("POST", "queries/shipped/subscriptions", body, **(wishes or {}))
    assert made.status_code == 201, made.content
    return Subscription.objects.get(subscription_id=content(made)["subscriptionID"])


def work() -> None:
    """Do every task that waits, as the worker does."""
    while run_next("test"):
        pass


def test_a_stream_tells_each_capture_with_the_token_of_the_subscriber(
    caller: Caller, receiver: Receiver
) -> None:
    caller.capture(event())
    subscription = subscribe(caller, receiver, stream=True)
    caller.capture(event(1), event(2, bizStep="receiving"))
    work()
    assert receiver.times == [[event(1)["eventTime"]]]
    headers, body = receiver.told[0]
    assert (headers["GS1-Signature"], headers["Content-Type"]) == ("our secret", "application/json")
    results = body["epcisBody"]["queryResults"]
    assert (results["queryName"], results["subscriptionID"]) == ("shipped", subscription.subscription_id)
    caller.capture(event(3))
    work()
    assert receiver.times[1:] == [[event(3)["eventTime"]]]
    assert "lastNotifiedAt" in content(
        caller.get(f"queries/shipped/subscriptions/{subscription.subscription_id}")
    )


def test_a_report_that_was_not_taken_comes_again_whole(caller: Caller, receiver: Receiver) -> None:
    subscription = subscribe(caller, receiver, stream=True)
    caller.capture(event())
    receiver.statuses = [503, 302]
    for _ in range(2):
        with pytest.raises(ReportNotTaken):
            report.func(subscription.pk)
    report.func(subscription.pk)
    report.func(subscription.pk)
    assert receiver.times == [[event()["eventTime"]]]


@pytest.mark.parametrize("form", ["xml-2.0", "xml-1.2"])
def test_a_subscriber_gets_the_form_and_spelling_that_it_wished(
    caller: Caller, receiver: Receiver, form: str
) -> None:
    wishes = {
        "Accept": "application/xml",
        "GS1-EPC-Format": "Always_EPC_URN",
        "GS1-CBV-XML-Format": "Always_URN",
        "GS1-EPCIS-Max": form.partition("-")[2],
    }
    subscribe(caller, receiver, wishes=wishes, stream=True)
    caller.capture(event(epcList=["https://id.gs1.org/01/06901234567892/21/7F"]))
    work()
    (headers,), (body,) = receiver.headers, receiver.bodies
    assert (headers["Content-Type"], headers["GS1-EPC-Format"]) == ("application/xml", "Always_EPC_URN")
    told = epcis.read(body, headers["Content-Type"])
    assert (told.kind, told.syntax, epcis.faults(told)) == ("query", form, [])
    assert told.events[0]["epcList"] == ["urn:epc:id:sgtin:6901234.056789.7F"]
    assert b"urn:epcglobal:cbv:bizstep:shipping" in body


def test_many_events_come_in_several_reports_and_none_twice(
    caller: Caller, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "MOST_IN_A_REPORT", 3)
    subscription = subscribe(caller, receiver, stream=True)
    sent = [event(number) for number in range(8)]
    caller.capture(*sent)
    receiver.statuses = [204, 503]
    with pytest.raises(ReportNotTaken):
        report.func(subscription.pk)
    report.func(subscription.pk)
    assert [len(times) for times in receiver.times] == [3, 3, 2]
    assert [time for times in receiver.times for time in times] == [one["eventTime"] for one in sent]


def test_without_a_token_there_is_no_signature(caller: Caller, receiver: Receiver) -> None:
    body = {"dest": receiver.url, "stream": True}
    assert caller.call("POST", "queries/shipped/subscriptions", body).status_code == 201
    caller.capture(event())
    work()
    assert "GS1-Signature" not in receiver.headers[0]
    assert EPC in receiver.bodies[0].decode()


def test_many_captures_for_a_subscriber_who_does_not_answer_wait_as_one_report(
    caller: Caller, receiver: Receiver
) -> None:
    subscription = subscribe(caller, receiver, stream=True)
    receiver.statuses = [503]
    for number in range(5):
        caller.capture(event(number))
        work()
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.update(run_after=timezone.now())
    work()
    assert receiver.times == [[event(number)["eventTime"] for number in range(5)]]
    subscription.refresh_from_db()
    assert subscription.under_way_until is None


def test_what_is_captured_while_a_report_is_sent_is_reported_next(caller: Caller, receiver: Receiver) -> None:
    subscription = subscribe(caller, receiver, stream=True)
    caller.capture(event())
    # As far as captures see it the report is being sent until its run ends.
    until = Event.objects.latest("pk").pk
    assert run_next("test")
    Subscription.objects.update(under_way_until=timezone.now() + UNDER_WAY)
    caller.capture(event(1))
    assert not run_next("test")
    subscription.refresh_from_db()
    _end(subscription, until)
    work()
    assert receiver.times == [[event()["eventTime"]], [event(1)["eventTime"]]]


def test_a_report_that_was_given_up_holds_up_the_next_for_a_while_only(
    caller: Caller, receiver: Receiver
) -> None:
    subscribe(caller, receiver, stream=True)
    receiver.statuses = [503]
    caller.capture(event())
    work()
    DBTaskResult.objects.update(status="FAILED")
    Subscription.objects.update(under_way_until=timezone.now() - timedelta(seconds=1))
    caller.capture(event(1))
    work()
    assert receiver.times == [[event()["eventTime"], event(1)["eventTime"]]]


def test_an_initial_time_brings_what_was_captured_before(caller: Caller, receiver: Receiver) -> None:
    caller.capture(event())
    subscribe(caller, receiver, stream=True, initialRecordTime="2020-01-01T00:00:00Z")
    work()
    assert receiver.times == [[event()["eventTime"]]]


def test_a_schedule_tells_when_it_is_due_and_an_empty_report_where_it_is_wished(
    caller: Caller, receiver: Receiver
) -> None:
    every_second = {"second": "0", "minute": "0"}
    quiet = subscribe(caller, receiver, schedule=every_second)
    talking = subscribe(caller, receiver, schedule=every_second, reportIfEmpty=True)
    caller.capture(event())
    assert report_due() == 0
    work()
    assert receiver.told == []
    for _ in range(2):
        Subscription.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        assert report_due() == 2
        work()
    said = [
        (body["epcisBody"]["queryResults"]["subscriptionID"], len(times))
        for (_, body), times in zip(receiver.told, receiver.times, strict=True)
    ]
    assert sorted(said) == sorted(
        [(quiet.subscription_id, 1), (talking.subscription_id, 1), (talking.subscription_id, 0)]
    )
    assert all(one.due_at and one.due_at > timezone.now() for one in Subscription.objects.all())


def test_nobody_hears_of_events_of_others_or_after_the_end(caller: Caller, receiver: Receiver) -> None:
    subscription = subscribe(caller, receiver, stream=True)
    Caller().capture(event())
    work()
    assert receiver.told == []
    caller.capture(event(1))
    path = f"queries/shipped/subscriptions/{subscription.subscription_id}"
    assert caller.call("DELETE", path).status_code == 204
    work()
    report.func(subscription.pk)
    assert receiver.told == []


@pytest.mark.parametrize(
    ("controls", "place"),
    [
        ({}, "/schedule"),
        ({"stream": True, "schedule": {"second": "0"}}, "/schedule"),
        ({"schedule": {"second": "61"}}, "/schedule"),
        ({"schedule": {"eon": "1"}}, "/schedule"),
        ({"stream": "yes"}, "/stream"),
        ({"stream": True, "reportIfEmpty": 1}, "/reportIfEmpty"),
        ({"stream": True, "initialRecordTime": "yesterday"}, "/initialRecordTime"),
        ({"stream": True, "dest": "http://10.0.0.1/x"}, "/dest"),
        ({"stream": True, "dest": "file:///etc/passwd"}, "/dest"),
        ({"stream": True, "signatureToken": "a\r\nX: b"}, "/signatureToken"),
        ({"stream": True, "more": 1}, "/more"),
    ],
)
def test_controls_that_cannot_be_are_refused_with_their_place(
    caller: Caller, controls: dict[str, Any], place: str
) -> None:
    body = {"dest": "https://client.example.com/x", **controls}
    answer = caller.call("POST", "queries/shipped/subscriptions", body)
    assert answer.status_code == 400
    assert content(answer)["type"] == "epcisException:SubscriptionControlsException"
    assert content(answer)["detail"].startswith(place)
