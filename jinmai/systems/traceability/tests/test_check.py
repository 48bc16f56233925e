"""Whoever goes past the pages and changes an event or a test report is found, and it is named."""

from __future__ import annotations

import zlib
from decimal import Decimal
from typing import Any

import pytest

from jinmai.systems.traceability.models import CaptureJob, Event, TestReport, TestResult
from jinmai.systems.traceability.services.check import chain_faults
from jinmai.systems.traceability.services.laboratory import withdraw_report
from jinmai.systems.traceability.tests.chain import make_chain
from jinmai.systems.traceability.tests.laboratory import BAD, make_analyst, make_draft, make_report

pytestmark = pytest.mark.django_db


def _faults() -> list[str]:
    # The reports that the tests' chain has from its factory were never told to the ledger.
    return [said for said in map(str, chain_faults()) if "report:T-" not in said]


def test_a_chain_that_people_worked_on_is_as_it_was_recorded() -> None:
    make_chain()
    make_draft()
    report = make_report()
    make_report(measured=BAD)
    withdraw_report(report=report, reason="another lot", by=make_analyst(report.laboratory))
    assert _faults() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("action", "DELETE"), ("biz_step", "x"), ("read_point", "x"), ("event_time", "2020-01-01T00:00:00Z")],
)
def test_a_changed_column_of_an_event_is_named(column: str, value: str) -> None:
    make_chain()
    event = Event.objects.order_by("pk")[1]
    Event.objects.filter(pk=event.pk).update(**{column: value})
    assert _faults() == [f"event {event.event_id}: its columns do not say what it says: {column}"]


def test_a_changed_body_or_hash_is_found_by_its_capture() -> None:
    make_chain()
    first, second, third = Event.objects.order_by("pk").select_related("job")[:3]
    body = zlib.decompress(first.body).replace(b"quantity", b"quantitx")
    Event.objects.filter(pk=first.pk).update(body=zlib.compress(body))
    Event.objects.filter(pk=second.pk).update(hash=bytes(32))
    Event.objects.filter(pk=third.pk).update(body=b"x")
    said = "its events are not those that were captured"
    assert _faults() == [
        *(f"capture {event.job.capture_id}: {said}" for event in (first, second)),
        f"event {third.event_id}: cannot be read: error",
        f"capture {third.job.capture_id}: {said}",
    ]


def test_a_capture_that_nobody_recorded_and_an_event_that_is_gone_are_named() -> None:
    make_chain()
    first, second = CaptureJob.objects.order_by("pk")[:2]
    moved = first.events.get()
    Event.objects.filter(pk=moved.pk).update(job=second)
    CaptureJob.objects.filter(pk=second.pk).update(capture_id="elsewhere")
    assert _faults() == [
        f"capture {first.capture_id}: its events are not those that were captured",
        f"capture {second.capture_id}: is missing",
        "capture elsewhere: no entry recorded it",
    ]


@pytest.mark.parametrize("change", [{"value": Decimal("0.01")}, {"passes": None}, {"limit": Decimal(9)}])
def test_a_changed_result_is_named_by_its_report(change: dict[str, Any]) -> None:
    report = make_report()
    TestResult.objects.filter(report=report, item="lead").update(**change)
    assert _faults() == [f"traceability.report:{report.number}: its results are not those that were entered"]


def test_a_failed_report_is_called_passed_by_nobody() -> None:
    report = make_report(measured=BAD)
    TestReport.objects.filter(pk=report.pk).update(state="passed")
    assert _faults() == [
        f"traceability.report:{report.number}: is called passed, which is not what the ledger says"
    ]
