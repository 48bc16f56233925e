"""How allauth's sign-in behaves here: no self-registration, no mails, duties before the portal."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from jinmai.core.access.models import User
from jinmai.core.access.reach import duty_of


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """People are added by an administrator and sign in with a name, a password and their second factor."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The sign-in name or the password is wrong."),
        "too_many_login_attempts": _("This address tried too often. Wait a minute, then try again."),
        "enter_current_password": _("This is not the present password."),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account is given by the organisation."""
        del request
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The page on which an unmet duty is met, else the portal."""
        duty = duty_of(request.user) if isinstance(request.user, User) else ""
        return resolve_url(duty or settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """The same door as after signing in."""
        return self.get_login_redirect_url(request)

    def set_password(self, user: User, password: str) -> None:
        """Keep the person's own choice; the temporary password has done its work."""
        user.set_password(password)
        user.password_is_temporary = False
        user.save(update_fields=["password", "password_is_temporary"])

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what happened, in our words."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Messages to people are the business of ``notices``."""
