"""Periodic jobs under a lease: many workers may ask, one of them runs each job.

A lease that its holder does not renew ends by itself, so a worker killed in the middle of a job
delays it and never stops it for good. Jobs run at least once and must be idempotent.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from jinmai.core.operations.models import PeriodicJob

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinmai.core.web.manifest import Job

LEASE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(minutes=15)
log = logging.getLogger(__name__)


def enrol(jobs: Iterable[Job]) -> None:
    """Make a row for every declared job; rows of jobs that no manifest declares any more go."""
    names = [job.name for job in jobs]
    for name in names:
        PeriodicJob.objects.get_or_create(name=name, defaults={"due_at": timezone.now()})
    PeriodicJob.objects.exclude(name__in=names).delete()


def run_due(jobs: Iterable[Job], worker: str) -> int:
    """Run every job that is due and free. Returns how many ran."""
    ran = 0
    for job in jobs:
        if _take(job.name, worker):
            _run(job, worker)
            ran += 1
    return ran


def _take(name: str, worker: str) -> bool:
    """Lease a due job; one conditional UPDATE, so two workers cannot both have it."""
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    taken = PeriodicJob.objects.filter(free, name=name, due_at__lte=now).update(
        leased_by=worker, leased_until=now + LEASE
    )
    return taken == 1


def _run(job: Job, worker: str) -> None:
    started = time.monotonic()
    error = ""
    try:
        import_string(job.run)()
    except Exception as raised:  # a job's failure is recorded and retried, it never stops the others
        log.exception("periodic job %s failed", job.name)
        error = f"{type(raised).__name__}: {raised}"[:2000]
    seconds = time.monotonic() - started
    now = timezone.now()
    row = PeriodicJob.objects.filter(name=job.name, leased_by=worker)
    with transaction.atomic():
        if error:
            row.update(failures=F("failures") + 1)
            failures = row.values_list("failures", flat=True).first() or 1
            pause = min(LONGEST_PAUSE, timedelta(seconds=job.every_seconds * 2 ** min(failures, 10)))
        else:
            row.update(failures=0, finished_at=now)
            pause = timedelta(seconds=job.every_seconds)
        row.update(seconds=seconds, error=error, leased_until=None, leased_by="", due_at=now + pause)
