"""Temperature loggers of stores and journeys: what they measured, what was too warm for too long."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import ProductForm
from jinmai.systems.traceability.models.exceptions import ChainException
from jinmai.systems.traceability.models.sites import Site
from jinmai.systems.traceability.models.units import LogisticUnit


class TemperatureLogger(models.Model):
    """A logger by its serial number: in a room of a site, or with a box or pallet on its journey.

    ``form`` says how the animals around it are sold, and so which limit holds.
    """

    serial = models.CharField(
        _("serial number"), max_length=40, unique=True, validators=[RegexValidator(r"^[A-Za-z0-9._-]{1,40}$")]
    )
    name = models.CharField(_("where it hangs"), max_length=80)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="loggers")
    unit = models.ForeignKey(
        LogisticUnit, on_delete=models.PROTECT, related_name="loggers", null=True, blank=True
    )
    form = models.CharField(_("form"), max_length=8, choices=ProductForm, default=ProductForm.FROZEN)

    class Meta:
        ordering: ClassVar = ["serial"]
        verbose_name = _("temperature logger")
        verbose_name_plural = _("temperature loggers")

    def __str__(self) -> str:
        return self.serial

    @property
    def device(self) -> str:
        """The logger as sensor data name it."""
        return f"urn:jinmai:logger:{self.serial}"

    @property
    def subject(self) -> str:
        """The logger's public key in the ledger."""
        return f"traceability.logger:{self.serial}"


class TemperatureReading(models.Model):
    """One measured value in hundredths of a degree Celsius. A logger measures once at a moment."""

    logger = models.ForeignKey(TemperatureLogger, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField(_("measured"))
    centidegrees = models.SmallIntegerField(_("temperature (0.01 °C)"))

    class Meta:
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["logger", "at"], name="traceability_reading_once_at_a_moment"),
        ]
        verbose_name = _("temperature reading")
        verbose_name_plural = _("temperature readings")

    def __str__(self) -> str:
        return f"{self.centidegrees / 100} °C"


class Excursion(models.Model):
    """A time in which it was warmer than allowed for longer than tolerated.

    ``began_at`` and ``ended_at`` are the first and the last reading beyond the limit: what lies before and
    behind is unknown. ``units`` are the boxes and pallets that were there.
    """

    logger = models.ForeignKey(TemperatureLogger, on_delete=models.PROTECT, related_name="excursions")
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"))
    warmest = models.SmallIntegerField(_("warmest (0.01 °C)"))
    limit = models.SmallIntegerField(_("limit (0.01 °C)"))
    tolerated_minutes = models.PositiveIntegerField(_("tolerated (minutes)"))
    finding = models.OneToOneField(ChainException, on_delete=models.PROTECT, related_name="excursion")
    units = models.ManyToManyField(LogisticUnit, related_name="excursions")

    class Meta:
        ordering: ClassVar = ["-began_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["logger", "began_at"], name="traceability_excursion_once"),
        ]
        verbose_name = _("temperature excursion")
        verbose_name_plural = _("temperature excursions")

    def __str__(self) -> str:
        return f"{self.logger_id}: {self.began_at:%Y-%m-%d %H:%M}"

    @property
    def minutes(self) -> int:
        """How long it is known to have lasted."""
        return int((self.ended_at - self.began_at).total_seconds() // 60)
