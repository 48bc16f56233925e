"""allauth's passkey forms, made to refuse what no browser would send: they would fail with a server error."""

from __future__ import annotations

import struct
from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MALFORMED = (AttributeError, IndexError, InvalidSignature, KeyError, TypeError, ValueError, struct.error)
REFUSED = _("This passkey's answer cannot be read. Try again, or use another way to sign in.")


class Guarded:
    """Turns a malformed answer of a passkey into a refusal."""

    def clean_credential(self) -> Any:
        """The authenticator that answered, checked by allauth."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise ValidationError(REFUSED) from error


class SignInByPasskeyForm(Guarded, webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Signing in with the passkey alone."""


class SecondFactorForm(Guarded, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """The passkey after the password."""


class ConfirmForm(Guarded, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """The passkey before the account changes."""


class AddPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey."""

    def clean(self) -> dict[str, Any]:
        """What the browser made, checked by allauth."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except MALFORMED as error:
            raise ValidationError(REFUSED) from error
        return cleaned
