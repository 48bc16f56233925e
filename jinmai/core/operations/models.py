"""The schedule of periodic jobs and the leases of tasks: which one process runs what, and how it ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from jinmai.core.operations.choices import OperatorVerb


class PeriodicJob(models.Model):
    """One periodic job of a manifest: when it is due, who holds it, how it last ended."""

    name = models.CharField(_("job"), max_length=80, unique=True)
    every_seconds = models.PositiveIntegerField(_("period in seconds"), default=60)
    due_at = models.DateTimeField(_("due"))
    leased_by = models.CharField(_("held by"), max_length=80, blank=True)
    leased_until = models.DateTimeField(_("held until"), null=True)
    started_at = models.DateTimeField(_("last started"), null=True)
    finished_at = models.DateTimeField(_("last finished"), null=True)
    seconds = models.FloatField(_("seconds it took"), null=True)
    runs = models.PositiveBigIntegerField(_("runs"), default=0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("periodic job")
        verbose_name_plural = _("periodic jobs")

    def __str__(self) -> str:
        return self.name


class TaskLease(models.Model):
    """Who runs a task, how often it was tried, why it last failed. Its arguments stand in the task's row."""

    task = models.OneToOneField(DBTaskResult, models.CASCADE, primary_key=True, related_name="lease")
    leased_by = models.CharField(_("held by"), max_length=80, blank=True)
    leased_until = models.DateTimeField(_("held until"), null=True, db_index=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("task lease")
        verbose_name_plural = _("task leases")

    def __str__(self) -> str:
        return f"{self.task_id} · {self.attempts}"


class OperatorAction(models.Model):
    """What somebody who runs the machine did on the operator page. ``actor`` is a key such as ``user:17``."""

    at = models.DateTimeField(_("when"), auto_now_add=True)
    actor = models.CharField(_("who"), max_length=80)
    verb = models.CharField(_("what"), max_length=20, choices=OperatorVerb)
    subject = models.CharField(_("on what"), max_length=200)

    class Meta:
        ordering: ClassVar = ["-at"]
        verbose_name = _("operator's action")
        verbose_name_plural = _("operators' actions")

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
