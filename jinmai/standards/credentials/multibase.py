"""Bytes as text: base58btc (``z``) and base64url without padding (``u``), as Multibase writes them."""

from __future__ import annotations

import base64
import binascii

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_BASE58)}
LONGEST_BASE58 = 1_024  # base58 takes time in the square of its length: keys and signatures are far shorter


class MultibaseError(ValueError):
    """A text that is not Multibase, or not of the base that is expected."""


def base58btc(content: bytes) -> str:
    """``content`` with the prefix ``z``."""
    number, digits = int.from_bytes(content), ""
    while number:
        number, rest = divmod(number, 58)
        digits = _BASE58[rest] + digits
    zeros = len(content) - len(content.lstrip(b"\0"))
    return "z" + "1" * zeros + digits


def base64url(content: bytes) -> str:
    """``content`` with the prefix ``u``."""
    return "u" + base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode_base58btc(text: str) -> bytes:
    """Read what :func:`base58btc` writes; raises :class:`MultibaseError`."""
    if not text.startswith("z"):
        raise MultibaseError("base58btc begins with z")
    if len(text) > LONGEST_BASE58:
        raise MultibaseError(f"{len(text)} characters, at most {LONGEST_BASE58} are read")
    number = 0
    for letter in text[1:]:
        if letter not in _VALUES:
            raise MultibaseError(f"{letter!r} is no letter of base58btc")
        number = number * 58 + _VALUES[letter]
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def decode_base64url(text: str) -> bytes:
    """Read what :func:`base64url` writes, only in its canonical form; raises :class:`MultibaseError`."""
    if not text.startswith("u"):
        raise MultibaseError("base64url begins with u")
    try:
        content = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MultibaseError(f"not base64url: {error}") from error
    if base64url(content) != text:
        raise MultibaseError("not the canonical form of base64url")
    return content
