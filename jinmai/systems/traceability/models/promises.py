"""Promise certificates of harvests (承诺达标合格证): what its producer answers for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import PromiseBasis
from jinmai.systems.traceability.models.laboratory import TestReport
from jinmai.systems.traceability.models.lots import Lot


class Promise(models.Model):
    """One certificate: given once, never changed. Who promises is the organisation of the lot's site.

    ``origin`` and ``contact`` are as printed. ``report`` is the passed report on which it rests, None where
    it rests on the producer's own control.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="promises", verbose_name=_("lot"))
    number = models.PositiveIntegerField(_("certificate number"))
    basis = models.CharField(_("rests on"), max_length=12, choices=PromiseBasis)
    report = models.ForeignKey(
        TestReport, on_delete=models.PROTECT, related_name="promises", null=True, blank=True
    )
    grams = models.PositiveBigIntegerField(_("weight (g)"))
    origin = models.CharField(_("place of origin"), max_length=120)
    contact = models.CharField(_("contact"), max_length=60)
    given_at = models.DateTimeField(_("given on"))
    given_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["lot", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lot", "number"], name="traceability_promise_number_once_a_lot"),
            models.CheckConstraint(
                condition=models.Q(grams__gte=1), name="traceability_promise_of_something"
            ),
            models.CheckConstraint(
                condition=models.Q(basis="control", report__isnull=True)
                | (~models.Q(basis="control") & models.Q(report__isnull=False)),
                name="traceability_promise_on_a_test_names_it",
            ),
        ]
        verbose_name = _("promise certificate")
        verbose_name_plural = _("promise certificates")

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number as printed: that of the lot and its own."""
        return f"{self.lot.code}-{self.number}"
