"""Passwords that the house makes up, and what it asks of those that people choose."""

from __future__ import annotations

import secrets
from itertools import pairwise

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Without letters that are mistaken for digits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
SHORTEST = 12
FEWEST_DIFFERENT = 5


def made_up_password() -> str:
    """About 99 random bits in five groups that can be read aloud and typed on a phone."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(5))


class LengthValidator:
    """Refuses passwords shorter than :data:`SHORTEST` characters."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ``ValidationError``."""
        del user
        if len(password) < SHORTEST:
            words = _("The password has %(given)s characters; it needs at least %(least)s.")
            raise ValidationError(
                words, code="password_too_short", params={"given": len(password), "least": SHORTEST}
            )

    def get_help_text(self) -> str:
        """What is asked, in words."""
        return _("At least %(least)s characters.") % {"least": SHORTEST}


class VarietyValidator:
    """Refuses what is long and yet guessed at once: digits alone, few different letters, 123456789012."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ``ValidationError``."""
        del user
        if password.isdecimal():
            raise ValidationError(_("The password has digits alone; add words."), code="password_digits")
        steps = {ord(after) - ord(before) for before, after in pairwise(password)}
        if len(set(password)) < FEWEST_DIFFERENT or len(steps) == 1:
            words = _("The password repeats itself or is a plain row of letters; take unrelated words.")
            raise ValidationError(words, code="password_plain")

    def get_help_text(self) -> str:
        """What is asked, in words."""
        return _("Not digits alone, not a row of neighbours or repeated letters.")
