"""Closed lists of field work."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DeedState(models.TextChoices):
    """What became of a deed that arrived. Both are final: a corrected deed is another one."""

    DONE = "done", pgettext_lazy("deed", "done")
    REFUSED = "refused", _("refused")
