"""Keeps addresses and secrets of endpoints encrypted at rest: a robot's address is its password.

The key is derived from the instance's ``SECRET_KEY``; a database that leaves the house without the data
folder does not give the endpoints away.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class UnsealError(Exception):
    """The text was sealed under another secret key: the endpoint must be entered anew."""


def seal(plain: str) -> str:
    """Encrypt a text."""
    return _fernet().encrypt(plain.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Decrypt what :func:`seal` made. Raises :class:`UnsealError`."""
    try:
        return _fernet().decrypt(sealed.encode("ascii")).decode()
    except InvalidToken as error:
        raise UnsealError("sealed under another secret key; enter the endpoint anew") from error


def _fernet() -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"jinmai notices endpoint")
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
