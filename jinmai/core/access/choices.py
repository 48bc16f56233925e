"""Closed lists of the access app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """What an organisation is; object permissions depend on it."""

    ENTERPRISE = "enterprise", _("enterprise")
    BUREAU = "bureau", _("bureau")
    INSTITUTE = "institute", _("institute")
    OPERATOR = "operator", _("operator of this system")
