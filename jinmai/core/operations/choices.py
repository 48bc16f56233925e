"""Closed lists of the operations app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OperatorVerb(models.TextChoices):
    """What can be done on the operator page."""

    RUN_NOW = "run_now", _("run now")
    TRY_AGAIN = "try_again", _("try again")
