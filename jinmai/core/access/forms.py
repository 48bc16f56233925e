"""Forms of the access pages."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from jinmai.core.access.choices import OrganisationKind
from jinmai.core.access.models import PHONE, Organisation, User
from jinmai.core.access.reach import runs_the_machine
from jinmai.core.access.roles import roles
from jinmai.core.access.selectors import organisations_with_keys_from, organisations_with_roles_from
from jinmai.core.web.api import city


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth publishes no types
    """Name and password, in the house's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["login"], self.fields["password"]
        name.label, password.label, password.help_text = _("Sign-in name"), _("Password"), ""
        name.widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        password.widget.attrs = {"autocomplete": "current-password"}


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth publishes no types
    """The old password and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in (
            ("oldpassword", _("Present password")),
            ("password1", _("New password")),
            ("password2", _("New password again")),
        ):
            field = self.fields[key]
            field.label, field.help_text = label, ""
            field.widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = _(
            "At least 12 characters; three or four unrelated words are good. Not your name, not a common one."
        )

    def clean(self) -> dict[str, Any]:
        """The new password must differ from the present one."""
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("password1") and cleaned.get("password1") == cleaned.get("oldpassword"):
            self.add_error("password1", forms.ValidationError(_("This is the present password.")))
        return cleaned


class OrganisationField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has no such subscript
    """An organisation by its name in the page's language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Organisation.objects.none(), label=_("Organisation"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Name and code, since names repeat."""
        return f"{obj.name(get_language() or '')} · {obj.code}"


class RoleForm(forms.Form):
    """A role in an organisation."""

    organisation = OrganisationField()
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, giver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, OrganisationField)  # noqa: S101 - for the type checker
        field.queryset = organisations_with_roles_from(giver)
        separated = runs_the_machine(giver)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - for the type checker
        role.choices = [
            (one.key, one.name.spoken(get_language() or ""))
            for one in roles().values()
            if one.separated == separated and not one.given_apart
        ]


class PersonForm(RoleForm):
    """A new person and the first role."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        validators=User._meta.get_field("username").validators,  # noqa: SLF001 - Django's model API
        help_text=_("Letters, digits and @ . + - _; it is not changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(label=_("Telephone"), max_length=16, required=False, validators=[PHONE])
    email = forms.EmailField(label=_("E-mail"), required=False)
    field_order = ("display_name", "username", "organisation", "role", "phone", "email")


class OrganisationForm(forms.Form):
    """A new organisation."""

    code = forms.CharField(label=_("Unified social credit code"), max_length=30)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind)
    district = forms.ChoiceField(label=_("District"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        district = self.fields["district"]
        assert isinstance(district, forms.ChoiceField)  # noqa: S101 - for the type checker
        language = get_language() or ""
        district.choices = [
            ("", _("the whole city")),
            *((one.code, one.name.spoken(language)) for one in city().districts),
        ]


class ReasonForm(forms.Form):
    """Why something is done; the reason is recorded."""

    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=500)


class ApiKeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(label=_("What it is for"), max_length=120)
    scopes = forms.CharField(
        label=_("Scopes"), max_length=400, help_text=_("Names such as epcis, with blanks between.")
    )
    organisation = OrganisationField(empty_label=_("the whole city"))

    def __init__(self, *args: Any, issuer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, OrganisationField)  # noqa: S101 - for the type checker
        # What somebody may not read, no key of theirs reads.
        field.queryset, whole_city = organisations_with_keys_from(issuer)
        field.required = not whole_city
        if not whole_city:
            field.empty_label = None
