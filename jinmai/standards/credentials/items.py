"""The signature on one animal: 64 bytes over its identity, carried in its QR code beside the Digital Link.

The code is ``HTTPS://HOST/01/{gtin}/21/{serial}?S={tag}{signature}``: the key's tag is six letters, the
signature 103, both in Crockford's base 32, so that all but two characters are of the QR code's
alphanumeric mode (5½ bits each). ``S`` is a key of our own and not GS1's AI 8030: an ISO/IEC 20248
envelope around 64 bytes does not fit its 90 characters. The address before ``/01/`` is not signed: the
house may move.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from jinmai.standards.gs1 import check_digit

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PARAMETER = "S"
SERIAL_LETTERS = 10
TAG_LETTERS = 6
SIGNATURE_BYTES = 64
SIGNATURE_LETTERS = 103
LONGEST_HOST = 63  # with a longer one the symbol grows beyond 49 modules at level M
LONGEST_CODE = 2_048
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_CROCKFORD = bytes.maketrans(_BASE32.encode(), CROCKFORD.encode())
_FROM_CROCKFORD = str.maketrans(CROCKFORD, _BASE32)
_LETTERS = frozenset(CROCKFORD)
# Letters that people confuse are read as what they were, as Crockford has it; lower case is upper case.
_UNCONFUSED = str.maketrans("OIL", "011")
_LAST_LETTERS = CROCKFORD[::8]  # the last letter carries two bits of the signature, the other three are zero
_CODE = re.compile(
    r"HTTPS?://[^/?#\s]+(?:/[^?#\s]*)?/01/(\d{14})/21/([0-9A-Z]{10})\?([^#\s]*)", re.ASCII | re.IGNORECASE
)


class ItemCodeError(ValueError):
    """A code that is none of ours; the message names the part that is wrong."""


class ItemSigner(Protocol):
    """A private key as items need it."""

    multikey: str

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""


class ItemCode(NamedTuple):
    """What a code says. Nothing is verified yet."""

    gtin: str
    serial: str
    tag: str
    signature: bytes

    @property
    def message(self) -> bytes:
        """What the signature is over."""
        return signed_message(self.gtin, self.serial, self.tag)


def key_tag(multikey: str) -> str:
    """Six letters (30 bits) that name a key in codes; whoever issues keys lets no two share them."""
    digest = hashlib.sha256(b"jinmai.cn/item-key/v1\n" + multikey.encode()).digest()
    return base64.b32encode(digest[:5]).translate(_TO_CROCKFORD).decode()[:TAG_LETTERS]


def signed_message(gtin: str, serial: str, tag: str) -> bytes:
    """The bytes under an item's signature; the first line keeps them apart from all else a key signs."""
    return f"jinmai.cn/item/v1\n{gtin}\n{serial}\n{tag}\n".encode("ascii")


def sign_items(signer: ItemSigner, gtin: str, serials: Iterable[str]) -> list[bytes]:
    """One signature of 64 bytes for each serial, in their order.

    Ed25519 gives the same bytes again, so that they need not be stored; SM2 gives others that hold as well.
    """
    tag = key_tag(signer.multikey)
    head, tail, sign = f"jinmai.cn/item/v1\n{gtin}\n", f"\n{tag}\n", signer.sign
    return [sign(f"{head}{serial}{tail}".encode("ascii")) for serial in serials]


def write_code(address: str, gtin: str, serial: str, tag: str, signature: bytes) -> str:
    """The text of an item's QR code. ``address`` is scheme and host, such as ``https://id.example.cn``."""
    letters = base64.b32encode(signature).translate(_TO_CROCKFORD).decode()[:SIGNATURE_LETTERS]
    return f"{address.upper().rstrip('/')}/01/{gtin}/21/{serial}?{PARAMETER}={tag}{letters}"


def read_code(text: str) -> ItemCode:
    """Read a scanned code; further query parameters are passed over. Raises :class:`ItemCodeError`."""
    if len(text) > LONGEST_CODE:
        raise ItemCodeError(f"{len(text):,} characters, at most {LONGEST_CODE:,} are read")
    found = _CODE.fullmatch(text.strip())
    if found is None:
        raise ItemCodeError("this is not an address of the form https://…/01/GTIN/21/SERIAL?S=…")
    gtin, serial, query = found.groups()
    if gtin[-1] != check_digit(gtin[:-1]):
        raise ItemCodeError(f"01: the check digit of {gtin} is {check_digit(gtin[:-1])}, not {gtin[-1]}")
    serial = serial.upper().translate(_UNCONFUSED)
    if "U" in serial:
        raise ItemCodeError("21: U is no letter of a serial")
    given = [part[2:] for part in query.split("&") if part[:2].upper() == f"{PARAMETER}="]
    if len(given) != 1:
        raise ItemCodeError(
            f"{PARAMETER}: the code carries {len(given) or 'no'} signature{'s'[: len(given)]}"
        )
    return ItemCode(gtin, serial, *_signature(given[0]))


def serial_number(serial: str) -> int:
    """The 50 bits of a serial; raises :class:`ItemCodeError` for one that this house did not make."""
    number = 0
    for letter in serial:
        value = CROCKFORD.find(letter)
        if value < 0:
            raise ItemCodeError(f"21: {letter!r} is no letter of a serial")
        number = number << 5 | value
    if len(serial) != SERIAL_LETTERS:
        raise ItemCodeError(f"21: a serial has {SERIAL_LETTERS} letters, not {len(serial)}")
    return number


def _signature(text: str) -> tuple[str, bytes]:
    if len(text) != TAG_LETTERS + SIGNATURE_LETTERS:
        raise ItemCodeError(
            f"{PARAMETER}: {len(text)} characters instead of {TAG_LETTERS + SIGNATURE_LETTERS}"
        )
    text = text.upper().translate(_UNCONFUSED)
    if not _LETTERS.issuperset(text):
        raise ItemCodeError(f"{PARAMETER}: a letter that Crockford's base 32 does not have")
    if text[-1] not in _LAST_LETTERS:
        raise ItemCodeError(f"{PARAMETER}: the last letter is not one that a signature ends in")
    return text[:TAG_LETTERS], base64.b32decode(text[TAG_LETTERS:].translate(_FROM_CROCKFORD) + "=")
