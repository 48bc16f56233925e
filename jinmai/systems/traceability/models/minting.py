"""Mint batches: serials that came into being together, for one lot."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.models.lots import Lot


class MintBatch(models.Model):
    """Identities minted for a lot in one go.

    The row reserves the lot's quota; the serials themselves live in the item store under ``request``, filled
    after it. ``filled_at`` is None until all of them are durable there; only then may a sheet be
    printed. ``manifest_root`` is the Merkle root over the
    batch's identities in the order of their numbers.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="mint_batches")
    count = models.PositiveIntegerField(_("animals"))
    key_id = models.CharField(_("signing key"), max_length=80, blank=True)
    manifest_root = models.CharField(_("manifest"), max_length=64, blank=True, editable=False)
    request = models.UUIDField(_("request"), unique=True)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    minted_at = models.DateTimeField(_("minted"), auto_now_add=True)
    filled_at = models.DateTimeField(_("stored"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-minted_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(count__gte=1), name="traceability_mint_batch_not_empty"
            ),
        ]
        verbose_name = _("mint batch")
        verbose_name_plural = _("mint batches")

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.count}"
