"""Forms of the laboratory: a sample, its measured values, and why something is withdrawn."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinmai.core.access.api import User
from jinmai.core.web.api import in_language
from jinmai.standards.gbt2828 import LEVELS
from jinmai.systems.traceability.choices import MeasuredItem
from jinmai.systems.traceability.models import Lot, Site, TestReport
from jinmai.systems.traceability.selectors.codes import lot_named
from jinmai.systems.traceability.selectors.laboratory import laboratories_for
from jinmai.systems.traceability.selectors.limits import METHODS, UNITS, Limit, decimal_text
from jinmai.systems.traceability.services.laboratory import Measured, Sample

# A value, or "<" and the detection limit that it stayed below. Full-width digits are no digits of a figure.
_VALUE: Final = re.compile(r"(<)?\s*(\d{1,8}(?:\.\d{1,4})?)", re.ASCII)


class _Laboratory(forms.ModelChoiceField):  # type: ignore[type-arg]  # its rows are sites
    def label_from_instance(self, obj: Site) -> str:
        return in_language(obj)


class SampleForm(forms.Form):
    """A sample that came in: of which lot, how many of how many, taken when."""

    number = forms.RegexField(
        label=gettext_lazy("Report number"),
        regex=r"^[A-Za-z0-9._-]{1,40}$",
        error_messages={
            "invalid": gettext_lazy("A report number has 1 to 40 letters, digits, dots or hyphens.")
        },
    )
    laboratory = _Laboratory(label=gettext_lazy("Laboratory"), queryset=Site.objects.none())
    lot = forms.CharField(
        label=gettext_lazy("Lot"),
        max_length=300,
        help_text=gettext_lazy("Scan the lot's code, or type GTIN and lot with a space between."),
    )
    units_in_lot = forms.IntegerField(
        label=gettext_lazy("Units in the lot"), min_value=2, max_value=10_000_000
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Inspection level (GB/T 2828.1)"),
        choices=[(level, level) for level in LEVELS],
        initial="II",
    )
    units_taken = forms.IntegerField(label=gettext_lazy("Units taken"), min_value=1, max_value=10_000_000)
    sampled_at = forms.DateTimeField(
        label=gettext_lazy("Sampled"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        initial=lambda: timezone.localtime().replace(second=0, microsecond=0),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        laboratories = laboratories_for(user)
        self.fields["laboratory"].queryset = laboratories  # type: ignore[attr-defined]  # a ModelChoiceField
        if len(laboratories) == 1:
            self.fields["laboratory"].initial = laboratories[0]

    def clean_lot(self) -> Lot:
        """The lot that the text names."""
        found = lot_named(self.cleaned_data["lot"])
        if found is None:
            raise forms.ValidationError(_("No lot of this house has this code."))
        return found

    @property
    def sample(self) -> Sample:
        """What was taken."""
        given = self.cleaned_data
        return Sample(given["units_in_lot"], given["units_taken"], given["sampled_at"], given["level"])


class ResultsForm(forms.Form):
    """One field for each item: a value, or "<0.1" for what was not detected above 0.1."""

    tested_on = forms.DateField(
        label=gettext_lazy("Tested on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )

    def __init__(
        self, data: Any = None, *, report: TestReport, limits: dict[MeasuredItem, Limit], **kwargs: Any
    ) -> None:
        known = {row.item: row for row in report.results.all()}
        initial = {item: _typed(row.value, row.detection_limit) for item, row in known.items()}
        if report.tested_on:
            initial["tested_on"] = report.tested_on  # type: ignore[assignment]  # a day, not a text
        super().__init__(data, initial=initial, **kwargs)
        for item in MeasuredItem:
            limit = limits.get(item)
            sign = {"at_most": "≤", "at_least": "≥"}.get(limit.bound, "") if limit else ""
            told = f"{sign} {decimal_text(limit.value)} · " if limit else ""
            self.fields[item.value] = forms.CharField(
                label=f"{item.label} ({UNITS[item]})",
                required=False,
                max_length=20,
                help_text=f"{told}{METHODS[item]}",
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Each filled field is a value or a detection limit."""
        cleaned = super().clean() or {}
        for item in MeasuredItem:
            text = (cleaned.get(item.value) or "").strip()
            if text and measured_of(item, text) is None:
                self.add_error(item.value, _("Write a figure such as 0.08, or <0.1 for “not detected”."))
        return cleaned

    def measured(self) -> list[Measured]:
        """The filled fields as the laboratory's values."""
        found = [measured_of(item, self.cleaned_data[item.value]) for item in MeasuredItem]
        return [one for one in found if one is not None]


class ResultsFileForm(forms.Form):
    """The same from a table; ``tested_on`` counts for the rows that name no day.

    It stands beside the form for typing, whose fields have the same names.
    """

    prefix = "table"
    tested_on = forms.DateField(
        label=gettext_lazy("Tested on"),
        help_text=gettext_lazy("For rows without a day of their own."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )
    file = forms.FileField(
        label=gettext_lazy("Table (xlsx or csv)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class WhyForm(forms.Form):
    """A reason, without which nothing is withdrawn."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class LostKeyForm(WhyForm):
    """Since when a key was lost."""

    since = forms.DateTimeField(
        label=gettext_lazy("Lost since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        initial=lambda: timezone.localtime().replace(second=0, microsecond=0),
    )
    field_order = ("since", "reason")


class VoidCodeForm(WhyForm):
    """The code of one animal that no longer counts."""

    code = forms.CharField(
        label=gettext_lazy("Code of the animal"),
        max_length=300,
        help_text=gettext_lazy("Scan the label, or type GTIN and serial."),
    )
    field_order = ("code", "reason")


def measured_of(item: MeasuredItem, text: str, method: str = "") -> Measured | None:
    """``0.08`` or ``<0.1`` as a measured value; None for anything else."""
    found = _VALUE.fullmatch(text.strip())
    if found is None:
        return None
    figure = Decimal(found[2])
    return Measured(item, None, figure, method) if found[1] else Measured(item, figure, None, method)


def _typed(value: Decimal | None, detection_limit: Decimal | None) -> str:
    if value is not None:
        return decimal_text(value)
    return "" if detection_limit is None else f"<{decimal_text(detection_limit)}"
