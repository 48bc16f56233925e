"""The forms of the deeds on a phone: the code comes from the scan field, the moment from the clock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinmai.core.access.api import User
from jinmai.systems.traceability.choices import TreatmentKind
from jinmai.systems.traceability.forms.chain import KilogramsField, RowField
from jinmai.systems.traceability.models import LogisticUnit, Lot, Site
from jinmai.systems.traceability.selectors.lots import sites_of
from jinmai.systems.traceability.selectors.scanned import CodeUnknownError, lot_of_scan, unit_of_scan

LONGEST_CODE = 2_000
# The kinds that a pond's book has; disinfection and medicine belong to it too, in the order of daily use.
POND_KINDS = (
    TreatmentKind.PROBIOTIC,
    TreatmentKind.HERBAL,
    TreatmentKind.FEED,
    TreatmentKind.DISINFECTION,
    TreatmentKind.MEDICINE,
)


class _Scan(forms.Form):
    """A form with a scanned code."""

    scan = forms.CharField(max_length=LONGEST_CODE, widget=forms.HiddenInput, strip=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


class UnitScan(_Scan):
    """One box or pallet; becomes the row."""

    def clean_scan(self) -> LogisticUnit:
        """The box or pallet of this code."""
        try:
            return unit_of_scan(self.cleaned_data["scan"])
        except CodeUnknownError as unknown:
            raise forms.ValidationError(str(unknown)) from unknown


class LotScan(_Scan):
    """One lot; becomes the row."""

    def clean_scan(self) -> Lot:
        """The lot of this code."""
        try:
            return lot_of_scan(self.cleaned_data["scan"], self.user)
        except CodeUnknownError as unknown:
            raise forms.ValidationError(str(unknown)) from unknown


class MoveForm(UnitScan):
    """Where to among the sites of one's own firm."""

    site = RowField(label=gettext_lazy("To"), queryset=Site.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites_of(self.user, "traceability.open_lot")  # type: ignore[attr-defined]  # a RowField


class ShipForm(UnitScan):
    """Where to: a site of the chain, or a buyer outside of it."""

    site = RowField(
        label=gettext_lazy("To a site of the chain"),
        queryset=Site.objects.none(),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    buyer = forms.CharField(label=gettext_lazy("Or to a buyer"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.select_related("owner").order_by("name_zh")  # type: ignore[attr-defined]  # as above

    def clean(self) -> dict[str, Any]:
        """One of both."""
        cleaned = super().clean() or {}
        if (cleaned.get("site") is None) == (not cleaned.get("buyer", "").strip()):
            raise forms.ValidationError(_("Name where it goes: a site of the chain or a buyer."))
        return cleaned


class PackForm(LotScan):
    """How many animals lie in the box."""

    count = forms.IntegerField(
        label=gettext_lazy("Animals in the box"), min_value=1, max_value=100_000, initial=20
    )


class StackForm(_Scan):
    """Several boxes, one code a line."""

    def clean_scan(self) -> list[LogisticUnit]:
        """The boxes; one that is unknown is named with its place in the list."""
        found: dict[str, LogisticUnit] = {}
        for place, text in enumerate(self.cleaned_data["scan"].splitlines(), start=1):
            if not text.strip():
                continue
            try:
                unit = unit_of_scan(text)
            except CodeUnknownError as unknown:
                raise forms.ValidationError(
                    _("Code %(place)s: %(reason)s") % {"place": place, "reason": unknown}
                ) from unknown
            found.setdefault(unit.sscc, unit)
        return list(found.values())


class TreatForm(LotScan):
    """A line of the pond book."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(kind.value, kind.label) for kind in POND_KINDS]
    )
    substance = forms.CharField(label=gettext_lazy("Substance"), max_length=120)
    dose = forms.CharField(
        label=gettext_lazy("Dose"), max_length=120, help_text=gettext_lazy("With its unit: 2 kg a mu.")
    )
    withdrawal_days = forms.IntegerField(
        label=gettext_lazy("Withdrawal period (days)"), min_value=0, max_value=365, initial=0
    )


class WeighForm(LotScan):
    """The weighing of a harvest."""

    animals = forms.IntegerField(label=gettext_lazy("Animals"), min_value=1, max_value=10_000_000_000)
    grams = KilogramsField(label=gettext_lazy("Weight (kg)"))
    heaviest_grams = forms.IntegerField(
        label=gettext_lazy("Heaviest animal (g)"), required=False, min_value=1, max_value=10_000
    )
