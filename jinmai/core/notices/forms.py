"""Forms of this folder's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from jinmai.core.access.api import Organisation, User
from jinmai.core.notices.channels.http import checked
from jinmai.core.notices.channels.outgoing import RefusedError
from jinmai.core.notices.choices import SHARED, Channel, Language
from jinmai.core.notices.selectors import offered_kinds, own_organisations, reader_of


class ReaderForm(forms.Form):
    """Language and quiet hours."""

    language = forms.ChoiceField(label=_("Language of messages"), choices=Language.choices)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In these hours nothing is sent to you except what is urgent. Empty: at any hour."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        reader = reader_of(person)
        super().__init__(*args, **kwargs)
        self.initial = {
            "language": reader.language,
            "quiet_from": reader.quiet_from,
            "quiet_until": reader.quiet_until,
        }

    def clean(self) -> dict[str, Any]:
        """Both ends of the quiet hours or neither."""
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("quiet_from")) != bool(cleaned.get("quiet_until")) and not self.errors:
            missing = "quiet_until" if cleaned.get("quiet_from") else "quiet_from"
            self.add_error(missing, forms.ValidationError(_("Quiet hours have a beginning and an end.")))
        return cleaned


class EndpointForm(forms.Form):
    """A new endpoint of an organisation."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[(one.value, one.label) for one in SHARED], initial=Channel.WECOM
    )
    name = forms.CharField(label=_("Name of the endpoint"), max_length=60)
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("The whole address that the robot or your machine shows, beginning with https://"),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("Signing secret (DingTalk)"),
        max_length=200,
        required=False,
        help_text=_(
            "What DingTalk shows when the robot is to sign. A webhook's secret is made here and shown once."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of messages"),
        required=False,
        help_text=_("None chosen: all kinds."),
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=_("Language of messages"), choices=Language.choices)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = self.fields["organisation"]
        kinds = self.fields["kinds"]
        if isinstance(organisations, forms.ModelChoiceField) and isinstance(kinds, forms.MultipleChoiceField):
            organisations.queryset = own_organisations(person)
            organisations.initial = organisations.queryset.first()
            spoken = get_language() or ""
            kinds.choices = [(kind.kind, kind.label.spoken(spoken)) for kind in offered_kinds()]

    def clean_url(self) -> str:
        """Refused here already where it could never be called."""
        url = str(self.cleaned_data["url"]).strip()
        try:
            checked(url)
        except RefusedError as error:
            raise forms.ValidationError(
                _("This address cannot be called: it must begin with https:// and hold no password.")
            ) from error
        return url
