"""Secrets in the database are encrypted; what opens them is derived from the secret in the data folder."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def sealer(purpose: str) -> Fernet:
    """The key of one purpose, from ``SECRET_KEY``: what was sealed for one opens for no other."""
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"jinmai {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
