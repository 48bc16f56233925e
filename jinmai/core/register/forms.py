"""Forms of the register's pages."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jinmai.core.register.models import Source
from jinmai.core.register.services.imports import LARGEST_UPLOAD


class ReasonForm(forms.Form):
    """Why somebody needs to see personal data."""

    reason = forms.CharField(
        label=_("Why you need it"),
        min_length=4,
        max_length=500,
        help_text=_("Recorded in the ledger with your name."),
    )


class MomentForm(forms.Form):
    """A day in the world and a day of knowledge."""

    effective = forms.DateField(
        label=_("In force on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    known = forms.DateField(
        label=_("As known at the end of"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class SourceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has no such subscript
    """A source register by its name; what is derived here cannot be handed in."""

    def __init__(self, **options: Any) -> None:
        sources = Source.objects.exclude(key="derived")
        super().__init__(queryset=sources, to_field_name="key", empty_label=None, **options)

    def label_from_instance(self, obj: Any) -> str:
        """The name in the page's language."""
        return str(obj.name)


class ImportForm(forms.Form):
    """A table, who says so and as of which day; ``key`` makes a second sending harmless."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80, initial=lambda: uuid4().hex)
    file = forms.FileField(
        label=_("Table (.xlsx or .csv)"),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    source = SourceField(
        label=_("Source register"), help_text=_("For rows that do not name their own source.")
    )
    as_of = forms.DateField(
        label=_("As of"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day for which the source says this; for rows without a day of their own."),
    )
    illustrative = forms.BooleanField(label=_("These data are illustrative (invented)"), required=False)

    def clean_file(self) -> Any:
        """A file within the size that is taken."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(
                _("The file has %(size)s bytes, at most %(most)s are taken."),
                params={"size": file.size, "most": LARGEST_UPLOAD},
            )
        return file

    def clean_as_of(self) -> Any:
        """A day that has come."""
        day = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The as-of day lies in the future."))
        return day
