"""Logistic units: boxes and pallets under a serial shipping container code."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import UnitKind, UnitState
from jinmai.systems.traceability.models.lots import Lot
from jinmai.systems.traceability.models.minting import MintBatch
from jinmai.systems.traceability.models.sites import Site


class LogisticUnit(models.Model):
    """A box or a pallet. A box holds animals of one lot: numbers ``first`` to ``last`` of its mint batch.

    ``site`` is where it is, or where it left when it is on its way to ``bound_for``. ``buyer`` names who
    bought it where that is no site of the chain.
    """

    sscc = models.CharField(_("SSCC"), max_length=18, unique=True, validators=[RegexValidator(r"^\d{18}$")])
    kind = models.CharField(_("kind"), max_length=6, choices=UnitKind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="units", null=True, blank=True)
    batch = models.ForeignKey(
        MintBatch, on_delete=models.PROTECT, related_name="units", null=True, blank=True
    )
    first = models.PositiveIntegerField(_("from number"), null=True, blank=True)
    last = models.PositiveIntegerField(_("to number"), null=True, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="units")
    packed_by = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    bound_for = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="expected", null=True, blank=True
    )
    buyer = models.CharField(_("buyer"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=UnitState, default=UnitState.PACKED)
    packed_at = models.DateTimeField(_("packed"))
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    sold_at = models.DateTimeField(_("sold"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-packed_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind=UnitKind.PALLET)
                | models.Q(lot__isnull=False, batch__isnull=False, first__gte=0, last__gte=models.F("first")),
                name="traceability_box_says_what_it_holds",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["batch", "first"], name="traceability_unit_by_number")]
        verbose_name = _("logistic unit")
        verbose_name_plural = _("logistic units")

    def __str__(self) -> str:
        return self.sscc

    @property
    def epc(self) -> str:
        """The unit as a canonical Digital Link."""
        return f"https://id.gs1.org/00/{self.sscc}"

    @property
    def subject(self) -> str:
        """The unit's public key in the ledger."""
        return f"traceability.unit:{self.sscc}"

    @property
    def way(self) -> UnitState:
        """Where it is on its way, by the moments kept: a recall changes its state, not where it is."""
        if self.sold_at is not None:
            return UnitState.SOLD
        if self.shipped_at is None:
            return UnitState.PACKED if self.received_at is None else UnitState.RECEIVED
        arrived = self.received_at is not None and self.received_at >= self.shipped_at
        return UnitState.RECEIVED if arrived else UnitState.SHIPPED

    @property
    def left(self) -> bool:
        """Whether it ever left the works where it was packed, or was sold there."""
        return self.way != UnitState.PACKED

    @property
    def animals(self) -> int:
        """How many animals with a code lie in a box itself; a pallet's lie in its boxes."""
        return 0 if self.first is None or self.last is None else self.last - self.first + 1
