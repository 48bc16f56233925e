"""Bitstring Status List 1.0: one bit a credential, published as a credential of its own.

A list has at least 131,072 bits, so that who fetches it does not tell which credential is looked at. Bit
0 is the leftmost. Source: W3C Bitstring Status List 1.0, sections 2 and 3.
"""

from __future__ import annotations

import gzip
import zlib
from typing import Any, NamedTuple

from jinmai.standards.credentials.credential import CONTEXT, as_list, faults, is_url
from jinmai.standards.credentials.documents import Document
from jinmai.standards.credentials.multibase import MultibaseError, base64url, decode_base64url

FEWEST_BITS = 131_072
MOST_BYTES = 2 * 1024 * 1024  # sixteen million credentials; a larger list is refused before it is unpacked
REVOCATION = "revocation"
PURPOSES = {REVOCATION, "suspension", "refresh", "message"}
_GZIP_WINDOW = 31


class StatusError(ValueError):
    """A status that cannot be told; ``place`` is a JSON pointer into the document that is at fault."""

    def __init__(self, place: str, words: str) -> None:
        super().__init__(f"{place}: {words}")
        self.place = place


class StatusEntry(NamedTuple):
    """Where a credential's bit stands."""

    purpose: str
    place: int
    list_address: str


class Bits:
    """A list of bits that can be set and never grows."""

    def __init__(self, length: int = FEWEST_BITS) -> None:
        if length < FEWEST_BITS or length % 8:
            raise StatusError("/encodedList", f"a list has whole bytes and at least {FEWEST_BITS:,} bits")
        self._bytes = bytearray(length // 8)

    def __len__(self) -> int:
        return len(self._bytes) * 8

    def __getitem__(self, index: int) -> bool:
        self._check(index)
        return bool(self._bytes[index // 8] >> (7 - index % 8) & 1)

    def set(self, index: int) -> None:
        """Set the bit ``index``; raises :class:`StatusError` beyond the list."""
        self._check(index)
        self._bytes[index // 8] |= 1 << (7 - index % 8)

    def encoded(self) -> str:
        """As ``encodedList`` has it: gzip, then Multibase base64url. The same bits give the same text."""
        return base64url(gzip.compress(bytes(self._bytes), mtime=0))

    @classmethod
    def decoded(cls, text: str) -> Bits:
        """Read an ``encodedList``; raises :class:`StatusError`."""
        place = "/credentialSubject/encodedList"
        try:
            packed = decode_base64url(text)
            unpacking = zlib.decompressobj(_GZIP_WINDOW)
            content = unpacking.decompress(packed, MOST_BYTES + 1)
        except (MultibaseError, zlib.error) as error:
            raise StatusError(place, str(error)) from error
        if len(content) > MOST_BYTES:
            raise StatusError(place, f"more than {MOST_BYTES:,} bytes are packed in it")
        if not unpacking.eof or unpacking.unused_data:
            raise StatusError(place, "the packed list is cut short or followed by something else")
        if len(content) * 8 < FEWEST_BITS:
            raise StatusError(place, f"{len(content) * 8:,} bits, at least {FEWEST_BITS:,} are required")
        bits = cls(len(content) * 8)
        bits._bytes[:] = content
        return bits

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise StatusError("/credentialStatus/statusListIndex", f"{index} lies beyond the list")


def list_credential(bits: Bits, *, address: str, issuer: str, valid_from: str, valid_until: str) -> Document:
    """The unsigned credential that publishes ``bits`` at ``address``."""
    return {
        "@context": [CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": valid_from,
        "validUntil": valid_until,
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": REVOCATION,
            "encodedList": bits.encoded(),
        },
    }


def entry(index: int, *, address: str) -> Document:
    """The ``credentialStatus`` of the credential with the bit ``index`` in the list at ``address``."""
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": REVOCATION,
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def entries(document: Document) -> list[StatusEntry]:
    """The status entries of a credential without faults; raises :class:`StatusError`."""
    if "credentialStatus" not in document:
        return []
    told = document["credentialStatus"]
    return [
        _entry(one, f"/credentialStatus/{number}" if isinstance(told, list) else "/credentialStatus")
        for number, one in enumerate(as_list(told))
    ]


def is_set(wanted: StatusEntry, published: Document) -> bool:
    """Whether the bit of ``wanted`` is set in a published list, whose own proof the caller has checked.

    Raises :class:`StatusError`.
    """
    if found := faults(published):
        raise StatusError(found[0].place, found[0].words)
    if "BitstringStatusListCredential" not in as_list(published["type"]):
        raise StatusError("/type", "is not a BitstringStatusListCredential")
    if published.get("id") != wanted.list_address:
        raise StatusError("/id", f"is not the list {wanted.list_address}")
    subject = published["credentialSubject"]
    if not isinstance(subject, dict) or subject.get("type") != "BitstringStatusList":
        raise StatusError("/credentialSubject", "is not one BitstringStatusList")
    if wanted.purpose not in as_list(subject.get("statusPurpose")):
        raise StatusError("/credentialSubject/statusPurpose", f"is not {wanted.purpose}")
    return Bits.decoded(str(subject.get("encodedList", "")))[wanted.place]


def _entry(told: Any, place: str) -> StatusEntry:
    if told.get("type") != "BitstringStatusListEntry":
        raise StatusError(f"{place}/type", "is not BitstringStatusListEntry")
    purpose, index = told.get("statusPurpose"), told.get("statusListIndex")
    if purpose not in PURPOSES:
        raise StatusError(f"{place}/statusPurpose", f"is not one of {', '.join(sorted(PURPOSES))}")
    if not isinstance(index, str) or not (index.isascii() and index.isdecimal()) or len(index) > 12:
        raise StatusError(f"{place}/statusListIndex", "is not a number as text")
    if told.get("statusSize", 1) != 1:
        raise StatusError(f"{place}/statusSize", "must be 1")
    if not is_url(told.get("statusListCredential")):
        raise StatusError(f"{place}/statusListCredential", "is not a URL")
    return StatusEntry(purpose, int(index), told["statusListCredential"])
