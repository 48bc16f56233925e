"""Private keys that sign documents and items, whatever their kind."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jinmai.standards import sm2
from jinmai.standards.credentials import multikey


class Ed25519Signer:
    """An Ed25519 key from its seed of 32 bytes."""

    kind = multikey.ED25519

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.private = seed
        self.multikey = multikey.write(self.kind, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> Ed25519Signer:
        """A new key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same for the same message."""
        return self._key.sign(message)


class Sm2Signer:
    """An SM2 key from its DER form; raises :class:`sm2.Sm2Absent` on a machine without SM2."""

    kind = multikey.SM2

    def __init__(self, der: bytes) -> None:
        self._key = sm2.PrivateKey(der)
        self.private = der
        self.multikey = multikey.write(self.kind, self._key.public_key)

    @classmethod
    def generate(cls) -> Sm2Signer:
        """A new key."""
        return cls(sm2.PrivateKey.generate().der)

    def sign(self, message: bytes) -> bytes:
        """64 bytes r‖s; another each time."""
        return self._key.sign(message)


def signer(kind: str, private: bytes) -> Ed25519Signer | Sm2Signer:
    """The signer of a stored private key."""
    return Ed25519Signer(private) if kind == multikey.ED25519 else Sm2Signer(private)
