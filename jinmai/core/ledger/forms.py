"""Forms of the ledger's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReadingForm(forms.Form):
    """Why somebody reads the content of an entry."""

    reason = forms.CharField(
        label=_("Why you need it"),
        min_length=4,
        max_length=500,
        help_text=_("Recorded in the ledger with your name."),
    )
