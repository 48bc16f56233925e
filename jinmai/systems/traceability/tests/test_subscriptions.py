"""Subscriptions by webhook: a real receiver is told what is new, once it was captured, until it takes it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest
from django.utils import timezone

from jinmai.core.operations.api import run_next
from jinmai.systems.traceability.models import Subscription
from jinmai.systems.traceability.services.subscriptions import ReportNotTaken, report, report_due
from jinmai.systems.traceability.tests.epcis_client import Caller, content, event

pytestmark = pytest.mark.django_db


class Receiver:
    """A subscriber's server: what it was told, and the statuses that it answers before it takes anything."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.statuses: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                if status < 300:
                    receiver.told.append((dict(self.headers), orjson.loads(body)))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is called."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/told"

    @property
    def times(self) -> list[list[str]]:
        """The times of the events of each report."""
        return [
            [one["eventTime"] for one in body["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]
            for _, body in self.told
        ]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver on this machine, which the setting allows to be called."""
    settings.JINMAI_PRIVATE_ENDPOINTS = ["127.0.0.0/8"]
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def caller() -> Caller:
    """Somebody who keeps a query for shipped events."""
    found = Caller()
    kept = found.call("POST", "queries", {"name": "shipped", "query": {"EQ_bizStep": ["shipping"]}})
    assert kept.status_code == 201
    return found


def subscribe(caller: Caller, receiver: Receiver, **controls: Any) -> Subscription:
    """A subscription to that query."""
    body = {"dest": receiver.url, "signatureToken": "our secret", **controls}
    made = caller.call("POST", "queries/shipped/subscriptions", body)
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
