"""Periodic jobs under a lease: many workers may ask, one of them runs each job.

A lease that its holder does not renew ends by itself, so a worker killed in the middle of a job
delays it and never stops it for good. Jobs run at least once and must be idempotent.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from jinmai.core.operations import lease
from jinmai.core.operations.models import PeriodicJob
from jinmai.core.web.manifest import Job

LONGEST_PAUSE = timedelta(minutes=15)
LONGEST_ERROR = 2000
log = logging.getLogger(__name__)


def enrol(jobs: Iterable[Job]) -> None:
    """Make a row for every declared job; rows of jobs that no manifest declares any more go."""
    periods = {job.name: job.every_seconds for job in jobs}
    for name, period in periods.items():
        PeriodicJob.objects.update_or_create(
            name=name,
            defaults={"every_seconds": period},
            create_defaults={"every_seconds": period, "due_at": timezone.now()},
        )
    PeriodicJob.objects.exclude(name__in=periods).delete()


def run_due(jobs: Iterable[Job], worker: str, stop: threading.Event | None = None) -> int:
    """Run every job that is due and free, until ``stop``. Returns how many ran."""
    declared = {job.name: job for job in jobs}
    ran = 0
    for row in list(PeriodicJob.objects.filter(name__in=declared)):
        if stop is not None and stop.is_set():
            break
        if _take(row, worker):
            _run(declared[row.name], worker)
            ran += 1
    return ran


def is_due(row: PeriodicJob, now: datetime) -> bool:
    """Whether the time of a job has come, or lies so far ahead that the clock must have been set back."""
    furthest = now + max(LONGEST_PAUSE * (1 + lease.JITTER), timedelta(seconds=row.every_seconds))
    return row.due_at <= now or row.due_at > furthest + lease.CLOCK_SLACK


def _take(row: PeriodicJob, worker: str) -> bool:
    """Lease a job that is due and free; the UPDATE finds the row as it was read, or another worker has it."""
    now = timezone.now()
    if not is_due(row, now) or not lease.is_free(row.leased_until, now):
        return False
    as_read = PeriodicJob.objects.filter(pk=row.pk, leased_by=row.leased_by, due_at=row.due_at)
    if row.leased_until is None:
        as_read = as_read.filter(leased_until__isnull=True)
    else:
        as_read = as_read.filter(leased_until=row.leased_until)
    return as_read.update(leased_by=worker, leased_until=now + lease.LEASE, started_at=now) == 1


def _run(job: Job, worker: str) -> None:
    def renew() -> bool:
        held = PeriodicJob.objects.filter(name=job.name, leased_by=worker)
        return held.update(leased_until=timezone.now() + lease.LEASE) == 1

    started = time.monotonic()
    error = ""
    with lease.renewed(job.name, renew):
        try:
            import_string(job.run)()
        except Exception as raised:  # a job's failure is recorded and retried, it never stops the others
            log.exception("periodic job %s failed", job.name)
            error = f"{type(raised).__name__}: {raised}"[:LONGEST_ERROR]
    _finish(job, worker, seconds=time.monotonic() - started, error=error)


def _finish(job: Job, worker: str, *, seconds: float, error: str) -> None:
    """Write how the run ended and when the next is due; nothing where another worker has the job now."""
    now = timezone.now()
    period = timedelta(seconds=job.every_seconds)
    with transaction.atomic():
        row = PeriodicJob.objects.select_for_update().filter(name=job.name, leased_by=worker).first()
        if row is None:
            log.warning("%s ended after its lease was lost", job.name)
            return
        row.failures = row.failures + 1 if error else 0
        row.runs += 1
        row.finished_at = row.finished_at if error else now
        row.seconds, row.error = seconds, error
        row.leased_by, row.leased_until = "", None
        pause = lease.pause_after(row.failures + 1, period, LONGEST_PAUSE) if error else period
        row.due_at = now + pause
        row.save()
