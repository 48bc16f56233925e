"""What a person must do before their roles open anything: an own password, a second factor."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from jinmai.core.access.models import User


def unmet_duty(person: User, held_roles: set[str], *, second_factor: bool | None = None) -> str:
    """The name of the page on which the duty is met, or an empty string where there is none.

    ``second_factor`` is whether the person has one, where the caller has read that for many at once.
    """
    if person.password_is_temporary:
        return "password_change"
    if needs_second_factor(held_roles):
        has_one = is_mfa_enabled(person) if second_factor is None else second_factor
        return "" if has_one else "second_factor"
    return ""


def needs_second_factor(held_roles: set[str]) -> bool:
    """Whether one of these roles asks for a second factor (``JINMAI_SECOND_FACTOR_ROLES``)."""
    return not held_roles.isdisjoint(settings.JINMAI_SECOND_FACTOR_ROLES)
