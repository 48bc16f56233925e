"""The schedule of periodic jobs, with the lease that lets one process alone run each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class PeriodicJob(models.Model):
    """One periodic job of a manifest: when it is due, who holds it, how it last ended."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    due_at = models.DateTimeField(_("due"))
    leased_by = models.CharField(_("held by"), max_length=80, blank=True)
    leased_until = models.DateTimeField(_("held until"), null=True)
    finished_at = models.DateTimeField(_("last finished"), null=True)
    seconds = models.FloatField(_("seconds it took"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("periodic job")
        verbose_name_plural = _("periodic jobs")

    def __str__(self) -> str:
        return self.name
