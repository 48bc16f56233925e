"""Signing in and out, and changing one's password: allauth's flow in the house's pages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from allauth.account.views import AccountInactiveView, LoginView, LogoutView, PasswordChangeView
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView

from jinmai.core.access.forms import PasswordForm, SignInForm
from jinmai.core.web.api import public, signed_in

log = logging.getLogger("jinmai.access")


class SignIn(LoginView):  # type: ignore[misc]  # allauth publishes no types
    """``/sign-in/``: name and password; a second factor follows where the person has one."""

    form_class = SignInForm
    template_name = "access/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The identity providers of organisations, where there are any."""
        return {**super().get_context_data(**kwargs), "providers": settings.JINMAI_IDENTITY_PROVIDERS}


class SignOut(LogoutView):  # type: ignore[misc]  # allauth publishes no types
    """``/sign-out/``: POST ends the session; GET asks first."""

    template_name = "access/sign_out.html"


class Inactive(AccountInactiveView):  # type: ignore[misc]  # allauth publishes no types
    """Where a disabled person ends who comes by another identity provider."""

    template_name = "access/inactive.html"


class UnknownPerson(TemplateView):
    """The organisation knows this person, and nobody has added them here."""

    template_name = "access/unknown_person.html"


class PasswordChange(PasswordChangeView):  # type: ignore[misc]  # allauth publishes no types
    """``/password/``: a new password; every other session of the person ends."""

    form_class = PasswordForm
    template_name = "access/password_change.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever comes by another identity provider has no password here."""
        if not request.user.has_usable_password():  # type: ignore[union-attr]  # the view is signed_in
            messages.info(request, _("Your organisation's own sign-in keeps your password."))
            return redirect("portal")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say why, where the present password is only a temporary one."""
        temporary = self.request.user.password_is_temporary
        return {**super().get_context_data(**kwargs), "temporary": temporary}

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        """Change it and say so."""
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("The new password is in force. Other sessions were ended."))
        return response


def by_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the sign-in page of an organisation."""
    return _asked(openid.login, request, provider_id)


def back_from_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from it, with its word on who this is."""
    return _asked(openid.callback, request, provider_id)


def _asked(step: Callable[..., HttpResponse], request: HttpRequest, provider_id: str) -> HttpResponse:
    """One step of allauth's; a provider that is down or speaks nonsense is told of on a page."""
    try:
        return step(request, provider_id)
    except (OSError, KeyError, ValueError) as error:
        log.warning("identity provider %s: %s", provider_id, error)
        return provider_failed(request)


def provider_failed(request: HttpRequest) -> HttpResponse:
    """It said no, or did not answer as it should."""
    return render(request, "access/provider_failed.html", status=401)


sign_in_by_provider = public(require_POST(by_provider))
return_from_provider = public(require_safe(back_from_provider))
sign_in_failed = public(require_safe(provider_failed))
unknown_person = public(UnknownPerson.as_view())
sign_in = public(SignIn.as_view())
sign_out = public(SignOut.as_view())
inactive = public(Inactive.as_view())
password_change = signed_in(PasswordChange.as_view())
