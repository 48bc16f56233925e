"""Signing in by an organisation's own identity provider.

A provider speaks for its own organisation only: at the first time its word links a person whose sign-in name
it gives and whose every role lies in that organisation. Whoever works for two, or runs the machine, keeps the
password: else one firm's server could sign in as another firm's staff.
"""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect

from jinmai.core.access.entries import IDENTITY_LINKED, IdentityLinked
from jinmai.core.access.models import Membership, User
from jinmai.core.access.roles import roles
from jinmai.core.ledger.api import append


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Links people whom an administrator has added; adds nobody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: an account is given by the organisation."""
        del request, sociallogin
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let in whom the provider may speak for; the others learn that nobody has added them."""
        provider = sociallogin.account.get_provider().app
        organisation = provider.settings["organisation"]
        if sociallogin.is_existing:
            if speaks_for(organisation, sociallogin.user):
                return
            raise ImmediateHttpResponse(redirect("unknown_person"))
        said = sociallogin.account.extra_data
        name = (said.get("userinfo") or said.get("id_token") or {}).get("preferred_username", "")
        person = User.objects.filter(username=name, is_active=True).first() if name else None
        if person is None or not speaks_for(organisation, person):
            raise ImmediateHttpResponse(redirect("unknown_person"))
        with transaction.atomic():
            sociallogin.connect(request, person)
            append(
                kind=IDENTITY_LINKED,
                subject=f"user:{person.pk}",
                payload=IdentityLinked(person.pk, provider.provider_id),
                actor=f"user:{person.pk}",
            )

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Messages to people are the business of ``notices``."""


def speaks_for(organisation: str, person: User) -> bool:
    """Whether the provider of an organisation may say who ``person`` is."""
    held = list(Membership.objects.filter(user=person).values_list("organisation__code", "role"))
    separated = {role.key for role in roles().values() if role.separated}
    return bool(held) and all(code == organisation and role not in separated for code, role in held)
