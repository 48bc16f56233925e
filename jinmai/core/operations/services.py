"""What operators may do to work: start a job now, try a dead task again. Each is entered in the ledger."""

from __future__ import annotations

import uuid

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from jinmai.core.operations.choices import OperatorVerb
from jinmai.core.operations.entries import JOB_STARTED, TASK_TRIED_AGAIN, JobStarted, TaskTriedAgain
from jinmai.core.operations.models import OperatorAction, PeriodicJob, TaskLease
from jinmai.core.operations.tasks import FAILED, revive


class NotNowError(Exception):
    """The work is not in a state in which this can be done; it may have moved on meanwhile."""


def run_now(*, name: str, actor: str) -> None:
    """Make a job due at once. Raises :class:`NotNowError` where it runs already or is not known."""
    with transaction.atomic():
        job = PeriodicJob.objects.select_for_update().filter(name=name).first()
        if job is None or (job.leased_until is not None and job.leased_until > timezone.now()):
            raise NotNowError(name)
        job.due_at = timezone.now()
        job.save(update_fields=["due_at"])
        OperatorAction.objects.create(actor=actor, verb=OperatorVerb.RUN_NOW, subject=name)
        _record(JOB_STARTED, f"job:{name}", JobStarted(name), actor)


def try_again(*, task: uuid.UUID, actor: str) -> None:
    """Make a dead task ready again. Raises :class:`NotNowError` where it is not dead."""
    with transaction.atomic():
        # The lease alone is locked: it is what every worker locks first.
        lease = TaskLease.objects.select_for_update().filter(pk=task).first()
        if lease is None or lease.task.status != FAILED:
            raise NotNowError(str(task))
        revive(lease)
        path = lease.task.task_path[:200]
        OperatorAction.objects.create(actor=actor, verb=OperatorVerb.TRY_AGAIN, subject=path)
        _record(TASK_TRIED_AGAIN, f"task:{task}", TaskTriedAgain(path, str(task)), actor)


def _record(kind: str, subject: str, payload: msgspec.Struct, actor: str) -> None:
    """Append the entry. The ledger stands above this room, so ``settings.JINMAI_APPEND`` names its door."""
    import_string(settings.JINMAI_APPEND)(kind=kind, subject=subject, payload=payload, actor=actor)
