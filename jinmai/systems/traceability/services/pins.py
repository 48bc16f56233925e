"""Hidden PINs: printed under a layer to scratch off, never stored, derived from a secret of the house."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from jinmai.durable import kept

PIN_DIGITS: Final = 6
SECRET_BYTES: Final = 32


def pin_of(gtin: str, serial: str) -> str:
    """The PIN of an animal: six digits that nobody can tell from the code."""
    digest = hmac.digest(house_secret(), f"pin/v1\n{gtin}\n{serial}".encode(), hashlib.sha256)
    return str(int.from_bytes(digest[:8]) % 10**PIN_DIGITS).zfill(PIN_DIGITS)


def house_secret() -> bytes:
    """The secret behind PINs: made once, kept in the data folder, readable by its owner only."""
    return _secret(settings.JINMAI_DATA / "traceability" / "pin_secret")


@cache
def _secret(path: Path) -> bytes:
    return secret_in(path)


def secret_in(path: Path) -> bytes:
    """The random bytes in a file, made where there are none yet."""
    return kept(path, lambda: secrets.token_bytes(SECRET_BYTES))
