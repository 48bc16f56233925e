"""The form of a promise certificate."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import PromiseBasis
from jinmai.systems.traceability.forms.chain import KilogramsField


class PromiseForm(forms.Form):
    """How much of a harvest is promised, on what that rests, and what is printed of place and contact."""

    basis = forms.ChoiceField(label=_("This rests on"), choices=PromiseBasis.choices)
    grams = KilogramsField(label=_("Weight (kg)"))
    origin = forms.CharField(label=_("Place of origin"), max_length=120)
    contact = forms.CharField(
        label=_("Contact"),
        max_length=60,
        min_length=5,
        help_text=_("A telephone number of the firm; it is printed on the certificate."),
    )
