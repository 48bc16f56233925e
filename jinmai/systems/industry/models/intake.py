"""What came in, what was missed, and what was refused."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jinmai.systems.industry.choices import QuarantineReason
from jinmai.systems.industry.models.plants import Device
from jinmai.systems.industry.models.thing_model import Property


class TagCount(models.Model):
    """How complete one property of one device is on one local day; recomputed from the lake.

    ``expected`` values by the sampling interval up to now (or to the newest value of a past period),
    ``received`` of them, ``late`` among the received, ``lost`` = expected and not (yet) received.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="tag_counts")
    property = models.ForeignKey(Property, on_delete=models.CASCADE, related_name="tag_counts")
    day = models.DateField(_("day"))
    expected = models.PositiveIntegerField(_("expected"), default=0)
    received = models.PositiveIntegerField(_("received"), default=0)
    late = models.PositiveIntegerField(pgettext_lazy("reading", "late"), default=0)
    lost = models.PositiveIntegerField(_("lost"), default=0)

    class Meta:
        ordering: ClassVar = ["device", "property", "day"]
        indexes: ClassVar = [models.Index(fields=["day"], name="tag_count_by_day")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "property", "day"], name="one_count_per_tag_and_day"),
            models.CheckConstraint(condition=Q(late__lte=F("received")), name="late_values_are_received"),
        ]
        verbose_name = _("data completeness")
        verbose_name_plural = _("data completeness")

    def __str__(self) -> str:
        return f"{self.device_id} {self.property_id} {self.day}"


class CountedUntil(models.Model):
    """Up to which moment of arrival the rows of a lake table are counted."""

    table = models.CharField(_("table"), max_length=64, unique=True)
    received = models.DateTimeField(_("arrived until"))

    class Meta:
        verbose_name = _("position of counting")
        verbose_name_plural = _("positions of counting")

    def __str__(self) -> str:
        return f"{self.table} {self.received}"


class QuarantineCount(models.Model):
    """How many payloads of one claimed device were refused on one local day, by reason."""

    day = models.DateField(_("day"))
    claimed = models.CharField(_("claimed device"), max_length=64)
    reason = models.CharField(_("reason"), max_length=20, choices=QuarantineReason)
    payloads = models.PositiveIntegerField(_("payloads"), default=0)
    last_at = models.DateTimeField(_("last at"))

    class Meta:
        ordering: ClassVar = ["-day", "claimed", "reason"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "claimed", "reason"], name="one_quarantine_count"),
        ]
        verbose_name = _("refused payloads")
        verbose_name_plural = _("refused payloads")

    def __str__(self) -> str:
        return f"{self.day} {self.claimed} {self.reason}: {self.payloads}"


class QuarantinedPayload(models.Model):
    """The beginning of one refused payload, with the place of the fault and what was found there.

    ``fault`` is a code of the telemetry's refusals, ``found`` its parameters; pages have the words.

    Only the first few of a device, reason and day are kept, so a broken device cannot fill the disk;
    ``QuarantineCount`` counts them all.
    """

    received_at = models.DateTimeField(_("received at"))
    claimed = models.CharField(_("claimed device"), max_length=64)
    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, null=True, blank=True, related_name="quarantined"
    )
    reason = models.CharField(_("reason"), max_length=20, choices=QuarantineReason)
    place = models.CharField(_("place"), max_length=200, blank=True)
    fault = models.CharField(_("fault"), max_length=20, blank=True)
    found = models.JSONField(_("what was found"), default=dict, blank=True)
    size = models.PositiveIntegerField(_("size in bytes"))
    excerpt = models.TextField(_("excerpt"), blank=True)

    class Meta:
        ordering: ClassVar = ["-received_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["claimed", "-received_at"], name="quarantined_by_device"),
        ]
        verbose_name = _("quarantined payload")
        verbose_name_plural = _("quarantined payloads")

    def __str__(self) -> str:
        return f"{self.claimed} {self.reason} {self.received_at:%Y-%m-%d %H:%M:%S}"
