"""Who this log is: its origin and its keys, kept in the data folder and never in the database.

``ledger/origin`` names the log for ever (write it before the first start to choose the name); ``ed25519.pem``
and ``sm2.der`` sign its checkpoints; ``keys_in_force`` says since which size each key has signed.
Whoever restores the database alone cannot sign as this log; whoever copies the keys alone has nothing to
sign.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from jinmai.durable import PRIVATE, kept, replace
from jinmai.standards import sm2, tlog

KEY_HISTORY = "keys_in_force"
log = logging.getLogger(__name__)


class Identity(NamedTuple):
    """The log's name and what it signs with, Ed25519 first."""

    origin: str
    signers: tuple[tlog.Signer, ...]

    @property
    def verifiers(self) -> tuple[tlog.Verifier, ...]:
        """The public keys."""
        return tuple(signer.verifier for signer in self.signers)


def folder() -> Path:
    """Where origin, keys and the last checkpoint lie."""
    path: Path = settings.JINMAI_DATA / "ledger"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def identity() -> Identity:
    """The identity of this instance's log, made at first use."""
    return _load(folder())


def forget_identity() -> None:
    """Read the keys anew at the next use."""
    _load.cache_clear()


@lru_cache(maxsize=4)
def _load(place: Path) -> Identity:
    origin = kept(place / "origin", _new_origin).decode().strip()
    pem = load_pem_private_key(kept(place / "ed25519.pem", _new_ed25519), password=None)
    if not isinstance(pem, Ed25519PrivateKey):
        raise tlog.KeyTextError(f"{place / 'ed25519.pem'} is not an Ed25519 key")
    signers: list[tlog.Signer] = [tlog.Ed25519Signer(origin, pem.private_bytes_raw())]
    if missing := sm2.absence():
        log.warning("checkpoints carry no SM2 signature, Ed25519 only: %s", missing)
    else:
        der = kept(place / "sm2.der", lambda: sm2.PrivateKey.generate().der)
        signers.append(tlog.Sm2Signer(origin, sm2.PrivateKey(der)))
    return Identity(origin, tuple(signers))


def link_text(before: str, note: str) -> bytes:
    """What the log signs to link a checkpoint's note to the one before it, empty for the first.

    It cannot be taken for a checkpoint: its second line is no size.
    """
    digests = (hashlib.sha256(text.encode()).hexdigest() for text in (before, note))
    return "\n".join(
        ["jinmai.cn/checkpoint-link/v1", *(f"sha256:{digest}" for digest in digests), ""]
    ).encode()


def put_in_force(size: int) -> None:
    """Note which keys sign from ``size`` entries on, where that changed; the sealer calls it."""
    lines = _key_history()
    before, now = _in_force(lines, size), [str(verifier) for verifier in identity().verifiers]
    changes = [
        *((size, "-", text) for text in before if text not in now),
        *((size, "+", text) for text in now if text not in before),
    ]
    if changes:
        text = "".join(f"{at} {sign} {text}\n" for at, sign, text in lines + changes)
        replace(folder() / KEY_HISTORY, text.encode(), PRIVATE)


def keys_in_force(size: int) -> list[tlog.Verifier]:
    """The keys that must have signed a checkpoint of ``size`` entries.

    Raises :class:`tlog.KeyTextError` for a damaged list.
    """
    return [tlog.parse_verifier(text) for text in _in_force(_key_history(), size)]


_Change = tuple[int, str, str]


def _in_force(history: list[_Change], size: int) -> list[str]:
    keys: list[str] = []
    for since, sign, text in history:
        if since <= size and sign == "+":
            keys.append(text)
        elif since <= size:
            keys.remove(text)
    return keys


def _key_history() -> list[_Change]:
    """Changes as lines: the size from which on, plus or minus, the verifier key."""
    try:
        lines = (folder() / KEY_HISTORY).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    try:
        return [(int(since), sign, text) for since, sign, text in (line.split(" ") for line in lines)]
    except ValueError as error:
        raise tlog.KeyTextError(f"{folder() / KEY_HISTORY} cannot be read: {error}") from error


def _new_origin() -> bytes:
    return f"jinmai.local/{settings.JINMAI_CITY.name}/{secrets.token_hex(4)}\n".encode()


def _new_ed25519() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
