"""The inbox of field work: each deed that arrived, once, with the answer that it got."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.core.fieldwork.choices import DeedState


class ArrivedDeed(models.Model):
    """A deed by the key that the phone gave it. The row is written in the transaction of the deed itself.

    ``digest`` is the SHA-256 of what was sent, so that a key never stands for two deeds. ``done_at`` is the
    phone's time of the deed, ``recorded_at`` this house's. ``answer`` is what the phone was told, in the
    language that it was told in. A form that was sent at a desk is kept like one, so that it counts once.
    """

    key = models.UUIDField(_("key"), unique=True)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    deed = models.CharField(_("deed"), max_length=80)
    digest = models.BinaryField(max_length=32)
    done_at = models.DateTimeField(_("done"))
    recorded_at = models.DateTimeField(_("recorded"))
    state = models.CharField(_("state"), max_length=8, choices=DeedState)
    answer = models.JSONField(_("answer"), default=dict)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["recorded_at"], name="fieldwork_by_recorded_at")]
        verbose_name = _("deed from the field")
        verbose_name_plural = _("deeds from the field")

    def __str__(self) -> str:
        return f"{self.deed} {self.key}"
