"""Closed lists of the access app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """What an organisation is; a role says in which kinds it can be held."""

    ENTERPRISE = "enterprise", _("enterprise")
    BUREAU = "bureau", _("bureau")
    INSTITUTE = "institute", _("institute")
    OPERATOR = "operator", _("operator of this system")
