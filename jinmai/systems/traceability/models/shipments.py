"""Shipments of lots: seed and harvest on their way from one firm to another, known by class alone."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.models.lots import Lot
from jinmai.systems.traceability.models.sites import Site


class LotShipment(models.Model):
    """So much of a lot, sent by one firm to another under a despatch advice.

    ``number`` is that of the despatch advice. Every measure that the lot knows (animals, grams) is stated, so
    that what is left of it can be told. ``animals_received`` and ``grams_received`` are what arrived, never
    more than was sent. ``taken_back_at`` is when the sender took it back before anybody took it in.
    ``parties`` are the two firms that may read it.
    """

    number = models.CharField(
        _("despatch advice"), max_length=20, unique=True, validators=[RegexValidator(r"^[0-9A-Z-]{1,20}$")]
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="shipments")
    from_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="lots_sent")
    to_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="lots_sent_here")
    parties = models.ManyToManyField("access.Organisation", related_name="+", editable=False)
    animals = models.PositiveBigIntegerField(_("animals"), null=True, blank=True)
    grams = models.PositiveBigIntegerField(_("weight (g)"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped"))
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    animals_received = models.PositiveBigIntegerField(_("animals received"), null=True, blank=True)
    grams_received = models.PositiveBigIntegerField(_("weight received (g)"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-shipped_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(from_site=models.F("to_site")),
                name="traceability_lot_shipment_goes_elsewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(received_at__isnull=True) | models.Q(taken_back_at__isnull=True),
                name="traceability_lot_shipment_received_or_taken_back",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(animals_received__isnull=True)
                    | models.Q(animals_received__lte=models.F("animals"))
                )
                & (models.Q(grams_received__isnull=True) | models.Q(grams_received__lte=models.F("grams"))),
                name="traceability_no_more_received_than_shipped",
            ),
        ]
        verbose_name = _("shipment of a lot")
        verbose_name_plural = _("shipments of lots")

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The shipment's public key in the ledger: both firms read it, and nothing else of the lot."""
        return f"traceability.shipment:{self.number}"
