"""Signing in and out, and changing one's password: allauth's flow in the house's pages."""

from __future__ import annotations

from typing import Any

from allauth.account.views import AccountInactiveView, LoginView, LogoutView, PasswordChangeView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from jinmai.core.access.forms import PasswordForm, SignInForm
from jinmai.core.web.api import public, signed_in


class SignIn(LoginView):  # type: ignore[misc]  # allauth publishes no types
    """``/sign-in/``: name and password; a second factor follows where the person has one."""

    form_class = SignInForm
    template_name = "access/sign_in.html"


class SignOut(LogoutView):  # type: ignore[misc]  # allauth publishes no types
    """``/sign-out/``: POST ends the session; GET asks first."""

    template_name = "access/sign_out.html"


class Inactive(AccountInactiveView):  # type: ignore[misc]  # allauth publishes no types
    """Where a disabled person ends who comes by another identity provider."""

    template_name = "access/inactive.html"


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


sign_in = public(SignIn.as_view())
sign_out = public(SignOut.as_view())
inactive = public(Inactive.as_view())
password_change = signed_in(PasswordChange.as_view())
