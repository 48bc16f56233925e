"""Small things the repository keeps beside events: tokens given back, and which place lies in which."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class SpentPageToken(models.Model):
    """A page token that its holder gave back before it ended; kept until it would have ended."""

    digest = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("spent page token")
        verbose_name_plural = _("spent page tokens")

    def __str__(self) -> str:
        return bytes(self.digest).hex()[:12]


class PlaceWithin(models.Model):
    """That a place lies directly in another, as captured master data says; canonical URIs."""

    place = models.CharField(_("place"), max_length=500)
    within = models.CharField(_("lies in"), max_length=500)
    owner = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "within", "place"], name="traceability_place_within_once"
            ),
        ]
        verbose_name = _("place within a place")
        verbose_name_plural = _("places within places")

    def __str__(self) -> str:
        return f"{self.place} · {self.within}"
