"""Recalls: a lot that must come back, and everything that was made of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.models.lots import Lot


class Recall(models.Model):
    """A recall of one lot with all that was made of it; a drill finds the same and touches nothing.

    The counts are what was found when it began; ``milliseconds`` is how long the finding took.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="recalls")
    reason = models.CharField(_("reason"), max_length=300)
    drill = models.BooleanField(_("drill"), default=False)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    started_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closing_note = models.CharField(_("result"), max_length=300, blank=True)
    lots = models.PositiveIntegerField(_("lots"), default=0)
    units = models.PositiveIntegerField(_("boxes and pallets"), default=0)
    animals = models.PositiveBigIntegerField(_("animals with a code"), default=0)
    milliseconds = models.PositiveIntegerField(_("time taken (ms)"), default=0)

    class Meta:
        ordering: ClassVar = ["-started_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lot"],
                condition=models.Q(closed_at__isnull=True, drill=False),
                name="traceability_one_open_recall_a_lot",
            ),
        ]
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")

    def __str__(self) -> str:
        return self.reason
