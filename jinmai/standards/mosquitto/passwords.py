"""Mosquitto's password hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

# Device secrets are 192 random bits, which no number of guesses finds; the iterations keep a
# weak password that somebody set by hand from being read off, and a city's reconnect affordable.
ITERATIONS = 1000
_SALT_BYTES = 12
_HASH_BYTES = 64
_MOST_ITERATIONS = 1_000_000


def hash_password(password: str, salt: bytes | None = None, iterations: int = ITERATIONS) -> str:
    """The hash of a password in Mosquitto's form, with a random salt unless one is given."""
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations, _HASH_BYTES)
    return f"$7${iterations}${_base64(salt)}${_base64(derived)}"


def verify_password(password: str, hashed: str) -> bool:
    """Whether ``password`` has this hash. Anything that is no such hash verifies nothing."""
    try:
        empty, form, iterations, salt, derived = hashed.split("$")
        rounds = int(iterations)
        wanted = base64.b64decode(derived, validate=True)
        raw_salt = base64.b64decode(salt, validate=True)
    except ValueError:
        return False
    if (empty, form) != ("", "7") or not 0 < rounds <= _MOST_ITERATIONS or len(wanted) != _HASH_BYTES:
        return False
    found = hashlib.pbkdf2_hmac("sha512", password.encode(), raw_salt, rounds, _HASH_BYTES)
    return hmac.compare_digest(found, wanted)


def password_file(hashes: Mapping[str, str]) -> str:
    """The text of a password file: user name to hash. Raises ``ValueError`` for names it cannot hold."""
    for name in hashes:
        if not name or any(mark in name for mark in ":\r\n"):
            raise ValueError(f"{name!r} cannot be a user name of Mosquitto")
    return "".join(f"{name}:{hashed}\n" for name, hashed in sorted(hashes.items()))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
