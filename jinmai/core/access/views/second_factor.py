"""Second factors and sessions of one's own account: allauth's steps in the house's pages."""

from __future__ import annotations

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions.views import ListUserSessionsView
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jinmai.core.access.duties import needs_second_factor
from jinmai.core.access.reach import memberships
from jinmai.core.access.views.signed_in_person import signed_in_person
from jinmai.core.web.api import public, signed_in


class Overview(base.IndexView):  # type: ignore[misc]  # allauth publishes no types
    """``/second-factor/``: what stands beside the password, and how to add more."""

    template_name = "access/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether a role of this person demands one."""
        held = {row.role for row in memberships(signed_in_person(self.request))}
        return {**super().get_context_data(**kwargs), "demanded": needs_second_factor(held)}


class Labelled:
    """Gives the fields of allauth's forms the house's words."""

    request: HttpRequest
    labels = {"code": _("Code"), "password": _("Password"), "name": _("Name of the passkey")}

    def get_form(self, form_class: Any = None) -> Any:
        """The form, with our labels and without placeholders."""
        form = super().get_form(form_class)  # type: ignore[misc]
        for name, field in form.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = PASSKEY_HELP if name == "passwordless" else ""
            field.widget.attrs.pop("placeholder", None)
        if "passwordless" in form.fields:
            form.fields["passwordless"].label = _("Also signs in without the password")
        return form


PASSKEY_HELP = _("The device then asks for a fingerprint, a face or a PIN each time.")


class AddApp(Labelled, totp.ActivateTOTPView):  # type: ignore[misc]  # allauth publishes no types
    """An authenticator app on the telephone."""

    template_name = "access/second_factor_app.html"


class AddPasskey(Labelled, webauthn.AddWebAuthnView):  # type: ignore[misc]  # allauth publishes no types
    """A passkey: a security key, or one kept by the telephone or the computer."""

    template_name = "access/passkey_add.html"


class Confirm(Labelled, ReauthenticateView):  # type: ignore[misc]  # allauth publishes no types
    """The password once more before the account changes."""

    template_name = "access/confirm.html"


class ConfirmByCode(Labelled, base.ReauthenticateView):  # type: ignore[misc]  # allauth publishes no types
    """A code once more before the account changes."""

    template_name = "access/confirm.html"


def _page(view: Any, template: str) -> Any:
    return view.as_view(template_name=f"access/{template}.html")


overview = signed_in(Overview.as_view())
add_app = signed_in(AddApp.as_view())
remove_app = signed_in(_page(totp.DeactivateTOTPView, "second_factor_app_remove"))
show_codes = signed_in(_page(codes.ViewRecoveryCodesView, "recovery_codes"))
make_codes = signed_in(_page(codes.GenerateRecoveryCodesView, "recovery_codes_make"))
download_codes = signed_in(codes.DownloadRecoveryCodesView.as_view())
passkeys = signed_in(_page(webauthn.ListWebAuthnView, "passkeys"))
add_passkey = signed_in(AddPasskey.as_view())
remove_passkey = signed_in(_page(webauthn.RemoveWebAuthnView, "passkey_remove"))
confirm = signed_in(Confirm.as_view())
confirm_by_code = signed_in(ConfirmByCode.as_view())
confirm_by_passkey = signed_in(_page(webauthn.ReauthenticateWebAuthnView, "confirm_by_passkey"))
# Halfway through signing in nobody is signed in yet; allauth itself asks for the first half.
ask_code = public(_page(base.AuthenticateView, "ask_code"))
sign_in_by_passkey = public(webauthn.LoginWebAuthnView.as_view())
sessions = signed_in(_page(ListUserSessionsView, "sessions"))
