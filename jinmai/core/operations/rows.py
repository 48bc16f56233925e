"""Rows of the operator page: each says in a word how it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from jinmai.core.operations.backlogs import Backlog
from jinmai.core.operations.models import PeriodicJob
from jinmai.core.operations.selectors import Part, State, is_late
from jinmai.core.web.api import Status, formats

LITTLE_SPACE = 0.1  # of the disk


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part and its heartbeat."""

    part: Part

    @property
    def status(self) -> Status:
        """Alive or silent."""
        if self.part.fresh:
            return Status(_("alive"), "good")
        return Status(_("silent"), "alarm")

    @property
    def heard(self) -> str:
        """How long ago it gave a sign."""
        if self.part.age is None:
            return _("never")
        return _("%(span)s ago") % {"span": formats.span(timedelta(seconds=self.part.age))}


@dataclass(frozen=True, slots=True)
class JobRow:
    """A periodic job."""

    job: PeriodicJob
    now: datetime

    @property
    def status(self) -> Status:
        """Running, failing, late or waiting for its time."""
        if self.running:
            return Status(_("running"), "work")
        if self.job.failures:
            return Status(_("fails"), "alarm")
        if is_late(self.job, self.now):
            return Status(_("late"), "attention")
        return Status(_("waiting"), "good", "clock")

    @property
    def running(self) -> bool:
        """Whether somebody holds it."""
        return self.job.leased_until is not None and self.job.leased_until > self.now

    @property
    def period(self) -> str:
        """How often it runs."""
        return formats.span(timedelta(seconds=self.job.every_seconds))

    @property
    def took(self) -> str:
        """How long the last run took, to the hundredth of a second."""
        return formats.quantity(self.job.seconds, "s", 2)

    @property
    def error(self) -> str:
        """The class of the last error; its words may hold business data and stand in the log."""
        return self.job.error.partition(":")[0].partition("\n")[0]


@dataclass(frozen=True, slots=True)
class DeadTask:
    """A task that failed to its limit, without its arguments: they may be business data."""

    task: DBTaskResult[Any, Any]

    @property
    def name(self) -> str:
        """The function."""
        return str(self.task.task_path)

    @property
    def attempts(self) -> int:
        """How often it was tried."""
        return len(self.task.worker_ids)

    @property
    def error(self) -> str:
        """The class of the last error; its words stand in the log."""
        return str(self.task.exception_class_path).rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class BacklogRow:
    """What a room still has before it."""

    backlog: Backlog

    @property
    def status(self) -> Status:
        """Failing, late or up with its work."""
        if self.backlog.failures:
            return Status(_("fails"), "alarm")
        if self.backlog.late:
            return Status(_("late"), "attention")
        return Status(_("keeps up"), "good")

    @property
    def since(self) -> str:
        """How long the oldest entry waits."""
        return formats.span(timedelta(seconds=self.backlog.age)) if self.backlog.waiting else ""

    @property
    def error(self) -> str:
        """The class of the last error; its words may hold business data and stand in the log."""
        return self.backlog.error.partition(":")[0].partition("\n")[0]


def well(state: State) -> Status:
    """The whole machine in a word."""
    if not all(part.fresh for part in state.parts):
        return Status(_("a part is silent"), "alarm")
    if any(job.failures for job in state.jobs):
        return Status(_("a job fails"), "alarm")
    if any(one.failures for one in state.backlogs):
        return Status(_("entries wait behind one that fails"), "alarm")
    if state.storage.disk_free < LITTLE_SPACE * state.storage.disk_total:
        return Status(_("the disk is nearly full"), "attention")
    late = any(is_late(job, state.at) for job in state.jobs) or any(one.late for one in state.backlogs)
    if state.tasks.dead or late:
        return Status(_("work waits for you"), "attention")
    return Status(_("everything runs"), "good")
