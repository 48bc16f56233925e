"""The thing model (物模型): what a type of product measures, in which unit, range and resolution."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jinmai.systems.industry.choices import PropertyKind, Quantity

# Names become column names of the lake and words of the wire, so they are plain.
plain_name = RegexValidator(r"^[a-z][a-z0-9_]{0,47}$", _("lower-case letters, digits and _ only"))


class ProductType(models.Model):
    """A type of device. Its telemetry lies in the lake's table ``telemetry_<key>``."""

    key = models.CharField(_("key"), max_length=48, unique=True, validators=[plain_name])
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)

    class Meta:
        ordering: ClassVar = ["key"]
        verbose_name = _("thing model")
        verbose_name_plural = _("thing models")

    def __str__(self) -> str:
        return self.name_zh

    @property
    def table(self) -> str:
        """Name of its table in the lake."""
        return f"telemetry_{self.key}"


class Property(models.Model):
    """One measured property (a tag). Stored as int64 multiples of ``resolution``.

    ``minimum`` and ``maximum`` bound what is believed: a value outside is quarantined, not clipped.
    ``sampling_seconds`` is the agreed distance between two values; expected counts come from it.
    """

    product_type = models.ForeignKey(ProductType, on_delete=models.CASCADE, related_name="properties")
    key = models.CharField(_("key"), max_length=48, validators=[plain_name])
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    unit = models.CharField(_("unit"), max_length=16, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=PropertyKind)
    quantity = models.CharField(_("quantity"), max_length=24, choices=Quantity)
    minimum = models.DecimalField(_("minimum"), max_digits=18, decimal_places=6)
    maximum = models.DecimalField(_("maximum"), max_digits=18, decimal_places=6)
    resolution = models.DecimalField(_("resolution"), max_digits=12, decimal_places=6)
    sampling_seconds = models.FloatField(_("sampling interval in seconds"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering: ClassVar = ["product_type", "order", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product_type", "key"], name="one_property_per_key"),
            models.CheckConstraint(condition=Q(minimum__lt=F("maximum")), name="property_range_not_empty"),
            models.CheckConstraint(condition=Q(resolution__gt=0), name="property_resolution_positive"),
            models.CheckConstraint(condition=Q(sampling_seconds__gt=0), name="property_sampling_positive"),
        ]
        verbose_name = _("property")
        verbose_name_plural = _("properties")

    def __str__(self) -> str:
        return f"{self.name_zh} ({self.unit})" if self.unit else self.name_zh


class PropertyState(models.Model):
    """The name of one value of a state property, such as load type 2 = maximum load."""

    property = models.ForeignKey(Property, on_delete=models.CASCADE, related_name="states")
    value = models.PositiveSmallIntegerField(_("value"))
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40)

    class Meta:
        ordering: ClassVar = ["property", "value"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["property", "value"], name="one_name_per_state"),
        ]
        verbose_name = _("state")
        verbose_name_plural = _("states")

    def __str__(self) -> str:
        return self.name_zh
