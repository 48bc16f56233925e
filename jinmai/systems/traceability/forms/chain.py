"""Forms of the chain: what a person types is refused with what and where. Weights are typed in kilograms."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from jinmai.core.web.api import in_language
from jinmai.standards.gs1 import has_check_digit
from jinmai.systems.traceability.choices import LotKind, LotState, ProductForm, TreatmentKind
from jinmai.systems.traceability.models import LogisticUnit, Lot, Product, Site
from jinmai.systems.traceability.selectors.lots import BatchNow, products_of, sites_of, sources_for
from jinmai.systems.traceability.selectors.units import units_to_move

LATEST_MINUTES = 5
MOST_BOXES_AT_ONCE = 200
MOST_ANIMALS = 10_000_000_000
SOURCES = 4
SSCC_DIGITS = 18
_LEADING_00 = re.compile(r"^(?:\(00\)|00(?=\d{18}$))")


class _At(forms.DateTimeField):
    """When something was done: a moment of the local clock, never in the future."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(initial=lambda: timezone.localtime().replace(second=0, microsecond=0), **kwargs)

    def clean(self, value: Any) -> datetime:
        at: datetime = super().clean(value)
        if at is not None and (at - timezone.now()).total_seconds() > LATEST_MINUTES * 60:
            raise forms.ValidationError(_("This moment lies in the future."))
        return at


class KilogramsField(forms.DecimalField):
    """A weight in kilograms, to the gram; cleaned to whole grams."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_digits=12, decimal_places=3, **kwargs)

    def clean(self, value: Any) -> Any:
        kilograms: Decimal | None = super().clean(value)
        return None if kilograms is None else int(kilograms * 1000)


class _Animals(forms.IntegerField):
    """A number of animals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": MOST_ANIMALS, **kwargs})


