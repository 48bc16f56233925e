"""Tasks run after their transaction, are tried again after a pause, and die at their limit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jinmai.core.operations.models import TaskLease
from jinmai.core.operations.services import NotNowError, try_again
from jinmai.core.operations.tasks import FAILED, READY, RUNNING, SUCCESSFUL, recover, run_next
from jinmai.core.operations.tests.killable import fail, fail_once, write
from jinmai.core.operations.tidy import remove_finished_tasks

pytestmark = pytest.mark.django_db


def the_task() -> DBTaskResult:  # type: ignore[type-arg]  # of whatever arguments
    return DBTaskResult.objects.get()


def test_a_task_runs_once_and_is_done(tmp_path: Path) -> None:
    write.enqueue(str(tmp_path), "one", 0)
    assert [run_next("w"), run_next("w"), the_task().status] == [True, False, SUCCESSFUL]
    assert [line.split()[0] for line in (tmp_path / "one").read_text().splitlines()] == ["begin", "end"]


def test_a_task_of_a_transaction_that_is_rolled_back_never_was(tmp_path: Path) -> None:
    with transaction.atomic():
        write.enqueue(str(tmp_path), "one", 0)
        transaction.set_rollback(True)
    assert run_next("w") is False


def test_a_failed_task_waits_its_pause_and_says_why() -> None:
    fail.enqueue("the meter is gone")
    run_next("w")
    task = the_task()
    wait = task.run_after - timezone.now()
    assert (task.status, task.lease.error) == (READY, "ValueError: the meter is gone")
    assert timedelta(seconds=40) < wait < timedelta(seconds=80)
    assert run_next("w") is False


def test_a_task_dies_at_its_limit() -> None:
    fail.enqueue("the meter is gone")
    for _ in range(2):
        run_next("w")
        DBTaskResult.objects.update(run_after=timezone.now())
    assert [the_task().status, len(the_task().worker_ids), run_next("w")] == [FAILED, 2, False]


def test_a_task_whose_worker_died_is_ready_again(tmp_path: Path) -> None:
    write.enqueue(str(tmp_path), "one", 0)
    killed_in_the_middle("killed")
    assert [recover(), the_task().status] == [1, READY]
    assert [run_next("other"), the_task().status] == [True, SUCCESSFUL]


def test_a_task_that_kills_its_worker_each_time_dies_too() -> None:
    fail_once.enqueue("out of memory")
    killed_in_the_middle("killed")
    recover()
    task = the_task()
    assert (task.status, task.exception_class_path.rpartition(".")[2]) == (FAILED, "WorkerDiedError")


def test_a_task_whose_lease_is_renewed_is_left_alone(tmp_path: Path) -> None:
    write.enqueue(str(tmp_path), "one", 0)
    killed_in_the_middle("busy", left=timedelta(seconds=20))
    assert [recover(), run_next("other"), the_task().status] == [0, False, RUNNING]


def test_a_lease_from_before_the_clock_was_set_back_is_not_waited_for(tmp_path: Path) -> None:
    write.enqueue(str(tmp_path), "one", 0)
    killed_in_the_middle("killed", left=timedelta(hours=1))
    assert [recover(), the_task().status] == [1, READY]


def test_a_dead_task_is_tried_again_with_all_its_attempts() -> None:
    fail_once.enqueue("the meter is gone")
    run_next("w")
    try_again(task=the_task().pk, actor="user:1")
    assert (the_task().status, TaskLease.objects.get().attempts) == (READY, 0)
    run_next("w")
    assert the_task().status == FAILED


def test_a_task_that_is_not_dead_cannot_be_tried_again(tmp_path: Path) -> None:
    write.enqueue(str(tmp_path), "one", 0)
    with pytest.raises(NotNowError):
        try_again(task=the_task().pk, actor="user:1")


def test_a_task_whose_function_is_gone_dies_at_once() -> None:
    fail.enqueue("x")
    DBTaskResult.objects.update(task_path="jinmai.core.operations.tests.killable.renamed")
    run_next("w")
    assert the_task().status == FAILED


def test_finished_tasks_go_after_a_week_and_dead_ones_after_a_quarter(tmp_path: Path) -> None:
    for days, status in ((6, SUCCESSFUL), (8, SUCCESSFUL), (91, FAILED), (93, FAILED)):
        write.enqueue(str(tmp_path), f"{days}", 0)
        DBTaskResult.objects.filter(status=READY).update(
            status=status, finished_at=timezone.now() - timedelta(days=days)
        )
    assert remove_finished_tasks() == 2
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == [FAILED, SUCCESSFUL]


def killed_in_the_middle(worker: str, left: timedelta = timedelta(seconds=-1)) -> None:
    """Bring the task into the state that a worker killed with -9 leaves behind."""
    task = the_task()
    task.claim(worker)
    TaskLease.objects.create(task=task, leased_by=worker, leased_until=timezone.now() + left, attempts=1)
