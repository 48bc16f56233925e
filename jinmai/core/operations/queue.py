"""The task queue of the house: django-tasks in the database, with limits and pauses between attempts.

``django-tasks`` keeps tasks in the database and says how to write them; it leaves retrying to others, and a
task whose worker is killed would stay "running" for ever. Here each task says how often it may be tried::

    @task(attempts=8, first_pause_seconds=5)
    def fetch(station: str) -> None: ...

    with transaction.atomic():
        ...
        fetch.enqueue("J-07")      # in the same transaction: both are kept, or neither
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from django_tasks import task as plain_task
from django_tasks.base import Task as PlainTask
from django_tasks_db.backend import DatabaseBackend

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(PlainTask[Arguments, Result]):
    """A task with its limit. After ``attempts`` failures it is dead until somebody tries it again."""

    attempts: int = 5
    first_pause_seconds: float = 10.0
    longest_pause_seconds: float = 3600.0

    @property
    def first_pause(self) -> timedelta:
        """The pause after the first failure; each later one is twice as long."""
        return timedelta(seconds=self.first_pause_seconds)

    @property
    def longest_pause(self) -> timedelta:
        """No pause is longer."""
        return timedelta(seconds=self.longest_pause_seconds)


class TaskQueue(DatabaseBackend):
    """Tasks in the database, made as :class:`Task`."""

    task_class = Task  # type: ignore[assignment]  # the stubs know the backend of Django 6 only


def task(
    *,
    attempts: int = 5,
    first_pause_seconds: float = 10.0,
    longest_pause_seconds: float = 3600.0,
    priority: int = 0,
) -> Callable[[Callable[Arguments, Result]], Task[Arguments, Result]]:
    """Make a task of a function at the top of a module; its arguments must be JSON values.

    It runs at least once after the transaction that enqueued it: a worker killed in the middle is replaced,
    so what the function does must be idempotent.
    """
    options: dict[str, Any] = {
        "priority": priority,
        "attempts": attempts,
        "first_pause_seconds": first_pause_seconds,
        "longest_pause_seconds": longest_pause_seconds,
    }
    made: Callable[[Callable[Arguments, Result]], Task[Arguments, Result]] = plain_task(**options)
    return made
