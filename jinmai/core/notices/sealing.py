"""Keeps addresses and secrets of endpoints encrypted at rest: a robot's address is its password.

The key is derived from the instance's ``SECRET_KEY``; a database that leaves the house without the data
folder does not give the endpoints away.
"""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from jinmai.core.access.api import sealer


class UnsealError(Exception):
    """The text was sealed under another secret key: the endpoint must be entered anew."""


def seal(plain: str) -> str:
    """Encrypt a text."""
    return sealer("notices endpoint").encrypt(plain.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Decrypt what :func:`seal` made. Raises :class:`UnsealError`."""
    try:
        return sealer("notices endpoint").decrypt(sealed.encode("ascii")).decode()
    except InvalidToken as error:
        raise UnsealError("sealed under another secret key; enter the endpoint anew") from error
