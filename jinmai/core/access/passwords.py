"""Passwords that the house makes up: for the first sign-in of a person, and for illustrative people."""

from __future__ import annotations

import secrets

# Without letters that are mistaken for digits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def made_up_password() -> str:
    """About 99 random bits in five groups that can be read aloud and typed on a phone."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(5))
