"""The keys file: what somebody needs to judge codes without a network. One JSON document, signed as a whole.

It holds public keys with their holders, the manifests of minted lots with every serial (seven bytes
each), and what was revoked. Its own proof is ``eddsa-jcs-2022`` by the house's key. Who got the file from
a stranger pins that key.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import re
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from jinmai.standards.credentials import data_integrity, items, multikey
from jinmai.standards.credentials.documents import Document, DocumentError, read_document

FORM: Literal["jinmai.cn/keys-file/v1"] = "jinmai.cn/keys-file/v1"
LARGEST_FILE = 64_000_000
MOST_MANIFESTS = 16_384
SERIAL_BYTES = 7


class Withdrawn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """From when on something no longer counts, and why."""

    since: datetime
    reason: str


class Key(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A public key and whose it is. ``tag`` is what codes carry, ``key`` the Multikey."""

    tag: str
    key: str
    holder: str
    valid_from: datetime
    valid_until: datetime | None = None
    revoked: Withdrawn | None = None


class Manifest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A minted batch of one lot. ``serials`` is base64 of their numbers, seven bytes each, ascending."""

    gtin: str
    lot: str
    tag: str
    minted: datetime
    serials: str


class RevokedItem(msgspec.Struct, tag_field="what", tag="item", forbid_unknown_fields=True):
    """One animal whose code no longer counts."""

    gtin: str
    serial: str
    since: datetime
    reason: str


class RevokedLot(msgspec.Struct, tag_field="what", tag="lot", forbid_unknown_fields=True):
    """A lot none of whose codes counts any longer, such as one that is recalled."""

    gtin: str
    lot: str
    since: datetime
    reason: str


class KeysFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The document without its proof."""

    form: Literal["jinmai.cn/keys-file/v1"]
    issuer: str
    issued: datetime
    valid_until: datetime
    keys: list[Key]
    manifests: list[Manifest]
    revoked: list[RevokedItem | RevokedLot]
    proof: dict[str, Any] | None = None


class KeysFileError(ValueError):
    """A keys file that cannot be trusted; the message begins with the place, a JSON pointer."""


def pack_serials(serials: list[str]) -> str:
    """The ``serials`` of a manifest."""
    numbers = sorted(items.serial_number(serial) for serial in serials)
    return base64.b64encode(b"".join(number.to_bytes(SERIAL_BYTES) for number in numbers)).decode()


def unpack_serials(packed: str) -> list[int]:
    """The numbers in a manifest; raises ``ValueError`` where they are not ascending and of 50 bits each."""
    content = base64.b64decode(packed, validate=True)
    if len(content) % SERIAL_BYTES:
        raise ValueError(f"{len(content)} bytes are no multiple of {SERIAL_BYTES}")
    numbers = [int.from_bytes(content[at : at + SERIAL_BYTES]) for at in range(0, len(content), SERIAL_BYTES)]
    if any(after <= before for before, after in itertools.pairwise(numbers)):
        raise ValueError("the serials are not ascending")
    if numbers and numbers[-1] >> 50:
        raise ValueError("a serial has more than 50 bits")
    return numbers


def write_keys_file(file: KeysFile, signer: data_integrity.Signer) -> bytes:
    """The signed file as JSON."""
    document: Document = msgspec.to_builtins(file)
    document.pop("proof", None)
    return msgspec.json.encode(data_integrity.secure(document, signer, created=file.issued))


def read_keys_file(content: bytes, *, trusted: str = "", now: datetime | None = None) -> KeysFile:
    """Read and verify a keys file. ``trusted`` is the Multikey that must have signed it; empty takes any.

    Raises :class:`KeysFileError`.
    """
    try:
        document = read_document(content, largest=LARGEST_FILE)
        file = msgspec.convert(document, KeysFile)
        proven = data_integrity.verify(document, now=now or datetime.now(UTC))
    except (DocumentError, data_integrity.ProofError) as error:
        raise KeysFileError(str(error)) from error
    except msgspec.ValidationError as error:
        raise KeysFileError(_with_pointer(str(error))) from error
    if trusted and trusted not in {one.multikey for one in proven}:
        raise KeysFileError("/proof: the file is not signed by the key that you trust")
    _check_keys(file)
    if len(file.manifests) > MOST_MANIFESTS:
        raise KeysFileError(f"/manifests: {len(file.manifests):,}, at most {MOST_MANIFESTS:,} are read")
    for number, one in enumerate(file.manifests):
        try:
            unpack_serials(one.serials)
        except (ValueError, binascii.Error) as error:
            raise KeysFileError(f"/manifests/{number}/serials: {error}") from error
    return file


def signed_by(file: KeysFile) -> str:
    """The address of the key that signed a file that was read."""
    return str((file.proof or {}).get("verificationMethod", "")).partition("#")[0]


def _check_keys(file: KeysFile) -> None:
    seen: set[str] = set()
    for number, one in enumerate(file.keys):
        try:
            multikey.read(one.key)
        except multikey.MultikeyError as error:
            raise KeysFileError(f"/keys/{number}/key: {error}") from error
        if one.tag != items.key_tag(one.key):
            raise KeysFileError(f"/keys/{number}/tag: the tag of this key is {items.key_tag(one.key)}")
        if one.tag in seen:
            raise KeysFileError(f"/keys/{number}/tag: {one.tag} stands twice")
        seen.add(one.tag)


def _with_pointer(words: str) -> str:
    """The library's "… - at `$.keys[0].tag`" as "/keys/0/tag: …"."""
    told, _, path = words.partition(" - at `$")
    place = re.sub(r"[.\[]+", "/", path.rstrip("`").replace("]", ""))
    return f"{place or '/'}: {told}"
