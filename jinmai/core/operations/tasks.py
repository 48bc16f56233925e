"""Runs tasks under a lease: taken once at a time, tried again after a pause, dead after their limit.

A task is READY, RUNNING, SUCCESSFUL or FAILED (dead), as django-tasks names it. A worker that is killed
leaves RUNNING behind; when its lease has run out, :func:`recover` makes the task READY again or, at its
limit, dead.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from traceback import format_exception
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, TaskContext, TaskResultStatus
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet

from jinmai.core.operations import lease
from jinmai.core.operations.models import TaskLease
from jinmai.core.operations.queue import Task

LONGEST_ERROR = 2000
READY, RUNNING = TaskResultStatus.READY, TaskResultStatus.RUNNING
SUCCESSFUL, FAILED = TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED
Row = DBTaskResult[Any, Any]
log = logging.getLogger(__name__)


class WorkerDiedError(Exception):
    """The worker ended in the middle of the task, as often as the task may be tried."""


def run_next(worker: str) -> bool:
    """Take the next task that is ready and run it. Returns whether there was one."""
    if not _ready().exists():
        return False
    row = _take(worker)
    if row is None:
        return False
    _run(row, worker)
    return True


def recover() -> int:
    """Give back the tasks whose worker no longer renews its lease. Returns how many."""
    given_back = 0
    held = TaskLease.objects.filter(leased_until__isnull=False, task__status=RUNNING)
    now = timezone.now()
    lapsed = [pk for pk, until in held.values_list("pk", "leased_until") if lease.is_free(until, now)]
    for pk in lapsed:
        with transaction.atomic():
            # The lease alone, and looked at again under its lock: its holder may have come back.
            row = TaskLease.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if row and lease.is_free(row.leased_until, timezone.now()) and row.task.status == RUNNING:
                log.warning("task %s: %s stopped renewing its lease", row.task.task_path, row.leased_by)
                _failed(row, WorkerDiedError(f"{row.leased_by} ended in the middle of it"))
                given_back += 1
    return given_back


def calls_of(task: Task[..., Any], first: Sequence[Any]) -> dict[tuple[Any, ...], bool]:
    """The calls of a task that have one of ``first`` as first argument, by their arguments.

    The value says whether the call is still to end well (ready or running); False is a dead one, or one that
    succeeded without what it was for. A call that is not there was never enqueued, or removed.
    """
    rows = DBTaskResult.objects.filter(task_path=task.module_path, args_kwargs__args__0__in=list(first))
    calls: dict[tuple[Any, ...], bool] = {}
    for args_kwargs, status in rows.order_by().values_list("args_kwargs", "status"):
        arguments = tuple(args_kwargs["args"])
        calls[arguments] = calls.get(arguments, False) or status in {READY, RUNNING}
    return calls


def revive(row: TaskLease) -> None:
    """Make a dead task ready again, with all its attempts before it. In the caller's transaction."""
    row.attempts = 0
    row.save(update_fields=["attempts"])
    row.task.status, row.task.finished_at, row.task.run_after = READY, None, timezone.now()
    row.task.save(update_fields=["status", "finished_at", "run_after"])


def _ready() -> DBTaskResultQuerySet:
    return DBTaskResult.objects.ready().filter(backend_name=DEFAULT_TASK_BACKEND_ALIAS)


def _take(worker: str) -> Row | None:
    """Lease the first ready task; others skip its row while it is being taken."""
    with transaction.atomic():
        row: Row | None = _ready().get_locked()
        if row is None:
            return None
        row.claim(worker)
        held, _ = TaskLease.objects.get_or_create(task=row)
        held.leased_by, held.leased_until = worker, timezone.now() + lease.LEASE
        held.attempts += 1
        held.save()
    return row


def _run(row: Row, worker: str) -> None:
    def renew() -> bool:
        held = TaskLease.objects.filter(pk=row.pk, leased_by=worker)
        return held.update(leased_until=timezone.now() + lease.LEASE) == 1

    error: Exception | None = None
    with lease.renewed(row.task_path, renew):
        try:
            _call(row)
        except Exception as raised:  # recorded and tried again; the worker goes on with the next
            log.exception("task %s failed", row.task_path)
            error = raised
    with transaction.atomic():
        held = TaskLease.objects.select_for_update().filter(pk=row.pk, leased_by=worker).first()
        if held is None:
            log.warning("task %s ended after its lease was lost", row.task_path)
        elif error is None:
            _succeeded(held)
        else:
            _failed(held, error)


def _call(row: Row) -> None:
    task, result = row.task, row.task_result
    if task.takes_context:
        context = TaskContext(task_result=result)  # type: ignore[arg-type]  # the stubs know Django 6 only
        task.call(context, *result.args, **result.kwargs)
    else:
        task.call(*result.args, **result.kwargs)


def _succeeded(held: TaskLease) -> None:
    _let_go(held, error="")
    held.task.set_successful(None)


def _failed(held: TaskLease, error: Exception) -> None:
    """Ready again after a pause, or dead at the limit. In the caller's transaction."""
    _let_go(held, error=f"{type(error).__name__}: {error}"[:LONGEST_ERROR])
    attempts, first, longest = _limits(held.task)
    if held.attempts >= attempts:
        held.task.set_failed(error)
        return
    row = held.task
    row.status = READY
    row.run_after = timezone.now() + lease.pause_after(held.attempts, first, longest)
    row.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
    row.traceback = "".join(format_exception(error))
    row.save(update_fields=["status", "run_after", "exception_class_path", "traceback"])


def _let_go(held: TaskLease, *, error: str) -> None:
    held.leased_by, held.leased_until, held.error = "", None, error
    held.save(update_fields=["leased_by", "leased_until", "error"])


def _limits(row: Row) -> tuple[int, timedelta, timedelta]:
    """How often the task may be tried; a task whose function is gone has had its last attempt."""
    try:
        task = row.task
    except ImportError:
        return 0, timedelta(0), timedelta(0)
    if isinstance(task, Task):
        return task.attempts, task.first_pause, task.longest_pause
    return 1, timedelta(0), timedelta(0)
