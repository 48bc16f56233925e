"""What became known of a code by scanning it: how often, where last, who claimed it. No person is in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.models.minting import MintBatch


class ScannedItem(models.Model):
    """An animal whose code somebody scanned or claimed; one that nobody scanned has no row.

    ``places`` are the last stays as ``[when, latitude, longitude]`` in tenths of a degree, the oldest first:
    a cell of about ten kilometres, given by the reader's own consent or not at all. ``visitor`` is a hash
    that no one can turn back and that changes every day; it keeps a reloaded page from counting twice.
    ``conflicts`` maps each rule that was broken to when it was first.
    """

    batch = models.ForeignKey(MintBatch, on_delete=models.PROTECT, related_name="scanned")
    serial = models.CharField(_("serial"), max_length=10)
    scans = models.PositiveIntegerField(_("scans"), default=0)
    first_at = models.DateTimeField(_("first scanned"), null=True, blank=True)
    last_at = models.DateTimeField(_("last scanned"), null=True, blank=True)
    visitor = models.CharField(_("visitor of the day"), max_length=16, blank=True)
    places = models.JSONField(_("stays"), default=list)
    moves = models.PositiveIntegerField(_("long moves"), default=0)
    conflicts = models.JSONField(_("conflicts"), default=dict)
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    claimed_place = models.JSONField(_("claimed at"), null=True, blank=True)
    wrong_pins = models.PositiveSmallIntegerField(_("wrong PINs"), default=0)
    wrong_pin_at = models.DateTimeField(_("last wrong PIN"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-last_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "serial"], name="traceability_scanned_item_once"),
        ]
        verbose_name = _("scanned code")
        verbose_name_plural = _("scanned codes")

    def __str__(self) -> str:
        return self.serial

    @property
    def subject(self) -> str:
        """The animal's public key in the ledger."""
        return f"traceability.item:{self.batch.lot.product.gtin}/{self.serial}"
