"""Codes of parties: the unified social credit code (GB 32100-2015), and keys for those who have none."""

from __future__ import annotations

import secrets
import unicodedata
from operator import mul
from typing import Literal

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

from jinmai.core.register.choices import PartyKind

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1)
LENGTH = 18
_VALUES = bytes(ALPHABET.find(chr(byte)) % 256 for byte in range(256))
_UNKNOWN = 255

CodeFault = Literal["length", "letters", "check_digit", "authority"]

# The first two characters: who registered the party, and as what.
KINDS = {
    "11": PartyKind.BUREAU,
    "12": PartyKind.INSTITUTION,
    "13": PartyKind.INSTITUTION,
    "19": PartyKind.INSTITUTION,
    "51": PartyKind.INSTITUTION,
    "52": PartyKind.INSTITUTION,
    "53": PartyKind.INSTITUTION,
    "59": PartyKind.INSTITUTION,
    "81": PartyKind.INSTITUTION,
    "89": PartyKind.INSTITUTION,
    "91": PartyKind.ENTERPRISE,
    "92": PartyKind.SOLE_TRADER,
    "93": PartyKind.ENTERPRISE,
}


class CodeError(ValueError):
    """A code that is none; ``reason`` in one word."""

    def __init__(self, reason: CodeFault) -> None:
        super().__init__(reason)
        self.reason: CodeFault = reason


def plain(text: str) -> str:
    """What a person meant by a code or number: full-width characters made narrow, no blanks around."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def party_code(text: str) -> str:
    """The unified social credit code, upper case, its check digit verified.

    Raises :class:`CodeError`. Common codes take a fast path; what it does not accept is put to python-stdnum,
    whose answer decides.
    """
    code = plain(text).upper()
    if len(code) == LENGTH and code.isascii():
        values = code.encode("ascii").translate(_VALUES)
        if _UNKNOWN not in values and code[:8].isdigit() and sum(map(mul, values, WEIGHTS)) % 31 == 0:
            return code
    try:
        return str(uscc.validate(code))
    except InvalidLength as error:
        raise CodeError("length") from error
    except InvalidChecksum as error:
        raise CodeError("check_digit") from error
    except (InvalidFormat, ValidationError, ValueError) as error:
        raise CodeError("letters") from error


def kind_of(code: str) -> PartyKind:
    """What the code itself says the party is. Raises :class:`CodeError` for an unknown authority."""
    try:
        return KINDS[code[:2]]
    except KeyError as error:
        raise CodeError("authority") from error


def new_person_code() -> str:
    """A key for a natural person: P and random letters. It says nothing, and no credit code begins with P."""
    return "P" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
