"""How allauth's second factors (TOTP, passkeys, recovery codes) behave here: their secrets lie encrypted."""

from __future__ import annotations

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth publishes no types
    """A copy of the database alone gives nobody a second factor: the key lies in the data folder."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return _sealer().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Open what :meth:`encrypt` sealed; raises ``InvalidToken`` where it was altered."""
        return _sealer().decrypt(encrypted_text.encode("ascii")).decode()


def _sealer() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"jinmai second factor").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
