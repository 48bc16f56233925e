"""Public keys as text: Multikey and ``did:key`` for Ed25519 and for SM2.

A Multikey is a multicodec number and the key's bytes in base58btc. Ed25519 is 0xed with 32 bytes, SM2 is
0x1206 (a draft entry of the multicodec table) with the compressed point of 33 bytes. Source: W3C
Controlled Identifiers 1.0 section 2.2.2; the did:key method.
"""

from __future__ import annotations

from typing import Protocol

from jinmai.standards import sm2
from jinmai.standards.credentials import ed25519
from jinmai.standards.credentials.multibase import MultibaseError, base58btc, decode_base58btc

ED25519 = "ed25519"
SM2 = "sm2"
_CODECS = {ED25519: b"\xed\x01", SM2: b"\x86\x24"}
# The curve sm2p256v1 of GB/T 32918.5: y² = x³ + ax + b over the prime field; p leaves 3 when divided by 4.
_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93


class MultikeyError(ValueError):
    """A text that is no public key of a kind known here."""


class PublicKey(Protocol):
    """What verifies: Ed25519 or SM2."""

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether ``signature`` (64 bytes) is this key's on ``message``."""


def write(kind: str, raw: bytes) -> str:
    """The Multikey of 32 Ed25519 bytes or of an SM2 point (65 bytes, 04‖x‖y)."""
    if kind == ED25519:
        return base58btc(_CODECS[ED25519] + ed25519.PublicKey(raw).raw)
    if len(raw) != sm2.POINT_BYTES or raw[0] != 4:
        raise MultikeyError("an SM2 public key is 65 bytes, the first of them 04")
    return base58btc(_CODECS[SM2] + bytes([2 + (raw[-1] & 1)]) + raw[1:33])


def read(text: str) -> tuple[str, bytes]:
    """Kind and raw bytes of a Multikey; raises :class:`MultikeyError`."""
    try:
        content = decode_base58btc(text)
    except MultibaseError as error:
        raise MultikeyError(str(error)) from error
    for kind, codec in _CODECS.items():
        if content.startswith(codec):
            raw = content.removeprefix(codec)
            return kind, raw if kind == ED25519 else _decompressed(raw)
    raise MultikeyError(f"a key of the kind {content[:2].hex()} is not known here")


def public_key(text: str) -> tuple[str, PublicKey]:
    """Kind and verifying key of a Multikey.

    Raises :class:`MultikeyError`; :class:`sm2.Sm2Absent` for an SM2 key on a machine without SM2.
    """
    kind, raw = read(text)
    try:
        return kind, ed25519.PublicKey(raw) if kind == ED25519 else sm2.PublicKey(raw)
    except (ed25519.Ed25519Error, sm2.Sm2Error) as error:
        raise MultikeyError(str(error)) from error


def did_key(multikey: str) -> str:
    """The identifier that is the key itself."""
    return f"did:key:{multikey}"


def verification_method(multikey: str) -> str:
    """The address of the one key inside its ``did:key``."""
    return f"did:key:{multikey}#{multikey}"


def from_verification_method(address: str) -> str:
    """The Multikey that a ``did:key`` address names; raises :class:`MultikeyError` for any other address."""
    method, _, fragment = address.partition("#")
    multikey = method.removeprefix("did:key:")
    if multikey == method or fragment != multikey:
        raise MultikeyError(f"{address[:80]!r} is not of the form did:key:KEY#KEY")
    return multikey


def _decompressed(raw: bytes) -> bytes:
    if len(raw) != 33 or raw[0] not in (2, 3):
        raise MultikeyError("an SM2 key in a Multikey is a compressed point of 33 bytes")
    x = int.from_bytes(raw[1:])
    square = (pow(x, 3, _P) + _A * x + _B) % _P
    y = pow(square, (_P + 1) // 4, _P)
    if x >= _P or y * y % _P != square:
        raise MultikeyError("the SM2 key is no point of the curve")
    if y & 1 != raw[0] & 1:
        y = _P - y
    return b"\x04" + raw[1:] + y.to_bytes(32)
