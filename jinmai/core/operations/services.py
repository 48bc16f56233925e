"""What operators may do to work: start a job now, try a dead task again. Each is written down."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from jinmai.core.operations.choices import OperatorVerb
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


def try_again(*, task: uuid.UUID, actor: str) -> None:
    """Make a dead task ready again. Raises :class:`NotNowError` where it is not dead."""
    with transaction.atomic():
        # The lease alone is locked: it is what every worker locks first.
        lease = TaskLease.objects.select_for_update().filter(pk=task).first()
        if lease is None or lease.task.status != FAILED:
            raise NotNowError(str(task))
        revive(lease)
        OperatorAction.objects.create(
            actor=actor, verb=OperatorVerb.TRY_AGAIN, subject=lease.task.task_path[:200]
        )
