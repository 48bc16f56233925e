"""What a person must do before their roles open anything: an own password, a second factor."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from jinmai.core.access.models import User


def unmet_duty(person: User, held_roles: set[str]) -> str:
    """The name of the page on which the duty is met, or an empty string where there is none."""
    if person.password_is_temporary:
        return "password_change"
    if needs_second_factor(held_roles) and not is_mfa_enabled(person):
        return "second_factor"
    return ""


def needs_second_factor(held_roles: set[str]) -> bool:
    """Whether one of these roles asks for a second factor (``JINMAI_SECOND_FACTOR_ROLES``)."""
    return not held_roles.isdisjoint(settings.JINMAI_SECOND_FACTOR_ROLES)
