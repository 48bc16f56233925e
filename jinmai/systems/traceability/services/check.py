"""Compares events and test reports with what the ledger was told of them; ``jinmai fsck`` calls it.

Found is every event that does not lie as it was captured (body, hash, the columns that queries seek), and
every report whose results or state its entries do not tell. Where an entry was lawfully erased nothing can
be compared.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec

from jinmai.core.ledger.api import Fault, entries_of
from jinmai.standards import tlog
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import ReportState
from jinmai.systems.traceability.models import CaptureJob, TestReport
from jinmai.systems.traceability.models.event_storage import read_body
from jinmai.systems.traceability.services.event_rows import columns_of
from jinmai.systems.traceability.services.laboratory import report_subject, result_said

OF_REPORTS = (
    entries.REPORT_OPENED,
    entries.RESULTS_ENTERED,
    entries.REPORT_ISSUED,
    entries.REPORT_WITHDRAWN,
)


def chain_faults() -> Iterator[Fault]:
    """Everything of the chain that is not as it was recorded, by capture, event and report."""
    yield from _capture_faults()
    yield from _report_faults()


def _capture_faults() -> Iterator[Fault]:
    told = set()
    for entry in entries_of([entries.EVENTS_CAPTURED]):
        capture = entry.subject.partition(":")[2]
        told.add(capture)
        job = CaptureJob.objects.filter(capture_id=capture).first()
        if job is None:
            yield Fault(f"capture {capture}", "is missing")
        elif entry.payload is not None:
            yield from _job_faults(job, entry.payload)
    for job in CaptureJob.objects.filter(events__isnull=False).distinct().order_by("pk").iterator():
        if job.capture_id not in told:
            yield Fault(f"capture {job.capture_id}", "no entry recorded it")


def _job_faults(job: CaptureJob, said: dict[str, Any]) -> Iterator[Fault]:
    hashes, bodies = tlog.Tree(), tlog.Tree()
    for row in job.events.order_by("pk").iterator():
        hashes.append(bytes(row.hash))
        bodies.append(hashlib.sha256(row.body).digest())
        try:
            columns = columns_of(read_body(row.body, row.record_time))
        except (ValueError, KeyError, zlib.error) as error:
            yield Fault(f"event {row.event_id}", f"cannot be read: {type(error).__name__}")
            continue
        wrong = sorted(name for name, value in columns.items() if getattr(row, name) != value)
        if wrong:
            yield Fault(f"event {row.event_id}", f"its columns do not say what it says: {', '.join(wrong)}")
    whole = (tlog.root(hashes, len(hashes)).hex(), tlog.root(bodies, len(bodies)).hex())
    if whole != (said["merkle_root"], said.get("bodies_root") or whole[1]):
        yield Fault(f"capture {job.capture_id}", "its events are not those that were captured")


def _report_faults() -> Iterator[Fault]:
    results: dict[str, Any] = {}
    states: dict[str, str | None] = {}
    for entry in entries_of(OF_REPORTS):
        said = entry.payload
        if entry.kind == entries.RESULTS_ENTERED:
            results[entry.subject] = None if said is None else said["results"]
        else:
            states[entry.subject] = _state(entry.kind, said)
    for report in TestReport.objects.order_by("pk").prefetch_related("results").iterator(500):
        subject = report_subject(report)
        if states.pop(subject, "") not in {report.state, None}:
            yield Fault(subject, f"is called {report.state}, which is not what the ledger says")
        told = results.get(subject, [])
        kept = [msgspec.to_builtins(result_said(row)) for row in report.results.all()]
        if told is not None and _by_item(kept) != _by_item(told):
            yield Fault(subject, "its results are not those that were entered")
    for subject in sorted(states):
        yield Fault(subject, "is missing")


def _state(kind: str, said: dict[str, Any] | None) -> str | None:
    """The state that an entry leaves a report in; None where the entry was erased and nobody knows."""
    if kind == entries.REPORT_OPENED:
        return ReportState.DRAFT
    if kind == entries.REPORT_WITHDRAWN:
        return ReportState.WITHDRAWN
    if said is None:
        return None
    return ReportState.PASSED if said["passed"] else ReportState.FAILED


def _by_item(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(results, key=lambda result: str(result["item"]))