class RowField(forms.ModelChoiceField):  # type: ignore[type-arg]  # one class for rows of several tables
    """A row by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        if isinstance(obj, Lot):
            return f"{obj.code} · {in_language(obj.product)} · {in_language(obj.site)}"
        if isinstance(obj, Product):
            return f"{in_language(obj)} ({obj.gtin})"
        return in_language(obj)


class LotForm(forms.Form):
    """A new lot: what, where, since when, how much of it where somebody counted or weighed."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=LotKind.choices)
    product = RowField(label=gettext_lazy("Product"), queryset=Product.objects.none())
    site = RowField(label=gettext_lazy("Site"), queryset=Site.objects.none())
    code = forms.RegexField(
        label=gettext_lazy("Lot code"),
        regex=r"^[A-Za-z0-9._-]{1,20}$",
        help_text=gettext_lazy("As printed on the label: at most 20 letters, digits, dots or hyphens."),
        error_messages={
            "invalid": gettext_lazy(
                "A label can carry 1 to 20 letters, digits, dots or hyphens, nothing else."
            )
        },
    )
    began_at = _At(label=pgettext_lazy("lot", "Began"))
    animals = _Animals(
        label=gettext_lazy("Animals"),
        required=False,
        help_text=gettext_lazy("Leave empty what nobody counted."),
    )
    grams = KilogramsField(
        label=gettext_lazy("Weight (kg)"),
        required=False,
        help_text=gettext_lazy("Leave empty what nobody weighed."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites_of(user)  # type: ignore[attr-defined]  # a RowField
        self.fields["product"].queryset = products_of(user)  # type: ignore[attr-defined]  # a RowField

    def lot(self) -> Lot:
        """The lot that was typed in, not yet stored."""
        return Lot(**self.cleaned_data)


class SourceForm(forms.Form):
    """One lot that a new one is made of, and how much of it was taken."""

    source = RowField(
        label=gettext_lazy("Made of"),
        queryset=Lot.objects.none(),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    animals = _Animals(label=gettext_lazy("Animals taken"), required=False)
    grams = KilogramsField(label=gettext_lazy("Weight taken (kg)"), required=False)

    def __init__(self, *args: Any, sources: QuerySet[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]  # a RowField

    def clean(self) -> dict[str, Any]:
        """An amount belongs to a lot."""
        cleaned = super().clean() or {}
        given = cleaned.get("animals") is not None or cleaned.get("grams") is not None
        if given and cleaned.get("source") is None and "source" not in self.errors:
            self.add_error("source", _("Name the lot that this amount was taken from."))
        return cleaned


class SourceForms:
    """The few rows of a form in which the sources of a lot are named."""

    def __init__(self, data: Any, user: Any, first: Lot | None = None) -> None:
        sources = sources_for(user)
        self.forms = [
            SourceForm(
                data,
                prefix=f"source-{number}",
                sources=sources,
                initial={"source": first} if first and number == 0 else None,
            )
            for number in range(SOURCES)
        ]

    def is_valid(self) -> bool:
        """Each row is right, and none names a lot for the second time."""
        checked = [form.is_valid() for form in self.forms]  # each row, so that every one tells its errors
        right = all(checked)
        seen: set[int] = set()
        for form in self.forms:
            source = form.cleaned_data.get("source") if right else None
            if source is not None and source.pk in seen:
                form.add_error("source", _("This lot is named twice; add its amounts up."))
                right = False
            if source is not None:
                seen.add(source.pk)
        return right

    def taken(self) -> list[dict[str, Any]]:
        """The rows that name a source."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("source") is not None]


class TreatmentForm(forms.Form):
    """A line of the pond book."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TreatmentKind.choices)
    substance = forms.CharField(label=gettext_lazy("Substance"), max_length=120)
    dose = forms.CharField(
        label=gettext_lazy("Dose"), max_length=120, help_text=gettext_lazy("With its unit: 2 kg a mu.")
    )
    at = _At(label=gettext_lazy("Given"))
    withdrawal_days = forms.IntegerField(
        label=gettext_lazy("Withdrawal period (days)"), min_value=0, max_value=365, initial=0
    )


class HarvestForm(forms.Form):
    """The weighing of a harvest."""

    at = _At(label=gettext_lazy("Weighed"))
    animals = _Animals(label=gettext_lazy("Animals"), min_value=1)
    grams = KilogramsField(label=gettext_lazy("Weight (kg)"))
    heaviest_grams = forms.IntegerField(
        label=gettext_lazy("Heaviest animal (g)"), required=False, min_value=1, max_value=10_000
    )
    festival = forms.BooleanField(
        label=gettext_lazy("Weighed in public at the harvest festival"), required=False
    )


class StateForm(forms.Form):
    """Hold a lot back, let it go, or close it."""

    state = forms.ChoiceField(
        label=pgettext_lazy("lot", "State"),
        choices=[(state.value, state.label) for state in (LotState.HELD, LotState.RELEASED, LotState.CLOSED)],
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)


class MintForm(forms.Form):
    """How many animals get a code. ``request`` makes a second click the same batch."""

    count = forms.IntegerField(label=gettext_lazy("Animals"), min_value=1, max_value=1_000_000)
    request = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class PackForm(forms.Form):
    """Boxes of one batch, all with the same number of animals."""

    batch = forms.ChoiceField(label=gettext_lazy("Batch"))
    count = forms.IntegerField(
        label=gettext_lazy("Animals a box"), min_value=1, max_value=100_000, initial=20
    )
    boxes = forms.IntegerField(
        label=gettext_lazy("Boxes"), min_value=1, max_value=MOST_BOXES_AT_ONCE, initial=1
    )

    def __init__(self, *args: Any, batches: list[BatchNow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["batch"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (str(one.batch.pk), _("%(number)s: %(left)s left") % {"number": one.batch.pk, "left": one.left})
            for one in batches
            if one.left
        ]


class StackForm(forms.Form):
    """The boxes of a pallet by their codes, as a scanner types them: one a line, with or without (00)."""

    codes = forms.CharField(
        label=gettext_lazy("Codes of the boxes"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "autocapitalize": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, units: QuerySet[LogisticUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = units

    def clean_codes(self) -> list[LogisticUnit]:
        """The boxes; a code that is none, or stands elsewhere, is named with its line."""
        wanted: dict[str, int] = {}
        for line, text in enumerate(self.cleaned_data["codes"].splitlines(), start=1):
            code = _LEADING_00.sub("", text.strip())
            if not code:
                continue
            if len(code) != SSCC_DIGITS or not code.isdecimal() or not has_check_digit(code):
                raise forms.ValidationError(
                    _("Line %(line)s: “%(code)s” is no SSCC.") % {"line": line, "code": text.strip()[:40]}
                )
            wanted.setdefault(code, line)
        found = {unit.sscc: unit for unit in self._units.filter(sscc__in=wanted)}
        for code, line in wanted.items():
            if code not in found:
                raise forms.ValidationError(
                    _("Line %(line)s: %(code)s does not stand with you.") % {"line": line, "code": code}
                )
        return [found[code] for code in wanted]


class ShipForm(forms.Form):
    """Where a box or pallet goes: a site of the chain, or a buyer outside of it."""

    site = RowField(
        label=gettext_lazy("To a site of the chain"),
        queryset=Site.objects.none(),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    buyer = forms.CharField(
        label=gettext_lazy("Or to a buyer"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("The firm's name; a private person is not named."),
    )
    at = _At(label=pgettext_lazy("unit", "Left"))

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]  # a RowField


class MomentForm(forms.Form):
    """When something arrived or was sold."""

    at = _At(label=gettext_lazy("When"))


class ReasonForm(forms.Form):
    """What was found out."""

    reason = forms.CharField(
        label=gettext_lazy("What was found out"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class RecallForm(forms.Form):
    """Why a lot is called back. A drill finds the same and touches nothing."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)
    drill = forms.BooleanField(
        label=gettext_lazy("Only a drill: find everything, call nothing back"), required=False, initial=True
    )


class LoggerForm(forms.Form):
    """A temperature logger: its number, where it hangs, what is kept there."""

    serial = forms.RegexField(
        label=gettext_lazy("Serial number"),
        regex=r"^[A-Za-z0-9._-]{1,40}$",
        error_messages={"invalid": gettext_lazy("1 to 40 letters, digits, dots or hyphens.")},
    )
    name = forms.CharField(label=gettext_lazy("Where it hangs"), max_length=80)
    site = RowField(label=gettext_lazy("Site"), queryset=Site.objects.none())
    unit = forms.CharField(
        label=gettext_lazy("With the box or pallet"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Its SSCC where the logger travels; empty where it hangs in a room."),
    )
    form = forms.ChoiceField(
        label=gettext_lazy("What is kept there"), choices=ProductForm.choices, initial=ProductForm.FROZEN
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self.fields["site"].queryset = sites_of(user)  # type: ignore[attr-defined]  # a RowField

    def clean_unit(self) -> LogisticUnit | None:
        """The box or pallet of this code, one that stands with this person."""
        code = _LEADING_00.sub("", self.cleaned_data["unit"].strip())
        if not code:
            return None
        unit = units_to_move(self._user).filter(sscc=code).first()
        if unit is None:
            raise forms.ValidationError(_("%(code)s does not stand with you.") % {"code": code})
        return unit


class ReadingsForm(forms.Form):
    """A file that a logger wrote."""

    file = forms.FileField(label=gettext_lazy("File"))
