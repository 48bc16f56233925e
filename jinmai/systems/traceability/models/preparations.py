"""What is given to animals or their water, by its names in both languages."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import TreatmentKind


class Preparation(models.Model):
    """A preparation under the name that a source gives it, from ``since`` until before ``until``.

    Pond books are written in one language; these names let a page say the same in the reader's.
    """

    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=TreatmentKind)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        ordering: ClassVar = ["name_zh", "since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name_zh", "since"], name="traceability_preparation_once_a_day"),
        ]
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")

    def __str__(self) -> str:
        return self.name_zh
