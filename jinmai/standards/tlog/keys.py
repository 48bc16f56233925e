"""Keys for signed notes: what can sign, what can verify, and how both are written down as text.

Four kinds: Ed25519 (type 0x01), Ed25519 cosignatures of witnesses with a time (type 0x04), and SM2 with SM3
(GB/T 32918.2), which C2SP has not given a number: its type is 0xff followed by a long name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jinmai.standards import sm2

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
SM2 = b"\xffjinmai.cn/note-signature/sm2-sm3/v1"
_TIME_BYTES = 8
_LATEST_TIME = 2**63 - 1


class KeyTextError(ValueError):
    """A key that cannot be read; the message says what is wrong with its text."""


class Verifier(Protocol):
    """A public key with its name."""

    name: str
    key_id: bytes

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether ``signature`` (without the key id) is this key's on ``text``."""

    def __str__(self) -> str:
        """The verifier key as text."""


class Signer(Protocol):
    """A private key with its name."""

    verifier: Verifier

    def sign(self, text: bytes) -> bytes:
        """The signature on ``text``, without the key id."""


class Ed25519Verifier:
    """Plain Ed25519 signatures of a log."""

    kind = ED25519

    def __init__(self, name: str, public_key: bytes) -> None:
        self.name = _checked_name(name)
        self.public_key = public_key
        self.key_id = key_id(name, self.kind, public_key)
        try:
            self._key = Ed25519PublicKey.from_public_bytes(public_key)
        except ValueError as error:
            raise KeyTextError(f"{name}: {error}") from error

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether the 64 bytes are this key's signature on ``text``."""
        try:
            self._key.verify(signature, text)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        return _text(self.name, self.key_id, self.kind + self.public_key)


class CosignatureVerifier(Ed25519Verifier):
    """Cosignatures of a witness: eight bytes of Unix seconds before the Ed25519 signature."""

    kind = COSIGNATURE

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether the 72 bytes are this witness's on the checkpoint ``text``."""
        seconds = cosigned_at(signature)
        return seconds is not None and super().verify(_cosigned(text, seconds), signature[_TIME_BYTES:])


class Sm2Verifier:
    """SM2 signatures over SM3, as 64 bytes r and s. It can be read on a machine without SM2, not used."""

    def __init__(self, name: str, public_key: bytes) -> None:
        self.name = _checked_name(name)
        if len(public_key) != sm2.POINT_BYTES:
            raise KeyTextError(f"{name}: an SM2 key has {sm2.POINT_BYTES} bytes")
        self.public_key = public_key
        self.key_id = key_id(name, SM2, public_key)

    @cached_property
    def _key(self) -> sm2.PublicKey:
        return sm2.PublicKey(self.public_key)

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether the 64 bytes are this key's signature on ``text``; raises ``Sm2Absent``, ``Sm2Error``."""
        return self._key.verify(signature, text)

    def __str__(self) -> str:
        return _text(self.name, self.key_id, SM2 + self.public_key)


class Ed25519Signer:
    """A log's Ed25519 key. ``seed`` are the 32 bytes of the private key."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier: Verifier = Ed25519Verifier(name, self._key.public_key().public_bytes_raw())

    def sign(self, text: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(text)


class CosignatureSigner:
    """A witness's Ed25519 key."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier: Verifier = CosignatureVerifier(name, self._key.public_key().public_bytes_raw())

    def sign(self, text: bytes, seconds: int | None = None) -> bytes:
        """72 bytes: the time in Unix seconds (now, where none is given) and the signature."""
        seconds = int(time.time()) if seconds is None else seconds
        return seconds.to_bytes(_TIME_BYTES) + self._key.sign(_cosigned(text, seconds))


class Sm2Signer:
    """A log's SM2 key."""

    def __init__(self, name: str, key: sm2.PrivateKey) -> None:
        self._key = key
        self.verifier: Verifier = Sm2Verifier(name, key.public_key)

    def sign(self, text: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(text)


def key_id(name: str, kind: bytes, public_key: bytes) -> bytes:
    """Four bytes that tell keys of one name apart."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:4]


def cosigned_at(signature: bytes) -> int | None:
    """When a witness signed, in Unix seconds; None for bytes that are no cosignature."""
    if len(signature) != _TIME_BYTES + 64:
        return None
    seconds = int.from_bytes(signature[:_TIME_BYTES])
    return seconds if seconds <= _LATEST_TIME else None


def parse_verifier(text: str) -> Verifier:
    """Read a verifier key such as ``example.com/log+530d903a+AekyeR…``; raises :class:`KeyTextError`."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise KeyTextError(f"{text[:80]!r} is not of the form name+id+key")
    name, written_id, encoded = parts
    try:
        material = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise KeyTextError(f"{name}: {error}") from error
    if len(material) < 2:
        raise KeyTextError(f"{name}: the key is empty")
    found = _verifier(name, material)
    if found.key_id.hex() != written_id:
        raise KeyTextError(f"{name}: the key id is {found.key_id.hex()}, not {written_id[:20]}")
    return found


def _verifier(name: str, material: bytes) -> Verifier:
    if material.startswith(SM2):
        return Sm2Verifier(name, material.removeprefix(SM2))
    if material[:1] == ED25519:
        return Ed25519Verifier(name, material[1:])
    if material[:1] == COSIGNATURE:
        return CosignatureVerifier(name, material[1:])
    raise KeyTextError(f"{name}: signatures of type 0x{material[0]:02x} are not known here")


def _cosigned(text: bytes, seconds: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % seconds + text


def _checked_name(name: str) -> str:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise KeyTextError(f"{name[:80]!r}: a key's name has no blanks and no plus sign")
    return name


def _text(name: str, identity: bytes, material: bytes) -> str:
    return f"{name}+{identity.hex()}+{base64.b64encode(material).decode()}"
