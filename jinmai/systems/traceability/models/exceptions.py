"""What does not fit in the chain: found by a rule, closed by a person with a reason."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import ExceptionKind
from jinmai.systems.traceability.models.lots import Lot
from jinmai.systems.traceability.models.sites import Site
from jinmai.systems.traceability.models.units import LogisticUnit


class ChainException(models.Model):
    """One finding. ``facts`` holds the figures that led to it; pages say them in the reader's language."""

    kind = models.CharField(_("kind"), max_length=16, choices=ExceptionKind)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="exceptions")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="exceptions", null=True, blank=True)
    unit = models.ForeignKey(
        LogisticUnit, on_delete=models.PROTECT, related_name="exceptions", null=True, blank=True
    )
    facts = models.JSONField(_("figures"), default=dict)
    found_at = models.DateTimeField(_("found"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-found_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | ~models.Q(reason=""),
                name="traceability_exception_closed_with_a_reason",
            ),
        ]
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")

    def __str__(self) -> str:
        return f"{self.kind}: {self.site_id}"
