"""Dated data that turn kilowatt-hours into money and into carbon dioxide."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jinmai.systems.industry.choices import TariffBand
from jinmai.systems.industry.models.plants import Plant

MINUTES_OF_A_DAY = 1440


class Tariff(models.Model):
    """A time-of-use tariff, valid from a day on, until before ``valid_to`` (null: open).

    Without a plant it is the city's; a plant's own tariff goes before it. A tariff with seasons is
    several rows, one for each span of days.
    """

    key = models.SlugField(_("key"), max_length=64, unique=True)
    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, null=True, blank=True, related_name="tariffs")
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until before"), null=True, blank=True)
    source_zh = models.CharField(_("source (Chinese)"), max_length=300)
    source_en = models.CharField(_("source (English)"), max_length=300)
    illustrative = models.BooleanField(_("illustrative"), default=False)

    class Meta:
        ordering: ClassVar = ["plant", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plant", "valid_from"],
                condition=Q(plant__isnull=False),
                name="one_tariff_per_day_and_plant",
            ),
            models.UniqueConstraint(
                fields=["valid_from"], condition=Q(plant__isnull=True), name="one_city_tariff_per_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="tariff_days_in_order",
            ),
        ]
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")

    def __str__(self) -> str:
        return f"{self.name_zh} ({self.valid_from})"


class TariffPeriod(models.Model):
    """A span of the local day with one price. Minutes since local midnight, the end excluded.

    The price is an integer in thousandths of a fen per kWh: 0.63215 yuan/kWh is 63,215.
    """

    tariff = models.ForeignKey(Tariff, on_delete=models.CASCADE, related_name="periods")
    starts_minute = models.PositiveSmallIntegerField(_("begins at minute"))
    ends_minute = models.PositiveSmallIntegerField(_("ends at minute"))
    band = models.CharField(_("band"), max_length=8, choices=TariffBand)
    price_millifen = models.PositiveIntegerField(_("price in 0.001 fen per kWh"))

    class Meta:
        ordering: ClassVar = ["tariff", "starts_minute"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tariff", "starts_minute"], name="one_period_per_start"),
            models.CheckConstraint(
                condition=Q(starts_minute__lt=F("ends_minute")) & Q(ends_minute__lte=MINUTES_OF_A_DAY),
                name="tariff_period_within_day",
            ),
        ]
        verbose_name = _("tariff period")
        verbose_name_plural = _("tariff periods")

    def __str__(self) -> str:
        return f"{clock_time(self.starts_minute)}–{clock_time(self.ends_minute)} {self.band}"


class EmissionFactor(models.Model):
    """Kilograms of carbon dioxide per kilowatt-hour taken from the grid, valid from a day on."""

    valid_from = models.DateField(_("valid from"), unique=True)
    kilograms_per_kwh = models.DecimalField(_("kg CO2 per kWh"), max_digits=8, decimal_places=5)
    source_zh = models.CharField(_("source (Chinese)"), max_length=300)
    source_en = models.CharField(_("source (English)"), max_length=300)
    illustrative = models.BooleanField(_("illustrative"), default=False)

    class Meta:
        ordering: ClassVar = ["valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kilograms_per_kwh__gte=0), name="emission_factor_not_negative"
            ),
        ]
        verbose_name = _("emission factor")
        verbose_name_plural = _("emission factors")

    def __str__(self) -> str:
        return f"{self.kilograms_per_kwh} kg/kWh ({self.valid_from})"


def clock_time(minute: int) -> str:
    """Minutes since midnight as clock time: 450 is 07:30, the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"
