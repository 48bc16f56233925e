"""People, the organisations they work for, and the roles they hold there."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.core.access.choices import OrganisationKind


class User(AbstractUser):
    """A person who signs in. What they may do comes from their memberships, never from this row."""

    display_name = models.CharField(_("name"), max_length=60, blank=True)
    illustrative = models.BooleanField(_("illustrative"), default=False)

    def __str__(self) -> str:
        return self.display_name or self.username


class Organisation(models.Model):
    """A firm, bureau or institution whose staff sign in, under its unified social credit code."""

    code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    illustrative = models.BooleanField(_("illustrative"), default=False)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name_zh


class Membership(models.Model):
    """One role that one person holds in one organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="one_row_per_role"),
        ]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.organisation}"
