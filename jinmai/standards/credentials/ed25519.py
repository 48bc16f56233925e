"""Strict verification of Ed25519: what one verifier accepts, every strict verifier accepts.

RFC 8032 leaves edge cases open. Here keys and commitments must be canonical encodings of points that are
not of low order, and the equation is checked without the cofactor: a certificate that holds here cannot
have a second signature that somebody else's verifier judges otherwise.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_BYTES = 32
SIGNATURE_BYTES = 64
_P = 2**255 - 19
_ORDER_EIGHT = int.from_bytes(
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
)
# The fourteen encodings of the eight points of low order: seven heights, each with either sign.
_LOW_ORDER = frozenset(
    (height | sign << 255).to_bytes(KEY_BYTES, "little")
    for height in (0, 1, _P - 1, _P, _P + 1, _ORDER_EIGHT, _P - _ORDER_EIGHT)
    for sign in (0, 1)
)


class Ed25519Error(ValueError):
    """Bytes that are no acceptable public key."""


class PublicKey:
    """A public key of 32 bytes; raises :class:`Ed25519Error` where it is not canonical or of low order."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_BYTES:
            raise Ed25519Error(f"an Ed25519 public key has {KEY_BYTES} bytes, not {len(raw)}")
        if raw in _LOW_ORDER:
            raise Ed25519Error("the Ed25519 public key is a point of low order")
        if int.from_bytes(raw, "little") & (2**255 - 1) >= _P:
            raise Ed25519Error("the Ed25519 public key is not written in its one canonical form")
        self.raw = raw
        self._key = Ed25519PublicKey.from_public_bytes(raw)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the 64 bytes are this key's signature on ``message``."""
        if len(signature) != SIGNATURE_BYTES or signature[:32] in _LOW_ORDER:
            return False
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True
