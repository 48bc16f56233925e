"""Products: what a GTIN stands for."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jinmai.standards.gs1 import Gs1Error, check_prefix
from jinmai.systems.traceability.choices import ProductForm


class Product(models.Model):
    """A trade item of one organisation, under a GTIN written with 14 digits.

    ``grade_least`` and ``grade_most`` are animals per 500 g (头数/斤) as the trade grades them.
    ``grams_least`` is the lightest animal that the grade allows: no lot yields more animals than its weight
    divided by it. ``company_prefix_length`` is stated for goods from abroad: nothing in a GTIN says how long
    the GS1 company prefix in it is. ``yield_permille`` is the processing yield: grams that leave for 1,000
    grams that enter.
    """

    gtin = models.CharField(_("GTIN"), max_length=14, unique=True, validators=[RegexValidator(r"^\d{14}$")])
    owner = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(_("form"), max_length=8, choices=ProductForm)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    grade_least = models.PositiveSmallIntegerField(_("animals per 500 g, from"), null=True, blank=True)
    grade_most = models.PositiveSmallIntegerField(_("animals per 500 g, to"), null=True, blank=True)
    net_grams = models.PositiveIntegerField(_("net weight of a pack (g)"), null=True, blank=True)
    grams_least = models.PositiveIntegerField(_("lightest animal (g)"), default=1)
    yield_permille = models.PositiveIntegerField(_("processing yield (‰)"), default=1000)
    company_prefix_length = models.PositiveSmallIntegerField(
        _("length of the company prefix"),
        null=True,
        blank=True,
        validators=[MinValueValidator(6), MaxValueValidator(12)],
    )
    industrial_identifier = models.CharField(_("industrial internet identifier"), max_length=80, blank=True)
    illustrative = models.BooleanField(_("illustrative"), default=False)

    class Meta:
        ordering: ClassVar = ["gtin"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(grams_least__gte=1), name="traceability_product_animal_has_weight"
            ),
        ]
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.name_zh

    def clean(self) -> None:
        """Its GTIN is from a range that GS1 gave to somebody; one for examples only on what is an example."""
        try:
            found = check_prefix(self.gtin)
        except Gs1Error as error:
            raise ValidationError({"gtin": error.reason}) from error
        if found.kind == "demonstration" and not self.illustrative:
            raise ValidationError(
                {"gtin": gettext("GTINs that begin with 952 are for examples; these goods are not one.")}
            )
