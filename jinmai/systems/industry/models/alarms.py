"""Alarm rules and the alarms they raised."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jinmai.systems.industry.choices import AlarmCause, AlarmState, Direction, Severity
from jinmai.systems.industry.models.plants import Device, Plant
from jinmai.systems.industry.models.thing_model import Property


class AlarmRule(models.Model):
    """Raise an alarm when a property stays beyond ``threshold`` for ``duration_seconds``.

    The condition ends when the value comes back to ``release`` (a hysteresis keeps a value that
    dances on the threshold from raising a hundred alarms). Without a plant it holds for all.
    """

    key = models.SlugField(_("key"), max_length=64, unique=True)
    property = models.ForeignKey(Property, on_delete=models.CASCADE, related_name="alarm_rules")
    plant = models.ForeignKey(
        Plant, on_delete=models.CASCADE, null=True, blank=True, related_name="alarm_rules"
    )
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    advice_zh = models.CharField(_("what to do (Chinese)"), max_length=300, blank=True)
    advice_en = models.CharField(_("what to do (English)"), max_length=300, blank=True)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    threshold = models.DecimalField(_("threshold"), max_digits=18, decimal_places=6)
    release = models.DecimalField(_("release value"), max_digits=18, decimal_places=6)
    duration_seconds = models.PositiveIntegerField(_("for seconds"))
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(direction=Direction.ABOVE, release__lte=F("threshold"))
                | Q(direction=Direction.BELOW, release__gte=F("threshold")),
                name="alarm_release_on_the_good_side",
            ),
        ]
        verbose_name = _("alarm rule")
        verbose_name_plural = _("alarm rules")

    def __str__(self) -> str:
        return self.name_zh


class Alarm(models.Model):
    """One alarm from its raising to its clearing; at most one is open per rule and device.

    ``began_at`` is when the value crossed the threshold and ``raised_at`` when the duration was over,
    both by the device's clock. ``returned_at`` is set while the value is good again. Cleared ones stay.
    """

    rule = models.ForeignKey(AlarmRule, on_delete=models.PROTECT, related_name="alarms")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="alarms")
    state = models.CharField(_("state"), max_length=16, choices=AlarmState, default=AlarmState.RAISED)
    began_at = models.DateTimeField(_("began at"))
    raised_at = models.DateTimeField(_("raised at"))
    value = models.DecimalField(_("value when raised"), max_digits=18, decimal_places=6)
    worst_value = models.DecimalField(_("worst value"), max_digits=18, decimal_places=6)
    occurrences = models.PositiveIntegerField(_("occurrences"), default=1)
    returned_at = models.DateTimeField(_("back to normal at"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cause = models.CharField(_("cause"), max_length=16, choices=AlarmCause, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-raised_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["device", "-raised_at"], name="alarm_by_device"),
            models.Index(fields=["state", "-raised_at"], name="alarm_by_state"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "device"],
                condition=~Q(state=AlarmState.CLEARED),
                name="one_open_alarm_per_rule_and_device",
            ),
            models.CheckConstraint(
                condition=Q(state=AlarmState.RAISED, acknowledged_at__isnull=True, cleared_at__isnull=True)
                | Q(state=AlarmState.ACKNOWLEDGED, acknowledged_at__isnull=False, cleared_at__isnull=True)
                | Q(
                    state=AlarmState.CLEARED,
                    acknowledged_at__isnull=False,
                    cleared_at__isnull=False,
                ),
                name="alarm_state_has_its_times",
            ),
        ]
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")

    def __str__(self) -> str:
        return f"{self.rule} · {self.device} · {self.raised_at:%Y-%m-%d %H:%M}"

    @property
    def is_watched(self) -> bool:
        """Whether values still tell when it is over; a rule or device taken out of service ends that."""
        return self.rule.enabled and self.device.enabled

    @property
    def may_be_cleared(self) -> bool:
        """Whether only a person's word is missing: acknowledged, and normal again or watched no more."""
        over = self.returned_at is not None or not self.is_watched
        return self.state == AlarmState.ACKNOWLEDGED and over
