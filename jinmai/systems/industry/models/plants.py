"""Plants and the devices in them."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.industry.choices import Clock
from jinmai.systems.industry.models.thing_model import ProductType

# MQTT's wildcards and separators must never be part of a name that stands in a topic.
topic_name = RegexValidator(r"^[a-z0-9][a-z0-9-]{0,63}$", _("lower-case letters, digits and - only"))


class Plant(models.Model):
    """A plant of an enterprise.

    ``simulated``: its values are computed, not measured. ``illustrative``: the enterprise is invented.
    ``source_*`` name where measured values of a third party come from, with the licence; pages show them.
    """

    key = models.SlugField(_("key"), max_length=64, unique=True, validators=[topic_name])
    owner = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="plants")
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    district_code = models.CharField(
        _("district code (GB/T 2260)"), max_length=6, validators=[RegexValidator(r"^\d{6}$")]
    )
    industry_code = models.CharField(
        _("industry code (GB/T 4754)"), max_length=5, validators=[RegexValidator(r"^[A-T]\d{2,4}$")]
    )
    clock = models.CharField(_("clock"), max_length=8, choices=Clock, default=Clock.LIVE)
    simulated = models.BooleanField(_("simulated"), default=False)
    illustrative = models.BooleanField(_("illustrative"), default=False)
    source_zh = models.CharField(_("source (Chinese)"), max_length=300, blank=True)
    source_en = models.CharField(_("source (English)"), max_length=300, blank=True)
    source_url = models.URLField(_("address of the source"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=50)

    class Meta:
        ordering: ClassVar = ["order", "key"]
        verbose_name = _("plant")
        verbose_name_plural = _("plants")

    def __str__(self) -> str:
        return self.name_zh


class Device(models.Model):
    """A device with its own credential; its key is its MQTT user name and part of its topics.

    ``credential`` is a salted PBKDF2 hash in Mosquitto's own form, never the secret itself; empty
    means that the device cannot sign in. ``live_since`` is the moment of its first value that arrived when it
    was measured; completeness is counted from there, not over what was loaded afterwards.
    """

    key = models.SlugField(_("key"), max_length=64, unique=True, validators=[topic_name])
    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, related_name="devices")
    product_type = models.ForeignKey(ProductType, on_delete=models.PROTECT, related_name="devices")
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    credential = models.CharField(_("credential hash"), max_length=200, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    live_since = models.DateTimeField(_("sends live since"), null=True, blank=True, editable=False)
    order = models.PositiveSmallIntegerField(_("order"), default=50)

    class Meta:
        ordering: ClassVar = ["order", "key"]
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return self.name_zh
