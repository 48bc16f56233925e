"""Forms of the register's pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from jinmai.core.register.choices import DERIVED, FIRST_YEAR, LAST_YEAR, SizeClass
from jinmai.core.register.models import District, Party, Source
from jinmai.core.register.services.parties import EDITIONS
from jinmai.core.web.api import LARGEST_UPLOAD

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class DayInput(forms.DateInput):
    """A day from the browser's calendar, which takes and gives the ISO form whatever the page's language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


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

    effective = forms.DateField(label=_("In force on"), required=False, widget=DayInput())
    known = forms.DateField(label=_("As known at the end of"), required=False, widget=DayInput())


class SourceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has no such subscript
    """A source register by its name; what is derived here cannot be handed in."""

    def __init__(self, **options: Any) -> None:
        sources = Source.objects.exclude(key=DERIVED)
        super().__init__(queryset=sources, to_field_name="key", empty_label=None, **options)

    def offer(self, keys: Iterable[str]) -> None:
        """Only these are offered and taken."""
        self.queryset = Source.objects.filter(key__in=list(keys))

    def label_from_instance(self, obj: Any) -> str:
        """The name in the page's language."""
        return str(obj.name)


class WithdrawalForm(forms.Form):
    """Why a fact is not held to be true any more."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=4,
        max_length=300,
        help_text=_("Recorded in the ledger with your name."),
    )


class CorrectionForm(WithdrawalForm):
    """What a fact shall say, who says so, as of which day and for which time; the last day counts too."""

    field_order = ("value", "source", "as_of", "effective_from", "effective_to", "reason")

    value = forms.CharField(label=_("New value"), max_length=500)
    source = SourceField(label=_("Source register"))
    as_of = forms.DateField(
        label=_("As of"),
        widget=DayInput(),
        help_text=_("The day for which the source says this, not the day of entry."),
    )
    effective_from = forms.DateField(label=_("In force from"), widget=DayInput())
    effective_to = forms.DateField(
        label=_("Last day in force"),
        required=False,
        widget=DayInput(),
        help_text=_("Empty: until further notice."),
    )

    def __init__(self, *args: Any, sources: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, SourceField)  # noqa: S101 - for the type checker
        source.offer(sources)

    def clean_as_of(self) -> Any:
        """A day that has come."""
        return _has_come(self.cleaned_data["as_of"])

    def clean(self) -> dict[str, Any] | None:
        """A period that ends where it begins or later."""
        begins, last = self.cleaned_data.get("effective_from"), self.cleaned_data.get("effective_to")
        if begins and last and (last < begins or last == date.max):
            self.add_error("effective_to", _("The period ends before it begins."))
        for name, day in (("effective_from", begins), ("effective_to", last)):
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                years = {"detail": f"{FIRST_YEAR}-{LAST_YEAR}"}
                self.add_error(name, _("The day lies outside the years that are taken: %(detail)s.") % years)
        return self.cleaned_data


class PartyChangeForm(forms.Form):
    """What a party is called and where it belongs; ``seen`` is the state that somebody looked at.

    The names of a protected party are not shown: left empty they stay as they are.
    """

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    district = forms.ChoiceField(label=_("District"), required=False)
    industry_code = forms.CharField(
        label=_("Industry code"),
        max_length=5,
        required=False,
        help_text=_("Of GB/T 4754, such as C3140; empty where it is not known."),
    )
    industry_edition = forms.ChoiceField(
        label=_("Edition of GB/T 4754"), choices=[(one, one) for one in reversed(EDITIONS)]
    )
    size = forms.ChoiceField(label=_("Size class"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        min_length=4,
        max_length=300,
        help_text=_("Recorded in the ledger with your name."),
    )

    def __init__(self, *args: Any, party: Party, districts: Iterable[District], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.party = party
        unknown = ("", _("unknown"))
        choices: dict[str, list[tuple[str, StrOrPromise]]] = {
            "district": [unknown, *((one.code, one.name) for one in districts)],
            "size": [unknown, *SizeClass.choices],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = offered
        if party.protected:
            self.fields["name_zh"].required = False
            for name in ("name_zh", "name_en"):
                self.fields[name].help_text = _("Masked here. Left empty it stays as it is.")

    def values(self) -> dict[str, str]:
        """What shall be, for the verb."""
        hidden = {"seen", "reason"}
        if self.party.protected:
            hidden |= {name for name in ("name_zh", "name_en") if not self.cleaned_data[name]}
        return {name: value for name, value in self.cleaned_data.items() if name not in hidden}


class ImportForm(forms.Form):
    """A table, who says so and as of which day; ``key`` makes a second sending harmless."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80, initial=lambda: uuid4().hex)
    file = forms.FileField(
        label=_("Table (.xlsx or .csv)"),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={
                "accept": ".xlsx,.csv",
                "data-largest": LARGEST_UPLOAD,
                "data-too-large": _("This file is larger than is taken here."),
            }
        ),
        help_text=format_lazy(
            _("At most {most} MB. Larger tables: the command “jinmai register import”."),
            most=LARGEST_UPLOAD // 1_000_000,
        ),
    )
    source = SourceField(
        label=_("Source register"), help_text=_("For rows that do not name their own source.")
    )
    as_of = forms.DateField(
        label=_("As of"),
        widget=DayInput(),
        help_text=_("The day for which the source says this; for rows without a day of their own."),
    )
    illustrative = forms.BooleanField(label=_("These data are illustrative (invented)"), required=False)

    def __init__(self, *args: Any, sources: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, SourceField)  # noqa: S101 - for the type checker
        source.offer(sources)

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
        return _has_come(self.cleaned_data["as_of"])


def _has_come(day: date) -> date:
    """An as-of day that is not in the future."""
    if day > timezone.localdate():
        raise forms.ValidationError(_("The as-of day lies in the future."))
    return day
