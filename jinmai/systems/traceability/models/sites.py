"""Sites: where animals are hatched, grown, worked on, kept and sold."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import BroodstockSource, SiteKind, WelfarePolicy


class Site(models.Model):
    """A site of one organisation.

    ``gln`` is its GS1 Global Location Number (13 digits); without one, events name it by its key.
    ``licence`` is the food production licence (SC and 14 digits) or another permit, as printed.
    ``mail_order``: its packs travel to buyers anywhere; where a box arrived does not say where a pack is.
    ``water_m3`` and ``pond_m2`` bound how many animals a harvest can plausibly weigh.
    """

    key = models.SlugField(_("key"), max_length=64, unique=True)
    owner = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=SiteKind)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    district_code = models.CharField(
        _("district code (GB/T 2260)"), max_length=6, validators=[RegexValidator(r"^\d{6}$")]
    )
    gln = models.CharField(_("GLN"), max_length=13, blank=True, validators=[RegexValidator(r"^\d{13}$")])
    licence = models.CharField(_("licence number"), max_length=40, blank=True)
    certificate = models.CharField(_("aquaculture certificate"), max_length=80, blank=True)
    latitude = models.DecimalField(
        _("latitude (WGS 84)"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude (WGS 84)"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    aquaculture_method = models.CharField(_("aquaculture method"), max_length=80, blank=True)
    broodstock_source = models.CharField(
        _("source of the parent animals"), max_length=12, choices=BroodstockSource, blank=True
    )
    welfare_policy = models.CharField(
        _("human welfare policy"), max_length=8, choices=WelfarePolicy, blank=True
    )
    water_m3 = models.PositiveBigIntegerField(_("water volume (m³)"), null=True, blank=True)
    pond_m2 = models.PositiveBigIntegerField(_("pond area (m²)"), null=True, blank=True)
    mail_order = models.BooleanField(_("sends packs to buyers by parcel"), default=False)
    illustrative = models.BooleanField(_("illustrative"), default=False)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gln"], condition=~models.Q(gln=""), name="traceability_site_gln_once"
            ),
        ]
        verbose_name = _("site")
        verbose_name_plural = _("sites")

    def __str__(self) -> str:
        return self.name_zh
