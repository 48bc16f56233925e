"""Lots, what they were made from, and what was done to them."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import LotKind, LotState, TreatmentKind
from jinmai.systems.traceability.models.products import Product
from jinmai.systems.traceability.models.sites import Site


class Lot(models.Model):
    """A lot under its product's GTIN and a lot code (GS1 AI 10, at most 20 characters).

    ``animals`` and ``grams`` are what was counted and weighed when it came into being; None is unknown, never
    nothing. Before processing an animal cannot carry a code: seed and harvest lots are known by class alone.
    ``held_at`` is since when a held lot is held; one that was closed while it was held keeps it, for then
    nothing of it may be sold either.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    code = models.CharField(_("lot"), max_length=20, validators=[RegexValidator(r"^[A-Za-z0-9._-]{1,20}$")])
    kind = models.CharField(_("kind"), max_length=9, choices=LotKind)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="lots")
    state = models.CharField(_("state"), max_length=8, choices=LotState, default=LotState.OPEN)
    state_reason = models.CharField(_("reason"), max_length=200, blank=True)
    held_at = models.DateTimeField(_("held since"), null=True, blank=True, editable=False)
    animals = models.PositiveBigIntegerField(_("animals"), null=True, blank=True)
    grams = models.PositiveBigIntegerField(_("weight (g)"), null=True, blank=True)
    began_at = models.DateTimeField(_("began"))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-began_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "code"], name="traceability_lot_code_once_a_product"),
        ]
        verbose_name = _("lot")
        verbose_name_plural = _("lots")

    def __str__(self) -> str:
        return self.code

    @property
    def epc_class(self) -> str:
        """The lot as a canonical Digital Link: class-level identity in every event."""
        return f"https://id.gs1.org/01/{self.product.gtin}/10/{self.code}"

    @property
    def subject(self) -> str:
        """The lot's public key in the ledger."""
        return f"traceability.lot:{self.product.gtin}/{self.code}"


class LotInput(models.Model):
    """What one lot took from another: the edges by which everything is traced."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="inputs")
    source = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="outputs")
    animals = models.PositiveBigIntegerField(_("animals"), null=True, blank=True)
    grams = models.PositiveBigIntegerField(_("weight (g)"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lot", "source"], name="traceability_lot_input_once"),
            models.CheckConstraint(
                condition=~models.Q(lot=models.F("source")), name="traceability_lot_not_made_of_itself"
            ),
        ]
        verbose_name = _("input of a lot")
        verbose_name_plural = _("inputs of lots")

    def __str__(self) -> str:
        return f"{self.source_id} → {self.lot_id}"


class Treatment(models.Model):
    """Something given to a lot or to its water, as the pond book tells it."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="treatments")
    kind = models.CharField(_("kind"), max_length=12, choices=TreatmentKind)
    substance = models.CharField(_("substance"), max_length=120)
    dose = models.CharField(_("dose"), max_length=120)
    at = models.DateTimeField(_("given"))
    withdrawal_days = models.PositiveSmallIntegerField(_("withdrawal period (days)"), default=0)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")

    def __str__(self) -> str:
        return self.substance


class Harvest(models.Model):
    """The weighing of a harvest lot. ``festival``: it was weighed at the harvest festival, in public."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="harvest")
    at = models.DateTimeField(_("weighed"))
    grams = models.PositiveBigIntegerField(_("weight (g)"))
    animals = models.PositiveBigIntegerField(_("animals"))
    heaviest_grams = models.PositiveIntegerField(_("heaviest animal (g)"), null=True, blank=True)
    festival = models.BooleanField(_("weighed at the harvest festival"), default=False)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        verbose_name = _("harvest")
        verbose_name_plural = _("harvests")

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.grams} g"
